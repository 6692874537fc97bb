/** Shared by the chapters: the tenant's session, and helpers that send and follow messages. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Screen } from '../terminal/index.js';
import type { Created, MessageWithEvents } from './answers.js';
import type { Api } from './api.js';
import type { Attendee, Examples, Order } from './examples.js';

const POLL_MS = 100;
const PATIENCE_MS = 45_000;

export interface Venue {
  readonly id: string;
  readonly name: string;
  /** The number it sends SMS from. */
  readonly number: string;
}

export interface DemoSession {
  readonly screen: Screen;
  /** With the tenant's own key. */
  readonly api: Api;
  readonly examples: Examples;
  readonly hall: Venue;
  readonly stage: Venue;
  readonly signal: AbortSignal;
}

export const CHANNELS = ['email', 'sms'] as const;
export type Channel = (typeof CHANNELS)[number];

export interface Draft {
  readonly from: Venue;
  readonly channel: Channel;
  /** The template's key without its channel. */
  readonly template: string;
  readonly to: Attendee;
  readonly order?: Order;
}

/** The request body that sends a draft. */
export function bodyOf(session: DemoSession, { from, channel, template, to, order }: Draft): object {
  return {
    channel,
    to: channel === 'email' ? to.email : to.phone,
    venueId: from.id,
    template: { key: `${template}-${channel}`, data: dataFor(session, from, to, order) },
    ...(order && { reference: `order:${order.id}` }),
  };
}

/** The values of the templates' variables. */
export function dataFor(
  { examples }: DemoSession,
  venue: Venue,
  { name }: Attendee,
  order?: Order,
): Record<string, unknown> {
  if (!order) return { name, venue: { name: venue.name } };
  const { id, tickets, section, total, currency } = order;
  return { name, venue: { name: venue.name }, event: examples.event, order: { id, tickets, section, total, currency } };
}

/** Sends one message and waits for its final status. */
export async function send(session: DemoSession, draft: Draft): Promise<MessageWithEvents> {
  const { id } = await session.api.post<Created>('/api/messages', bodyOf(session, draft));
  return settled(session, id);
}

/** The message with its timeline, once its status is final. */
export function settled({ api, signal }: DemoSession, id: string): Promise<MessageWithEvents> {
  return until(signal, 'The message came to no end', async () => {
    const message = await api.get<MessageWithEvents>(`/api/messages/${id}`);
    return message.settledAt === null ? undefined : message;
  });
}

/** Polls until there is a result. Raises an Error that begins with `complaint` after 45 seconds. */
export async function until<T>(signal: AbortSignal, complaint: string, ask: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`${complaint} within ${PATIENCE_MS / 1000} s.`);
    await delay(POLL_MS, undefined, { signal });
  }
}

/** Raises an Error unless the condition holds. */
export function insist(fact: boolean, otherwise: string): asserts fact {
  if (!fact) throw new Error(otherwise);
}
