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
  /** Undefined for what came to a number that is nobody's. */
  readonly tenantId: string | undefined;
  readonly providerMessageId: string;
  readonly channel: Channel;
  /** Set for what a person wrote to us. */
  readonly direction?: 'inbound';
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
export type Totals = Omit<UsageTotal, 'day' | 'channel' | 'direction'>;

/** A channel, and a direction. */
export type Traffic = Pick<UsageTotal, 'channel' | 'direction'>;

/** The sums of some, each under its key. */
export type TrafficTotals = ReadonlyMap<string, Traffic & { readonly sums: Totals }>;

export const trafficKey = ({ channel, direction }: Traffic): string => `${channel} ${direction ?? ''}`;

/** Both sides of one channel. */
export interface ChannelTotals extends Traffic {
  readonly ours: Totals;
  readonly theirs: Totals;
}

/** Of one message that both have. */
export function differencesOf(ours: OurMessage, theirs: ProviderRecord): Difference[] {
  const { messageId, tenantId, providerMessageId } = ours;
  const about = { messageId, ...(tenantId !== undefined && { tenantId }), providerMessageId };
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
  // That of what came in is told here first.
  const isFirst = ours.direction === 'inbound' && ours.price === undefined;
  if (theirs.price && !isFirst && !isSamePrice(theirs.price, ours.price)) {
    found.push({ kind: 'price_differs', ...about, ours: saidOf(ours.price), theirs: saidOf(theirs.price) });
  }
  return found;
}

/** A record of a message that the ledger does not have. */
export const missingHere = ({
  providerMessageId,
  channel,
  direction,
  sentAt,
  status,
  price,
}: ProviderRecord): Difference => ({
  kind: 'missing_here',
  providerMessageId,
  theirs: { channel, ...(direction && { direction }), sentAt: sentAt.toISOString(), status, ...saidOf(price) },
});

/** A message that no record tells of. */
export const missingThere = (ours: OurMessage): Difference => {
  const { messageId, tenantId, providerMessageId, channel, direction, status, price } = ours;
  const said = { channel, ...(direction && { direction }), status, ...saidOf(price) };
  return {
    kind: 'missing_there',
    messageId,
    ...(tenantId !== undefined && { tenantId }),
    providerMessageId,
    ours: said,
  };
};

/** Channels whose totals differ in what both sides count, where no single messages can be told. */
export const totalsDiffering = (totals: readonly ChannelTotals[]): Difference[] =>
  totals
    .filter((each) => !agree(each))
    .map(({ ours, theirs, channel, direction }) => {
      const traffic = { channel, ...(direction && { direction }) };
      return {
        kind: 'totals_differ',
        ours: { ...traffic, messages: ours.messages },
        theirs: { ...traffic, messages: theirs.messages },
      };
    });

/** Whether the sides agree in all that both count. A provider that tells prices tells those of all messages. */
export const agree = ({ ours, theirs }: Pick<ChannelTotals, 'ours' | 'theirs'>): boolean =>
  ours.messages === theirs.messages &&
  (theirs.segments === undefined || theirs.segments === ours.segments) &&
  (theirs.price === undefined || isSamePrice(theirs.price, ours.price ?? { ...theirs.price, micros: 0 }));

const NOTHING: Totals = { messages: 0 };

/** Both sides of all that either has, in the order of the channels' names. */
export function sidesOf(ours: TrafficTotals, theirs: TrafficTotals): ChannelTotals[] {
  const all = new Map([...theirs, ...ours]);
  return [...all]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, { channel, direction }]) => ({
      channel,
      ...(direction && { direction }),
      ours: ours.get(key)?.sums ?? NOTHING,
      theirs: theirs.get(key)?.sums ?? NOTHING,
    }));
}

export const isSamePrice = (one: Price, other: Price | undefined): boolean =>
  one.micros === other?.micros && one.currency === other.currency;

const saidOf = (price: Price | undefined): Said => ({
  priceMicros: price?.micros ?? null,
  priceCurrency: price?.currency ?? null,
});
