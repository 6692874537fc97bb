/** Prices messages by the price lists, when their provider has taken them. */
import { Injectable } from '@nestjs/common';
import { Database, instant } from '../../kernel/index.js';
import { firstOf } from '../month.js';
import { PriceBooks } from '../prices/price-books.js';
import { PRICE_UNITS, type Direction, type PriceUnit } from '../prices/price-line.js';
import type { Lists, PricedMessage } from '../prices/quote.rules.js';
import type { FactGroup, Use } from '../usage/usage-facts.js';
import { AmountStore, type Basis, type NewAmount, type Place } from './amount-store.js';
import {
  isByLength,
  isKnown,
  queryOf,
  runsOf,
  unitsOf,
  type Priceable,
  type Run,
  type UsedUnits,
} from './estimate.rules.js';

/** A group of messages to price. */
export interface Estimated {
  readonly group: FactGroup;
  readonly use: Use;
  readonly scopeId: number;
}

interface UnitsRow {
  readonly tenant_id: string;
  readonly month: string;
  readonly channel: string;
  readonly direction: Direction;
  readonly unit: PriceUnit;
  readonly used: number;
}

@Injectable()
export class Estimates {
  constructor(
    private readonly database: Database,
    private readonly books: PriceBooks,
    private readonly store: AmountStore,
  ) {}

  /**
   * Writes an amount for each message, in the order of their events: it decides which have units that are included, and where a tier
   * begins. A call that is priced by its length waits for that. Hold the cursor of `usage`.
   */
  async write(estimates: readonly Estimated[]): Promise<void> {
    if (estimates.length === 0) return;
    const periodOf = await this.store.periods(estimates.map(({ group }) => group.tenant_id));
    const units = new UnitCounts(await this.usedBefore(estimates));
    const amounts: NewAmount[] = [];
    for (const [used, group] of Map.groupBy(await this.priceable(estimates), (one) => units.of(one.group))) {
      for (const run of runsOf(group, used)) {
        const { tenant_id, day } = run.of.group;
        amounts.push(amountOf(run, periodOf(tenant_id, day)));
      }
    }
    await this.store.write(amounts);
    await this.use(units.rows());
  }

  /** Those whose price can be known now, with their lists. */
  private async priceable(estimates: readonly Estimated[]): Promise<(Estimated & Priceable)[]> {
    const all = await Promise.all(
      estimates.map(async (estimate) => {
        const { group, use } = estimate;
        return { ...estimate, query: queryOf(group, use, instant(use.at)), lists: await this.listsOf(group, use) };
      }),
    );
    return all.filter(
      ({ group, lists, query }) =>
        (group.kind === 'measured') === (group.channel === 'voice' && isByLength(lists, query)),
    );
  }

  private async listsOf({ provider }: FactGroup, { plan, at, isOwnAccount }: Use): Promise<Lists> {
    const time = instant(at);
    return {
      cost: isOwnAccount ? 'own_account' : await this.books.at({ kind: 'cost', name: provider }, time),
      plan: await this.books.at({ kind: 'plan', name: plan }, time),
    };
  }

  private usedBefore(estimates: readonly Estimated[]): Promise<UnitsRow[]> {
    return this.database.query<UnitsRow>(
      `select tenant_id, month::text, channel, direction, unit, used::float8 as used from billing_units
       where (tenant_id, month) in (select * from unnest($1::uuid[], $2::date[]))`,
      [estimates.map(({ group }) => group.tenant_id), estimates.map(({ group }) => firstOf(group.day))],
    );
  }

  private async use(rows: readonly UnitsRow[]): Promise<void> {
    await this.database.query(
      `insert into billing_units (tenant_id, month, channel, direction, unit, used)
       select tenant_id, month, channel, direction, unit, used
       from jsonb_to_recordset($1::jsonb) as row (tenant_id uuid, month date, channel text, direction text, unit text, used bigint)
       on conflict (tenant_id, month, channel, direction, unit) do update set used = excluded.used`,
      [JSON.stringify(rows)],
    );
  }
}

