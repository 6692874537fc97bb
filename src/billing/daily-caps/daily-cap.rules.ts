/** Which messages the daily caps of their tenants have room for. Pure. */
import type { Category, Channel } from '../../tenants/index.js';

export const CAPPED_CATEGORIES = ['transactional', 'marketing'] as const;
/** Emergencies have no cap. */
export type CappedCategory = (typeof CAPPED_CATEGORIES)[number];

/** A cap and what the tenant's day has left of it; below zero where it was lowered. */
export interface CapRoom {
  readonly id: string;
  readonly tenantId: string;
  readonly channel: string;
  readonly category: CappedCategory;
  readonly left: number;
}

/** A message whose call is about to be made. */
export interface Countable {
  readonly id: string;
  readonly tenantId: string;
  /** As consent names it. */
  readonly channel: Channel;
  readonly category: Category;
  /** Its first attempt was counted, on whichever day. */
  readonly wasTried: boolean;
}

/** The cap that a message counts towards; undefined for none. */
export const capOf = <Cap extends Omit<CapRoom, 'left'>>(
  caps: readonly Cap[],
  { tenantId, channel, category, wasTried }: Countable,
): Cap | undefined =>
  wasTried
    ? undefined
    : caps.find((cap) => cap.tenantId === tenantId && cap.channel === channel && cap.category === category);

/** Takes messages in order. Answers the ids of those without room, and the caps that had none for them. */
export function beyond(
  caps: readonly CapRoom[],
  messages: readonly Countable[],
): { readonly ids: ReadonlySet<string>; readonly caps: ReadonlySet<string> } {
  const left = new Map(caps.map((cap) => [cap.id, cap.left]));
  const ids = new Set<string>();
  const full = new Set<string>();
  for (const message of messages) {
    const cap = capOf(caps, message);
    if (!cap) continue;
    const room = left.get(cap.id) ?? 0;
    if (room > 0) left.set(cap.id, room - 1);
    else {
      ids.add(message.id);
      full.add(cap.id);
    }
  }
  return { ids, caps: full };
}

/** How many messages count towards each cap. */
export function countOf(caps: readonly CapRoom[], messages: readonly Countable[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const message of messages) {
    const cap = capOf(caps, message);
    if (cap) counts.set(cap.id, (counts.get(cap.id) ?? 0) + 1);
  }
  return counts;
}
