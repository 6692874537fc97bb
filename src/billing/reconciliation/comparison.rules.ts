/** What differs between the ledger and a provider's own books, pure. */
import type { MessageStatus } from '../../ledger/index.js';
import type { Price, ProviderRecord, UsageTotal } from '../../providers/index.js';
import type { Channel } from '../../tenants/index.js';

export const DIFFERENCES = [
  'missing_there',
  'missing_here',
  'status_differs',
  'segments_differ',
  'price_differs',
  'totals_differ',
] as const;
export type DifferenceKind = (typeof DIFFERENCES)[number];

/** A message as the ledger has it. */
export interface OurMessage {
  readonly messageId: string;
  readonly tenantId: string;
  readonly providerMessageId: string;
  readonly channel: Channel;
  readonly status: MessageStatus;
  readonly segments: number;
  /** The provider's last word; absent until it is known. */
  readonly price?: Price;
}

/** What one side says; never an address. */
export type Said = Readonly<Record<string, string | number | null>>;

export interface Difference {
  readonly kind: DifferenceKind;
  readonly messageId?: string;
  readonly tenantId?: string;
  readonly providerMessageId?: string;
  readonly ours?: Said;
  readonly theirs?: Said;
}

/** The counts of one channel on one side. */
export type Totals = Omit<UsageTotal, 'day' | 'channel'>;

/** Both sides of one channel. */
export interface ChannelTotals {
  readonly channel: Channel;
  readonly ours: Totals;
  readonly theirs: Totals;
}

/** Of one message that both have. */
export function differencesOf(ours: OurMessage, theirs: ProviderRecord): Difference[] {
  const { messageId, tenantId, providerMessageId } = ours;
  const about = { messageId, tenantId, providerMessageId };
  const found: Difference[] = [];
  // Nobody but the person reads a message, or presses a key: a provider that does not tell it says that it was delivered.
  const [status, other] = [ours.status, theirs.status].map((each) => (each === 'read' ? 'delivered' : each));
  if (status !== other) {
    found.push({ kind: 'status_differs', ...about, ours: { status: ours.status }, theirs: { status: theirs.status } });
  }
  if (theirs.segments !== undefined && theirs.segments !== ours.segments) {
    const [mine, yours] = [{ segments: ours.segments }, { segments: theirs.segments }];
    found.push({ kind: 'segments_differ', ...about, ours: mine, theirs: yours });
  }
  if (theirs.price && !isSamePrice(theirs.price, ours.price)) {
    found.push({ kind: 'price_differs', ...about, ours: saidOf(ours.price), theirs: saidOf(theirs.price) });
  }
  return found;
}

/** A record of a message that the ledger does not have. */
export const missingHere = ({ providerMessageId, channel, sentAt, status, price }: ProviderRecord): Difference => ({
  kind: 'missing_here',
  providerMessageId,
  theirs: { channel, sentAt: sentAt.toISOString(), status, ...saidOf(price) },
});

/** A message that no record tells of. */
export const missingThere = (ours: OurMessage): Difference => {
  const { messageId, tenantId, providerMessageId, channel, status, price } = ours;
  const said = { channel, status, ...saidOf(price) };
  return { kind: 'missing_there', messageId, tenantId, providerMessageId, ours: said };
};

/** Channels whose totals differ in what both sides count, where no single messages can be told. */
export const totalsDiffering = (totals: readonly ChannelTotals[]): Difference[] =>
  totals
    .filter((each) => !agree(each))
    .map(({ channel, ours, theirs }) => ({
      kind: 'totals_differ',
      ours: { channel, messages: ours.messages },
      theirs: { channel, messages: theirs.messages },
    }));

/** Whether the sides agree in all that both count. A provider that tells prices tells those of all messages. */
export const agree = ({ ours, theirs }: Pick<ChannelTotals, 'ours' | 'theirs'>): boolean =>
  ours.messages === theirs.messages &&
  (theirs.segments === undefined || theirs.segments === ours.segments) &&
  (theirs.price === undefined || isSamePrice(theirs.price, ours.price ?? { ...theirs.price, micros: 0 }));

const NOTHING: Totals = { messages: 0 };

/** Both sides of every channel that either has, in the order of their names. */
export function sidesOf(ours: ReadonlyMap<Channel, Totals>, theirs: ReadonlyMap<Channel, Totals>): ChannelTotals[] {
  return [...new Set([...ours.keys(), ...theirs.keys()])]
    .toSorted()
    .map((channel) => ({ channel, ours: ours.get(channel) ?? NOTHING, theirs: theirs.get(channel) ?? NOTHING }));
}

const isSamePrice = (one: Price, other: Price | undefined): boolean =>
  one.micros === other?.micros && one.currency === other.currency;

const saidOf = (price: Price | undefined): Said => ({
  priceMicros: price?.micros ?? null,
  priceCurrency: price?.currency ?? null,
});
