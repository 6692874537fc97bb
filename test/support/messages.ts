/** Messages: sent, read, and waited for through the API. */
import { randomUUID } from 'node:crypto';
import { until } from '../../harness/until.js';
import type { AcceptedMessage, MessageView, MessageWithEvents } from '../../src/dispatch/messages/messages.dto.js';
import type { MessageStatus } from '../../src/ledger/message.status.js';
import { newMailbox, newNumber } from './people.js';
import type { TestApp, Tenant } from './test-app.js';

/** A text to somebody new by default. */
export const text = (more: object = {}): object => ({
  channel: 'sms',
  to: newNumber(),
  content: { body: 'Doors at 19:00' },
  ...more,
});

/** An email to somebody new by default. */
export const email = (more: object = {}): object => ({
  channel: 'email',
  to: newMailbox(),
  content: { subject: 'Doors', text: 'Open at 19:00' },
  ...more,
});

/** Accepts one message and answers its id. */
export async function send(app: TestApp, owner: Tenant, input: object): Promise<string> {
  const { body } = await app.as(owner).post('/api/messages').send(input).expect(202);
  return (body as AcceptedMessage).id;
}

/** Accepts up to 1,000 messages, all of which must be good, and answers their ids in order. */
export async function sendAll(app: TestApp, owner: Tenant, messages: readonly object[]): Promise<string[]> {
  const { body } = await app.as(owner).post('/api/messages/batch').send({ messages }).expect(202);
  const { items } = body as { items: (AcceptedMessage & { error?: object })[] };
  expect(items.filter(({ error }) => error)).toEqual([]);
  return items.map(({ id }) => id);
}

/** Reads one message with its timeline. */
export async function read(app: TestApp, owner: Tenant, id: string): Promise<MessageWithEvents> {
  return (await app.as(owner).get(`/api/messages/${id}`).expect(200)).body as MessageWithEvents;
}

export interface MessagePage {
  readonly items: readonly MessageView[];
  readonly nextCursor: string | null;
}

/** Reads a page of a tenant's messages, newest first. */
export async function list(app: TestApp, owner: Tenant, query: object, path = '/api/messages'): Promise<MessagePage> {
  return (await app.as(owner).get(path).query(query).expect(200)).body as MessagePage;
}

/** What a message is only until the next report: it counts as seen where the timeline lists it. */
const PASSING: readonly string[] = ['sent', 'delivered'] satisfies MessageStatus[];

/** Waits until a message has this status, or has had it and gone on, and answers it. */
export const whenStatus = (
  app: TestApp,
  owner: Tenant,
  id: string,
  status: MessageStatus,
): Promise<MessageWithEvents> =>
  until(async () => {
    const view = await read(app, owner, id);
    const isSo =
      view.status === status || (PASSING.includes(status) && view.events.some(({ kind }) => kind === status));
    return isSo && view;
  });

const UNDER_WAY: readonly string[] = ['queued', 'scheduled', 'sending', 'sent'] satisfies MessageStatus[];

/** Waits until a message has an end, or is in doubt, and answers it. */
export const whenEnded = (app: TestApp, owner: Tenant, id: string): Promise<MessageWithEvents> =>
  until(async () => {
    const view = await read(app, owner, id);
    return !UNDER_WAY.includes(view.status) && view;
  });

/** Makes scheduled messages due now, or in so many ms; answers when. They are scheduled far off, so that no slow machine sends them before. */
export async function due(app: TestApp, ids: readonly string[], inMs = 0): Promise<number> {
  const rows = await app.database.query<{ at: number }>(
    `update pending set ready_at = now() + make_interval(secs => $2::float8 / 1000) where message_id = any($1::uuid[])
     returning (extract(epoch from ready_at) * 1000)::float8 as at`,
    [ids, inMs],
  );
  expect(rows).toHaveLength(ids.length);
  return Math.floor(rows[0]?.at ?? 0);
}

/** An hour that does not come while a test runs. */
export const farOff = (): string => new Date(Date.now() + 3_600_000).toISOString();

/** Leaves a waiting message as a worker does that died while it held it, before its call was begun or after. */
export async function abandon(app: TestApp, id: string, begun: boolean): Promise<void> {
  await app.database.query(`update pending set claim = $2 where message_id = $1`, [id, randomUUID()]);
  if (begun) await app.database.query(`update message set status = 'sending', attempts = 1 where id = $1`, [id]);
}