/** The units that tenants have used in their months, by channel. */
class UnitCounts {
  private readonly counts = new Map<
    string,
    { readonly of: Omit<UnitsRow, 'unit' | 'used'>; readonly used: UsedUnits }
  >();

  constructor(before: readonly UnitsRow[]) {
    for (const { unit, used, ...of } of before) this.entry(of).used[unit] = used;
  }

  of({ tenant_id, day, channel, direction }: FactGroup): UsedUnits {
    return this.entry({ tenant_id, month: firstOf(day), channel, direction }).used;
  }

  rows(): UnitsRow[] {
    return [...this.counts.values()].flatMap(({ of, used }) =>
      PRICE_UNITS.filter((unit) => used[unit] > 0).map((unit) => ({ ...of, unit, used: used[unit] })),
    );
  }

  private entry(of: Omit<UnitsRow, 'unit' | 'used'>): { readonly used: UsedUnits } {
    const key = [of.tenant_id, of.month, of.channel, of.direction].join(' ');
    const known = this.counts.get(key);
    if (known) return known;
    const made = { of, used: { message: 0, segment: 0, recipient: 0, minute: 0, number_month: 0 } };
    this.counts.set(key, made);
    return made;
  }
}

function amountOf({ of, start, count, priced, used }: Run<Estimated>, period: string): NewAmount {
  const { group, use, scopeId } = of;
  return {
    ...amountsOf(priced, use, used),
    tenant_id: group.tenant_id,
    scope_id: scopeId,
    kind: 'estimated',
    day: group.day,
    period,
    message_ids: use.messageIds.slice(start, start + count),
    root_campaign_id: group.root_campaign_id,
  };
}

/** The amounts of each of some messages, by which prices, and by which units a price that is not known can be told later. */
export function amountsOf(
  { cost, charge }: PricedMessage,
  use: Use,
  used: UsedUnits,
): Omit<NewAmount, 'tenant_id' | 'scope_id' | 'kind' | 'day' | 'period' | 'message_ids' | 'root_campaign_id'> {
  const known = isKnown(charge) ? charge : isKnown(cost) ? cost : undefined;
  const [withoutCost, withoutCharge] = [!isKnown(cost) && cost.unknown !== 'own_account', !isKnown(charge)];
  return {
    basis: basisOf({ cost, charge }, use.plan),
    first_unit: known?.firstUnit ?? 0,
    units: known?.units ?? 0,
    included: isKnown(charge) ? charge.included : 0,
    cost_micros: isKnown(cost) ? String(cost.micros) : '0',
    charge_micros: isKnown(charge) ? String(charge.micros) : '0',
    without_cost: withoutCost ? 1 : 0,
    without_charge: withoutCharge ? 1 : 0,
    ...((withoutCost || withoutCharge) && { place: placeOf(use, used) }),
  };
}

function placeOf(use: Use, used: UsedUnits): Place {
  const { segment: segments, minute: minutes } = unitsOf(use);
  const { message: used_messages, segment: used_segments, minute: used_minutes } = used;
  return { used_messages, used_segments, used_minutes, segments, minutes };
}

/** What an amount was made by. */
export const basisOf = ({ cost, charge }: PricedMessage, plan: string): Basis => ({
  cost_version_id: isKnown(cost) ? cost.prices.versionId : null,
  cost_lines: isKnown(cost) ? cost.lines : [],
  cost_unit: isKnown(cost) ? cost.unit : null,
  cost_currency: isKnown(cost) ? cost.prices.currency : null,
  cost_unknown: isKnown(cost) ? null : cost.unknown,
  charge_version_id: isKnown(charge) ? charge.prices.versionId : null,
  charge_lines: isKnown(charge) ? charge.lines : [],
  charge_unit: isKnown(charge) ? charge.unit : null,
  charge_currency: isKnown(charge) ? charge.prices.currency : null,
  charge_unknown: isKnown(charge) ? null : charge.unknown,
  plan: isKnown(charge) ? null : plan,
});
