/** Budgets with what is used and reserved of them, for statements. */
import { BILLED_TENANTS } from '../../tenants/index.js';

/** What a figure is kept by: a tenant and its month, or a campaign; messages, or money in a currency. */
export const FIGURE = 'scope_id, month, currency';

/** A relation of figures that reservations, a relation with what each counts for, are a part of: `amount` of each. */
export const figuresOf = (reservations: string): string => `(
  select tenant_id as scope_id, month, null as currency, messages as amount from ${reservations} as part
  union all
  select tenant_id, month, currency, micros from ${reservations} as part where currency is not null
  union all
  select campaign_id, null, null, messages from ${reservations} as part where campaign_id is not null
  union all
  select campaign_id, null, currency, micros from ${reservations} as part where campaign_id is not null and currency is not null)`;

/** Of a budget, the figures of its scope: in the month that is given, unless it is a campaign's. */
const figureOf = (
  figure: string,
  month: string,
): string => `${figure}.scope_id = coalesce(budget.campaign_id, budget.tenant_id)
    and ${figure}.month is not distinct from case when budget.campaign_id is null then ${month} end
    and ${figure}.currency is not distinct from budget.currency`;
const WITH_FIGURES = (month: string): string => `
  left join budget_use as use on ${figureOf('use', month)}
  left join budget_reserving as reserving on ${figureOf('reserving', month)}`;
const USED = 'coalesce(use.used, 0)';
const RESERVED = 'coalesce(reserving.reserved, 0) - coalesce(use.released, 0)';

/** Of a tenant, with what is taken for zones that the database does not know. */
export const PRESENT_MONTH = `date_trunc('month', now() at time zone coalesce(substitute.zone, timezone))::date`;

/** All, each with the tenant's present month. Parameters: zones that the database does not know, and what it takes for them. */
export const BUDGETS = `(
  select budget.*, tenant.name as tenant_name, zone.month::text as month, moved_at, (${USED})::text as used, (${RESERVED})::text as reserved
  from budget
  join ${BILLED_TENANTS} as tenant on tenant.id = tenant_id
  left join unnest($1::text[], $2::text[]) as substitute (of, zone) on substitute.of = timezone
  cross join lateral (select ${PRESENT_MONTH} as month) as zone ${WITH_FIGURES('zone.month')})`;

/** Those of campaigns, with what they have warned of: a relation for other modules' statements. */
export const CAMPAIGN_BUDGETS = `(
  select campaign_id, measure, amount, budget.currency, hard, stopped_at, ${USED} as used, ${RESERVED} as reserved,
    (select coalesce(jsonb_agg(jsonb_build_object('percent', percent, 'reachedAt', reached_at) order by percent), '[]')
     from budget_warning where budget_id = budget.id) as warnings
  from budget ${WITH_FIGURES('null::date')} where campaign_id is not null and amount is not null)`;

/** Of tenants' months, those that have stopped messages: the same. */
export const STOPPED_MONTHS = `(
  select tenant_id, measure, exempt from budget where campaign_id is null and stopped_at is not null)`;
