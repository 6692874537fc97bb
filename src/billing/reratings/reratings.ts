/** Prices messages that had no price when they were counted: each gets facts of its own. */
import { Injectable } from '@nestjs/common';
import { Database, instant } from '../../kernel/index.js';
import { MESSAGE_EVENTS } from '../../ledger/index.js';
import { AmountStore } from '../amounts/amount-store.js';
import { isByLength, queryOf } from '../amounts/estimate.rules.js';
import { Finals } from '../amounts/finals.js';
import { PriceBooks } from '../prices/price-books.js';
import type { Lists } from '../prices/quote.rules.js';
import { UsageFacts, USES, type FactGroup, type Use } from '../usage/usage-facts.js';
import { reratingOf, type Pricing, type Unpriced } from './rerating.rules.js';

/** Amounts are written after what they are about. A provider's own price ends the lack of a cost, and of no charge. */
const UNPRICED = `
  select message_id, estimate.*, present.without_cost
  from unnest($1::uuid[]) as asked (message_id)
  cross join lateral (
    select tenant_id, scope_id, day::text, first_unit::float8 as first_unit, units, included, cost_micros::text, charge_micros::text,
      without_charge, used_messages, used_segments, used_minutes, to_jsonb(basis) - 'id' - 'key' as basis
    from billing_amount join billing_basis as basis on basis.id = basis_id
    where message_id = asked.message_id and kind in ('estimated', 'rerated')
      and at >= uuid_extract_timestamp(asked.message_id) - interval '1 day'
    order by seq desc limit 1
  ) as estimate
  cross join lateral (
    select sum(without_cost)::int as without_cost from billing_amount
    where message_id = asked.message_id and at >= uuid_extract_timestamp(asked.message_id) - interval '1 day'
  ) as present
  where used_messages is not null and (estimate.without_charge > 0 or present.without_cost > 0)`;

@Injectable()
export class Reratings {
  constructor(
    private readonly database: Database,
    private readonly books: PriceBooks,
    private readonly facts: UsageFacts,
    private readonly store: AmountStore,
    private readonly finals: Finals,
  ) {}

  /**
   * Writes what these messages cost and are charged, of those that lack a price that is known by now; answers how many they are. Hold
   * the cursor of `usage`.
   */
  async write(messageIds: readonly string[]): Promise<number> {
    if (messageIds.length === 0) return 0;
    const rows = await this.database.query<Unpriced>(UNPRICED, [messageIds]);
    if (rows.length === 0) return 0;
    const pricings = await this.pricings(new Map(rows.map((row) => [row.message_id, row])));
    const periodOf = await this.store.periods(rows.map(({ tenant_id }) => tenant_id));
    const amounts = rows.flatMap((row) => {
      const pricing = pricings.get(row.message_id);
      if (!pricing) return [];
      const { root_campaign_id } = pricing;
      return reratingOf(row, pricing).map((amount) => ({ ...amount, root_campaign_id }));
    });
    await this.store.write(amounts.map((amount) => ({ ...amount, period: periodOf(amount.tenant_id, amount.day) })));
    const rerated = amounts.flatMap(({ kind, message_ids: ids }) => (kind === 'rerated' ? (ids ?? []) : []));
    if (rerated.length > 0) await this.finals.write(eventsOf(rerated, `'priced'`));
    return rerated.length;
  }

  /**
   * Writes what events say of messages after their estimates: the length of a call whose price depends on it, and the last word of their
   * providers. Hold the cursor of `usage`.
   */
  async follow(events: string): Promise<void> {
    const measured = await this.database.query<{ id: string }>(
      `select message_id as id from ${events} as event where kind = 'measured'`,
    );
    await this.write(measured.map(({ id }) => id));
    await this.finals.write(events);
  }

  /** By what each is priced now; those whose price depends on a length that is not known are absent. */
  private async pricings(rows: ReadonlyMap<string, Unpriced>): Promise<ReadonlyMap<string, Pricing>> {
    const pricings = new Map<string, Pricing>();
    for (const group of await this.facts.used(eventsOf([...rows.keys()], USES))) {
      const { use } = group;
      if (!use) continue;
      const query = queryOf(group, use, instant(use.at));
      for (const id of use.messageIds) {
        const row = rows.get(id);
        if (!row || pricings.has(id)) continue;
        const lists = await this.listsOf(group, use, row);
        const isMeasured = group.kind === 'measured';
        if (isMeasured === (group.channel === 'voice' && isByLength(lists, query)))
          pricings.set(id, {
            lists,
            query,
            use: { ...use, plan: row.basis.plan ?? use.plan },
            root_campaign_id: group.root_campaign_id,
          });
      }
    }
    return pricings;
  }

  /** Those that a price of it was made by, and those that were valid then for what it lacks. */
  private async listsOf({ provider }: FactGroup, { at, plan, isOwnAccount }: Use, { basis }: Unpriced): Promise<Lists> {
    const time = instant(at);
    const { cost_version_id: cost, charge_version_id: charge } = basis;
    return {
      cost: isOwnAccount
        ? 'own_account'
        : cost === null
          ? await this.books.at({ kind: 'cost', name: provider }, time)
          : await this.books.version(cost),
      plan:
        charge === null
          ? await this.books.at({ kind: 'plan', name: basis.plan ?? plan }, time)
          : await this.books.version(charge),
    };
  }
}

/** The ids are the database's own. */
const eventsOf = (messageIds: readonly string[], kinds: string): string =>
  `(select * from ${MESSAGE_EVENTS} as event where kind in (${kinds}) and message_id = any('{${messageIds.join(',')}}'::uuid[]))`;
