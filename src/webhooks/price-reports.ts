/** Puts prices that a provider's records tell into the inbox, as its webhook would have. */
import { Injectable } from '@nestjs/common';
import { storable } from '../kernel/index.js';
import { PriceLog, ProviderIds } from '../ledger/index.js';
import type { Price, ProviderEvent, ProviderRecord } from '../providers/index.js';
import { writersAddress } from '../tenants/index.js';
import { InboxQueue } from './inbox.queue.js';
import { Inbox } from './inbox.js';
import type { PriceSweep } from './price-sweeps.js';

@Injectable()
export class PriceReports {
  constructor(
    private readonly providerIds: ProviderIds,
    private readonly prices: PriceLog,
    private readonly inbox: Inbox,
    private readonly queue: InboxQueue,
  ) {}

  /** Those of our messages whose price is new. Returns how many of ours have none yet, though they are to be charged for. */
  async report(
    { provider, accountId }: Pick<PriceSweep, 'provider' | 'accountId'>,
    records: readonly ProviderRecord[],
  ): Promise<number> {
    const ours = await this.oursAmong(records, accountId);
    const known = await this.prices.of(ours.map(({ messageId }) => messageId));
    const news = ours.filter(({ messageId, record }) => record.price && !isSame(record.price, known.get(messageId)));
    if (news.length > 0) {
      const events = news.map(({ messageId, record }) => named(record.event, messageId));
      await this.inbox.add(provider, { events: storable(events), accountIds: [accountId] });
      this.queue.wake();
    }
    return ours.filter(({ record: { price, status } }) => !price && status !== 'failed').length;
  }

  private async oursAmong(
    records: readonly ProviderRecord[],
    accountId: string,
  ): Promise<{ readonly messageId: string; readonly record: ProviderRecord }[]> {
    const found = await this.providerIds.find(
      records.map(({ providerMessageId, to, sentAt }) => ({
        providerMessageId,
        recipient: writersAddress('sms', to),
        at: sentAt,
        accountIds: [accountId],
      })),
    );
    return found.flatMap(({ place, message_id: messageId }) => {
      const record = records[place - 1];
      return record ? [{ messageId, record }] : [];
    });
  }
}

const isSame = (one: Price, other: Price | undefined): boolean =>
  one.micros === other?.micros && one.currency === other.currency;

/** The event with our id, in the place of how its message would be looked up. */
const named = (event: ProviderEvent, messageId: string): ProviderEvent =>
  event.kind === 'status' ? { ...event, messageId, lookup: undefined } : event;
