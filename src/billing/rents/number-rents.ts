/** The rent of phone numbers: an amount for each number and month of which it was a tenant's for any part, written once. */
import { Injectable } from '@nestjs/common';
import { Database, instant } from '../../kernel/index.js';
import { TENANCIES } from '../../numbers/index.js';
import {
  BILLED_TENANTS,
  countryOf,
  OWN_ACCOUNTS,
  senderTypeOf,
  TimeZones,
  type ProviderName,
} from '../../tenants/index.js';
import { AmountStore, type NewAmount } from '../amounts/amount-store.js';
import { isKnown } from '../amounts/estimate.rules.js';
import { basisOf } from '../amounts/estimates.js';
import { PriceBooks } from '../prices/price-books.js';
import { priceMessage, type PricedMessage } from '../prices/quote.rules.js';
import { UsageScopes, type Scope } from '../usage/usage-scopes.js';

/** A number in a month that is not charged yet. */
interface DueRent {
  readonly number_id: string;
  readonly tenant_id: string;
  readonly venue_id: string;
  readonly provider: ProviderName;
  readonly is_own_account: boolean;
  readonly address: string;
  readonly plan: string;
  /** The first day of the month. */
  readonly month: string;
  /** The first day in it on which the number was the tenant's, and the moment. */
  readonly day: string;
  readonly at: string;
  /** Numbers of the tenant that are charged for the month already. */
  readonly charged: number;
}

/** Rents written at a time. */
const BATCH = 1_000;

/**
 * Parameters: zones that the database does not know and what it takes for them; the time, if not now; a tenant, if not all. A number
 * that changes its venue within a month is charged once. What was before the first open month is closed.
 */
const DUE = `
  with tenancy as (
    select number.id as number_id, number.tenant_id, venue_id, provider, provider_account_id in (select id from ${OWN_ACCOUNTS} as own) as is_own_account,
      address, plan, zone, assigned_at, closed_through,
      (coalesce(released_at, coalesce($3::timestamptz, clock_timestamp())) - interval '1 microsecond') at time zone zone as last
    from ${TENANCIES} as number join ${BILLED_TENANTS} as tenant on tenant.id = number.tenant_id
    left join unnest($1::text[], $2::text[]) as substitute (of, known) on substitute.of = tenant.timezone
    cross join lateral (select coalesce(substitute.known, tenant.timezone) as zone) as local
    left join billing_close on billing_close.tenant_id = number.tenant_id
    where ($4::uuid is null or number.tenant_id = $4) and assigned_at <= coalesce($3::timestamptz, clock_timestamp())
  )
  select distinct on (tenant_id, month, address) number_id, tenant_id, venue_id, provider, is_own_account, address, plan, month::date::text as month,
    greatest((assigned_at at time zone zone)::date, month::date)::text as day, greatest(assigned_at, month at time zone zone) as at,
    (select count(*)::int from number_month as charged where charged.tenant_id = tenancy.tenant_id and charged.month = months.month::date) as charged
  from tenancy cross join lateral generate_series(
    date_trunc('month', greatest(assigned_at at time zone zone, closed_through + interval '1 month')),
    date_trunc('month', last), interval '1 month') as months (month)
  where not exists (
    select from number_month as charged
    where charged.tenant_id = tenancy.tenant_id and charged.month = months.month::date and charged.address = tenancy.address)
  order by tenant_id, month, address, assigned_at limit ${BATCH}`;

@Injectable()
export class NumberRents {
  constructor(
    private readonly database: Database,
    private readonly timeZones: TimeZones,
    private readonly books: PriceBooks,
    private readonly scopes: UsageScopes,
    private readonly store: AmountStore,
  ) {}

  /**
   * Writes the rent that is due by now, of one tenant or of all: of months that are open, this one included. Hold the lock of amounts. A
   * month that has begun is a whole one. `at` is now, by the database's clock, where absent.
   */
  async write(tenantId?: string, at?: Date): Promise<void> {
    let rents: DueRent[];
    do {
      rents = await this.due(tenantId, at);
      await this.charge(rents);
    } while (rents.length === BATCH);
  }

