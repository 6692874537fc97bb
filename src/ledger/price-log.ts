/** Records what providers charge for messages, as facts. */
import { Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import type { Price } from '../providers/index.js';
import { appendEvents, type Source } from './message.events.js';

/** A provider's price for a whole message. */
export interface PriceNews {
  readonly messageId: string;
  readonly price: Price;
}

/** SQL: the last known price of a message, as `price_micros` and `price_currency`; no row until one is known. */
export const lastPriceOf = (message: string): string => `(
  select price_micros, price_currency from message_event
  where message_id = ${message}.id and kind = 'priced' and at >= uuid_extract_timestamp(${message}.id) - interval '1 day'
  order by seq desc limit 1)`;

/** Without the previous status: who counts moves between statuses counts no other. */
const RECORD = appendEvents({
  from: `unnest($1::uuid[], $2::bigint[], $3::text[]) as news (about, micros, currency)
    join (
      select id, tenant_id, channel, category, provider, segments from message where id between $5::uuid and $6::uuid
      union all
      select id, tenant_id, channel, 'transactional', provider, segments from received_message
      where id between $5::uuid and $6::uuid and tenant_id is not null) as message on message.id = about
    left join lateral ${lastPriceOf('message')} as known on true
    where (known.price_micros, known.price_currency) is distinct from (micros, currency)`,
  kind: 'priced',
  source: '$4',
  priceMicros: 'micros',
  priceCurrency: 'currency',
});

@Injectable()
export class PriceLog {
  constructor(private readonly database: Database) {}

  /** The last known price of each message; those without one are absent. */
  async of(messageIds: readonly string[]): Promise<ReadonlyMap<string, Price>> {
    const rows = await this.database.query<{ id: string; micros: number; currency: string }>(
      `select message.id, price_micros::float8 as micros, price_currency as currency
       from unnest($1::uuid[]) as message (id) cross join lateral ${lastPriceOf('message')} as known`,
      [messageIds],
    );
    return new Map(rows.map(({ id, ...price }) => [id, price]));
  }

  /** Each price becomes a fact, unless it is known already; of several of one message the last counts. */
  async record(news: readonly PriceNews[], source: Source): Promise<void> {
    if (news.length === 0) return;
    const prices = [...new Map(news.map(({ messageId, price }) => [messageId, price]))].toSorted(([one], [other]) =>
      one < other ? -1 : 1,
    );
    const ids = prices.map(([id]) => id);
    await this.database.transaction(async () => {
      // Before the last prices are read: of two reports at once, the second sees the first one's.
      await this.database.query(
        `select from message where id = any($1) and id between $2::uuid and $3::uuid order by id for no key update`,
        [ids, ids[0], ids.at(-1)],
      );
      await this.database.query(RECORD, [
        ids,
        prices.map(([, { micros }]) => micros),
        prices.map(([, { currency }]) => currency),
        source,
        ids[0],
        ids.at(-1),
      ]);
    });
  }
}
