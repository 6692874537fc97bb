/** Corrects amounts by what providers say they take: each correction is a fact of its own. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import { MESSAGE_EVENTS, MESSAGES } from '../../ledger/index.js';
import { PriceBooks } from '../prices/price-books.js';
import type { ListedPrice } from '../prices/price-line.js';
import { AmountStore } from './amount-store.js';
import { correctionsOf, type Present, type ProviderPrice } from './finals.rules.js';

/** A message that has been estimated, and its provider's last word. */
interface Row extends Present, ProviderPrice {
  readonly message_id: string;
  readonly tenant_id: string;
  readonly scope_id: number;
  readonly day: string;
  readonly root_campaign_id: string | null;
}

/** Amounts are written after what they are about. */
const presentAmounts = (events: string): string => `
  with price as materialized (
    select distinct on (message_id) message_id, price_micros::text, price_currency
    from ${MESSAGE_EVENTS} as priced
    where kind = 'priced' and message_id in (select message_id from ${events} as event where kind in ('priced', 'measured'))
    order by message_id, seq desc
  )
  select price.*, estimate.*, present.*, message.root_campaign_id from price
  cross join lateral (
    select tenant_id, scope_id, day::text, first_unit::float8 as first_unit, units, included, to_jsonb(basis) - 'id' - 'key' as basis
    from billing_amount join billing_basis as basis on basis.id = basis_id
    where message_id = price.message_id and kind in ('estimated', 'rerated')
      and at >= uuid_extract_timestamp(price.message_id) - interval '1 day'
    order by seq desc limit 1
  ) as estimate
  cross join lateral (
    select sum(charge_micros)::text as charge_micros, sum(without_cost)::int as without_cost,
      jsonb_object_agg(currency, cost_micros::text) filter (where currency is not null) as costs
    from (
      select cost_currency as currency, sum(cost_micros) as cost_micros, sum(charge_micros) as charge_micros,
        sum(without_cost) as without_cost
      from billing_amount join billing_basis as basis on basis.id = basis_id
      where message_id = price.message_id and at >= uuid_extract_timestamp(price.message_id) - interval '1 day'
      group by cost_currency) as by_currency
  ) as present
  left join lateral (select root_campaign_id from ${MESSAGES} as message where message.id = price.message_id limit 1) as message on true`;

@Injectable()
export class Finals {
  constructor(
    private readonly database: Database,
    private readonly books: PriceBooks,
    private readonly store: AmountStore,
  ) {}

  /**
   * Writes the differences between the amounts of messages and the last word of their providers: of all that these events say a price
   * or a length of. One that has no estimate yet is left for when it has. Hold the cursor of `usage`.
   */
  async write(events: string): Promise<void> {
    const rows = await this.database.query<Row>(presentAmounts(events));
    if (rows.length === 0) return;
    const periodOf = await this.store.periods(rows.map(({ tenant_id }) => tenant_id));
    const corrections = await Promise.all(
      rows.map(async (row) => {
        const { tenant_id, scope_id, day, message_id, root_campaign_id } = row;
        const period = periodOf(tenant_id, day);
        const present = { ...row, costs: row.costs ?? {} };
        return correctionsOf(present, row, await this.linesOf(row)).map((correction) => ({
          ...correction,
          tenant_id,
          scope_id,
          day,
          period,
          message_ids: [message_id],
          root_campaign_id,
        }));
      }),
    );
    await this.store.write(corrections.flat());
  }

  /** The lines of the plan that the message was charged by. */
  private async linesOf({ basis }: Row): Promise<readonly ListedPrice[]> {
    if (basis.charge_version_id === null) return [];
    const lines = await this.books.linesOf(basis.charge_version_id);
    return basis.charge_lines.flatMap((place) => lines.get(place) ?? []);
  }
}
