/** What the ledger says was sent and received through an account on a day in UTC, for a reconciliation to cross off. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import { lastPriceOf, RECEIVED_MESSAGES, SENT_MESSAGES, SENT_STATES, type MessageStatus } from '../../ledger/index.js';
import { NOTICE_EMAILS } from '../../notices/index.js';
import type { ProviderName } from '../../providers/index.js';
import type { Channel } from '../../tenants/index.js';
import { trafficKey, type OurMessage, type TrafficTotals } from './comparison.rules.js';

export interface SendingAccount {
  readonly provider: ProviderName;
  readonly accountId: string;
}

type SideTotals = TrafficTotals extends ReadonlyMap<string, infer Side> ? Side : never;

interface Row {
  readonly message_id: string;
  readonly tenant_id: string | null;
  readonly provider_message_id: string;
  readonly channel: Channel;
  readonly is_inbound: boolean;
  readonly status: MessageStatus;
  readonly segments: number;
  readonly micros: number | null;
  readonly currency: string | null;
}

const ON_DAY = `sent.sent_at >= $1::date::timestamp at time zone 'utc' and sent.sent_at < ($1::date + 1)::timestamp at time zone 'utc'`;

const RECEIVED_ON_DAY = `received.id >= uuidv7_floor($1::date::timestamp at time zone 'utc')
  and received.id < uuidv7_floor(($1::date + 1)::timestamp at time zone 'utc')`;

/** Of the messages in `crossed`. What came in has arrived. */
const STATES = `
  select crossed.message_id, message.tenant_id, crossed.provider_message_id, channel, is_inbound, status, segments,
    price_micros::float8 as micros, price_currency as currency
  from crossed join (
    select id, tenant_id, channel, false as is_inbound, status, segments from ${SENT_STATES} as sent
    union all select id, tenant_id, channel, true, 'delivered', segments from ${RECEIVED_MESSAGES} as received
  ) as message on message.id = crossed.message_id
  left join lateral ${lastPriceOf('message')} as price on true
  order by crossed.message_id`;

@Injectable()
export class SentMessages {
  constructor(private readonly database: Database) {}

  /** The accounts of these providers that messages went through, and how many. */
  accountsOn(
    day: string,
    providers: readonly ProviderName[],
  ): Promise<(SendingAccount & { readonly messages: number })[]> {
    return this.database.query(
      `select provider, provider_account_id as "accountId", count(*)::int as messages from ${SENT_MESSAGES} as sent
       where ${ON_DAY} and provider = any($2) group by provider, provider_account_id`,
      [day, providers],
    );
  }

  /** By channel and direction, with the platform's own notices. The price is absent where it has more than one currency, or none is known. */
  async totals(accountId: string, day: string): Promise<TrafficTotals> {
    const rows = await this.database.query<{
      channel: Channel;
      is_inbound: boolean;
      messages: number;
      segments: number;
      delivered: number;
      micros: number | null;
      currency: string | null;
      currencies: number;
    }>(
      `select channel, is_inbound, count(*)::int as messages, sum(segments)::int as segments,
         count(*) filter (where status in ('delivered', 'read'))::int as delivered,
         sum(price_micros)::float8 as micros, min(price_currency) as currency,
         count(distinct price_currency)::int as currencies
       from (
         select id, channel, false as is_inbound, status, segments from ${SENT_MESSAGES} as sent where ${ON_DAY} and provider_account_id = $2
         union all
         select id, channel, true, 'delivered', segments from ${RECEIVED_MESSAGES} as received
         where ${RECEIVED_ON_DAY} and provider_account_id = $2
       ) as message left join lateral ${lastPriceOf('message')} as price on true
       group by channel, is_inbound`,
      [day, accountId],
    );
    const totals: Map<string, SideTotals> = new Map(
      rows.map(({ channel, is_inbound, messages, segments, delivered, micros, currency, currencies }) => {
        const traffic = { channel, ...(is_inbound && { direction: 'inbound' as const }) };
        const sums = {
          messages,
          ...(channel === 'sms' ? { segments } : {}),
          ...(is_inbound ? {} : { delivered }),
          ...(micros !== null && currency !== null && currencies === 1 ? { price: { micros, currency } } : {}),
        };
        return [trafficKey(traffic), { ...traffic, sums }];
      }),
    );
    const notices = await this.notices(accountId, day);
    const key = trafficKey({ channel: 'email' });
    const { sums } = totals.get(key) ?? { sums: { messages: 0 } };
    if (notices > 0) totals.set(key, { channel: 'email', sums: { ...sums, messages: sums.messages + notices } });
    return totals;
  }

  /** Lists them for this reconciliation, in one statement. */
  async gather(reconciliationId: string, accountId: string, day: string): Promise<void> {
    await this.database.query(
      `insert into reconciliation_message (reconciliation_id, provider_message_id, message_id)
       select $3::uuid, provider_message_id, id from ${SENT_MESSAGES} as sent
       where ${ON_DAY} and provider_account_id = $2 and provider_message_id is not null
       union all
       select $3::uuid, provider_message_id, id from ${RECEIVED_MESSAGES} as received where ${RECEIVED_ON_DAY} and provider_account_id = $2
       on conflict do nothing`,
      [day, accountId, reconciliationId],
    );
  }

  /** Crosses off those with these ids, and returns them. */
  async cross(reconciliationId: string, providerMessageIds: readonly string[]): Promise<OurMessage[]> {
    const rows = await this.database.query<Row>(
      `with crossed as (
         delete from reconciliation_message where reconciliation_id = $1 and provider_message_id = any($2)
         returning message_id, provider_message_id
       )
       ${STATES}`,
      [reconciliationId, providerMessageIds],
    );
    return rows.map(ourMessageOf);
  }

  /** Whether all are crossed off. */
  async areAllCrossed(reconciliationId: string): Promise<boolean> {
    const [one] = await this.database.query(`select from reconciliation_message where reconciliation_id = $1 limit 1`, [
      reconciliationId,
    ]);
    return one === undefined;
  }

  /** Crosses off up to `limit` of the rest, and returns them. */
  async crossRest(reconciliationId: string, limit: number): Promise<OurMessage[]> {
    const rows = await this.database.query<Row>(
      `with crossed as (
         delete from reconciliation_message where reconciliation_id = $1 and provider_message_id in (
           select provider_message_id from reconciliation_message where reconciliation_id = $1 limit $2)
         returning message_id, provider_message_id
       )
       ${STATES}`,
      [reconciliationId, limit],
    );
    return rows.map(ourMessageOf);
  }

  /** Drops the list of a reconciliation that is over. */
  async forget(reconciliationId: string): Promise<void> {
    await this.database.query(`delete from reconciliation_message where reconciliation_id = $1`, [reconciliationId]);
  }

  /** Emails of notices, which are in the provider's books and not in the ledger. */
  private async notices(accountId: string, day: string): Promise<number> {
    const [row] = await this.database.query<{ emails: number }>(
      `select count(*)::int as emails from ${NOTICE_EMAILS} as sent where ${ON_DAY} and provider_account_id = $2`,
      [day, accountId],
    );
    return row?.emails ?? 0;
  }
}

function ourMessageOf({ micros, currency, ...row }: Row): OurMessage {
  return {
    messageId: row.message_id,
    tenantId: row.tenant_id ?? undefined,
    providerMessageId: row.provider_message_id,
    channel: row.channel,
    ...(row.is_inbound && { direction: 'inbound' as const }),
    status: row.status,
    segments: row.segments,
    ...(micros !== null && currency !== null ? { price: { micros, currency } } : {}),
  };
}
