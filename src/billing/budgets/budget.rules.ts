/** Which messages the hard budgets of their tenants and campaigns allow: pure. */
import type { Category } from '../../tenants/index.js';

export const MEASURES = ['messages', 'money'] as const;
/** What a budget limits: messages that providers take, or what they are charged. */
export type Measure = (typeof MEASURES)[number];

/** A hard budget and what is left of it. */
export interface Room {
  readonly id: string;
  readonly tenantId: string;
  /** Null: of all that the tenant sends in a month. */
  readonly campaignId: string | null;
  readonly measure: Measure;
  /** Of money. */
  readonly currency: string | null;
  /** Messages, or micros; below zero where it is overdrawn. */
  readonly left: bigint;
  /** Categories that pass. Of a campaign none does. */
  readonly exempt: readonly Category[];
}

/** A message that is about to be sent. */
export interface Spending {
  readonly id: string;
  readonly tenantId: string;
  /** Of a campaign's, or of one that follows it. */
  readonly campaignId: string | null;
  readonly category: Category;
  /** What it will be charged; 0 where no price is known. */
  readonly micros: bigint;
  readonly currency: string | null;
}

export interface Allowed<Message> {
  /** They use some of a budget. */
  readonly reserved: readonly Message[];
  /** They fit into none, or not into all that concern them. */
  readonly over: readonly Message[];
  /** Of each budget that had no room: the least that would have been needed. */
  readonly needs: ReadonlyMap<string, bigint>;
}

/** Takes messages in order, each that still fits into all budgets that concern it. */
export function allowedOf<Message extends Spending>(
  rooms: readonly Room[],
  messages: readonly Message[],
): Allowed<Message> {
  const left = new Map(rooms.map((room) => [room.id, room.left]));
  const reserved: Message[] = [];
  const over: Message[] = [];
  const needs = new Map<string, bigint>();
  for (const message of messages) {
    const uses = rooms
      .filter((room) => concerns(room, message))
      .map((room) => ({ id: room.id, need: needOf(room, message) }));
    if (uses.length === 0) continue;
    const lacking = uses.filter(({ id, need }) => need > 0n && (left.get(id) ?? 0n) < need);
    for (const { id, need } of lacking) needs.set(id, least(needs.get(id), need));
    if (lacking.length > 0) {
      over.push(message);
      continue;
    }
    for (const { id, need } of uses) left.set(id, (left.get(id) ?? 0n) - need);
    reserved.push(message);
  }
  return { reserved, over, needs };
}

/** Whether a message must fit into a budget. */
export const concerns = (
  { tenantId, campaignId, exempt }: Pick<Room, 'tenantId' | 'campaignId' | 'exempt'>,
  message: Pick<Spending, 'tenantId' | 'campaignId' | 'category'>,
): boolean =>
  tenantId === message.tenantId &&
  (campaignId === null ? !exempt.includes(message.category) : campaignId === message.campaignId);

/** A charge in another currency uses none of it. */
function needOf({ measure, currency }: Room, message: Spending): bigint {
  if (measure === 'messages') return 1n;
  return currency === message.currency ? message.micros : 0n;
}

const least = (one: bigint | undefined, other: bigint): bigint => (one !== undefined && one < other ? one : other);
