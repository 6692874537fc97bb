/** Compares one account's day, message by message: the provider's records against what the ledger sent. */
import { Injectable } from '@nestjs/common';
import { PriceLog, ProviderIds, ReceivedMessages } from '../../ledger/index.js';
import type { ProviderRecord } from '../../providers/index.js';
import { writersAddress } from '../../tenants/index.js';
import {
  differencesOf,
  isSamePrice,
  missingHere,
  missingThere,
  trafficKey,
  type Difference,
  type DifferenceKind,
  type Totals,
  type Traffic,
} from './comparison.rules.js';
import { ReconciliationStore, type Reconciliation } from './reconciliation-store.js';
import { SentMessages } from './sent-messages.js';

/** Rows of one statement. */
const BATCH = 1_000;
/** More are counted, and not kept: then it is not single messages that went wrong. */
const MOST_KEPT = 10_000;

/** One comparison under way: what it has found so far. */
export class Tally {
  records = 0;
  private kept = 0;
  readonly counts: Partial<Record<DifferenceKind, number>> = {};
  readonly totals = new Map<string, Traffic & { readonly sums: Totals }>();

  /** Counts them all, and returns those that are to be kept. */
  add(differences: readonly Difference[]): readonly Difference[] {
    for (const { kind } of differences) this.counts[kind] = (this.counts[kind] ?? 0) + 1;
    const kept = differences.slice(0, MOST_KEPT - this.kept);
    this.kept += kept.length;
    return kept;
  }

  /** Adds records of the day itself to the provider's totals. */
  count(records: readonly ProviderRecord[]): void {
    this.records += records.length;
    for (const { channel, direction, segments, price } of records) {
      const traffic = { channel, ...(direction && { direction }) };
      const { messages, ...sums } = this.totals.get(trafficKey(traffic))?.sums ?? { messages: 0 };
      const micros = (sums.price?.micros ?? 0) + (price?.micros ?? 0);
      const currency = price?.currency ?? sums.price?.currency;
      this.totals.set(trafficKey(traffic), {
        ...traffic,
        sums: {
          messages: messages + 1,
          ...(segments === undefined ? {} : { segments: (sums.segments ?? 0) + segments }),
          ...(currency === undefined ? {} : { price: { micros, currency } }),
        },
      });
    }
  }
}

@Injectable()
export class DayComparison {
  constructor(
    private readonly sent: SentMessages,
    private readonly store: ReconciliationStore,
    private readonly providerIds: ProviderIds,
    private readonly prices: PriceLog,
    private readonly received: ReceivedMessages,
  ) {}

  /** A page of the day's own records: each message is compared, and one that the ledger does not have is missing here. */
  async comparePage(run: Reconciliation, tally: Tally, records: readonly ProviderRecord[]): Promise<void> {
    tally.count(records);
    const crossed = await this.compareCrossed(run, tally, records);
    const others = records.filter(({ providerMessageId }) => !crossed.has(providerMessageId));
    await this.keep(run, tally, (await this.unknownAmong(run, others)).map(missingHere));
    await this.store.hold(run.id);
  }

  /** A page of the day before or after: what is left of the day's messages may be there, as the provider sent it by its own clock. */
  async compareNeighbours(run: Reconciliation, tally: Tally, records: readonly ProviderRecord[]): Promise<void> {
    await this.compareCrossed(run, tally, records);
    await this.store.hold(run.id);
  }

  /** What no record told of is missing there. */
  async closeDay(run: Reconciliation, tally: Tally): Promise<void> {
    for (;;) {
      const rest = await this.sent.crossRest(run.id, BATCH);
      await this.keep(run, tally, rest.map(missingThere));
      if (rest.length < BATCH) return;
    }
  }

  async keep(run: Reconciliation, tally: Tally, differences: readonly Difference[]): Promise<void> {
    await this.store.addDifferences(run.id, tally.add(differences));
  }

  /** Returns the provider's ids of the day's messages that are among them. A price that differs becomes a fact. */
  private async compareCrossed(
    run: Reconciliation,
    tally: Tally,
    records: readonly ProviderRecord[],
  ): Promise<ReadonlySet<string>> {
    const byId = new Map(records.map((record) => [record.providerMessageId, record]));
    const ours = await this.sent.cross(run.id, [...byId.keys()]);
    const differences = ours.flatMap((one) => {
      const record = byId.get(one.providerMessageId);
      return record ? differencesOf(one, record) : [];
    });
    await this.keep(run, tally, differences);
    await this.prices.record(
      ours.flatMap(({ messageId, providerMessageId, price: known }) => {
        const price = byId.get(providerMessageId)?.price;
        return price && !isSamePrice(price, known) ? [{ messageId, price }] : [];
      }),
      'reconciler',
    );
    return new Set(ours.map(({ providerMessageId }) => providerMessageId));
  }

  /** Those that are of no message of any day. */
  private async unknownAmong(
    { accountId }: Reconciliation,
    records: readonly ProviderRecord[],
  ): Promise<readonly ProviderRecord[]> {
    const received = await this.received.known(
      accountId,
      records.filter(({ direction }) => direction === 'inbound').map(({ providerMessageId }) => providerMessageId),
    );
    const found = await this.providerIds.find(
      records.map(({ providerMessageId, to, sentAt }) => ({
        providerMessageId,
        recipient: writersAddress('sms', to),
        at: sentAt,
        accountIds: [accountId],
      })),
    );
    const known = new Set(found.map(({ place }) => place - 1));
    return records.filter(({ providerMessageId }, place) => !known.has(place) && !received.has(providerMessageId));
  }
}