  private due(tenantId: string | undefined, at: Date | undefined): Promise<DueRent[]> {
    const { substituted } = this.timeZones;
    return this.database.query<DueRent>(DUE, [
      substituted.map(([zone]) => zone),
      substituted.map(([, substitute]) => substitute),
      at?.toISOString() ?? null,
      tenantId ?? null,
    ]);
  }

  private async charge(rents: readonly DueRent[]): Promise<void> {
    if (rents.length === 0) return;
    const scopeIds = await this.scopes.idsOf(rents.map(scopeOf));
    const periodOf = await this.store.periods(rents.map(({ tenant_id }) => tenant_id));
    const charged = new Map<string, number>();
    const amounts: NewAmount[] = [];
    for (const [place, rent] of rents.entries()) {
      const key = `${rent.tenant_id} ${rent.month}`;
      const before = charged.get(key) ?? rent.charged;
      charged.set(key, before + 1);
      const scopeId = scopeIds[place];
      if (scopeId === undefined) throw new Error('a scope that was made is found');
      const priced = await this.priceOf(rent, before);
      amounts.push(amountOf(rent, priced, scopeId, periodOf(rent.tenant_id, rent.day)));
    }
    await this.store.write(amounts);
    await this.database.query(
      `insert into number_month (tenant_id, month, address, number_id)
       select * from jsonb_to_recordset($1::jsonb) as row (tenant_id uuid, month date, address text, number_id uuid)`,
      [JSON.stringify(rents)],
    );
  }

  /** `charged` numbers of the tenant's month come before it: which decides whether it is included, and by which tier. */
  private async priceOf(rent: DueRent, charged: number): Promise<PricedMessage> {
    const { provider, is_own_account: isOwnAccount, plan, address } = rent;
    const at = instant(rent.at);
    const lists = {
      cost: isOwnAccount ? ('own_account' as const) : await this.books.at({ kind: 'cost', name: provider }, at),
      plan: await this.books.at({ kind: 'plan', name: plan }, at),
    };
    const query = {
      channel: 'number',
      direction: 'outbound',
      number: address,
      country: countryOf(address),
      senderType: senderTypeOf(address),
      category: null,
      provider,
      at,
    } as const;
    const used = { message: 0, segment: 0, recipient: 0, minute: 0, number_month: charged };
    return priceMessage(lists, query, { ...ONE_NUMBER, used });
  }
}

const ONE_NUMBER = { message: 0, segment: 0, recipient: 0, minute: 0, number_month: 1 } as const;

const scopeOf = ({ tenant_id, venue_id, provider, address }: DueRent): Scope => ({
  tenant_id,
  venue_id,
  channel: 'number',
  category: 'transactional',
  type: 'TRANSACTIONAL',
  campaign_id: null,
  template_id: null,
  provider,
  country: countryOf(address),
  direction: 'outbound',
});

function amountOf(
  { tenant_id, number_id, day, plan }: DueRent,
  { cost, charge }: PricedMessage,
  scopeId: number,
  period: string,
): NewAmount {
  const known = isKnown(charge) ? charge : isKnown(cost) ? cost : undefined;
  return {
    tenant_id,
    scope_id: scopeId,
    basis: basisOf({ cost, charge }, plan),
    kind: 'rent',
    day,
    period,
    first_unit: known?.firstUnit ?? 1,
    units: 1,
    included: isKnown(charge) ? charge.included : 0,
    cost_micros: isKnown(cost) ? String(cost.micros) : '0',
    charge_micros: isKnown(charge) ? String(charge.micros) : '0',
    without_cost: isKnown(cost) || cost.unknown === 'own_account' ? 0 : 1,
    without_charge: isKnown(charge) ? 0 : 1,
    message_ids: null,
    number_id,
  };
}
