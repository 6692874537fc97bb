/** The gate's rules for a whole set at once: who in an audience must not be written to, and why. */
import { leftMarketing } from './marketing-opt-outs.sql.js';
import { inClosedCountry, TENANTS, type AllowedCountries } from '../tenants/index.js';
import { IS_PROVEN } from './dead-addresses/dead-addresses.js';

/** SQL expressions for a campaign's parameters: literals or parameters, with their types. */
export interface ExclusionQuestion {
  /** A relation with a column `address`, normalised; its columns are kept. */
  readonly people: string;
  readonly tenant: string;
  readonly venue: string;
  /** As `consentChannel` names it. */
  readonly channel: string;
  readonly category: string;
  /** The address the messages will be sent from. */
  readonly sender: string;
  /** The tenant's, and the platform's. */
  readonly allowedCountries: AllowedCountries;
}

/**
 * Selects the people with a column `exclusion`: the reason why the gate would stop a message to each, or null. The same rules
 * in the same order as `judge`, except those not about the recipient (expiry, the channel's switch, the sender). The gate runs
 * again before every call: this only saves ledger rows that are known to be stopped. `limit` makes each person one lookup by
 * primary key, even while the planner does not know how many there are: freshly filled tables have no statistics.
 */
export const exclusions = ({
  people,
  tenant,
  venue,
  channel,
  category,
  sender,
  allowedCountries,
}: ExclusionQuestion): string => `
  select people.*, case
      when ${inClosedCountry(allowedCountries, 'people.address')} then 'country_not_allowed'
      when consent.status = 'opted_out' or (${category} = 'marketing' and ${leftMarketing('consent')}) then 'opted_out'
      when number_opt_out.status = 'opted_out' then 'number_opted_out'
      when suppression.reason <> 'soft_bounce' or (suppression.reason = 'soft_bounce' and ${category} = 'marketing') then suppression.reason
      when dead.address is not null then 'dead_address'
      when consent.status = 'opted_in' then null
      when ${category} = 'marketing' then 'no_opt_in'
      when ${category} = 'emergency' then null
      when (select ${channel} = any (require_opt_in) from ${TENANTS} as tenant where id = ${tenant}) then 'opt_in_required'
    end as exclusion
  from ${people} as people
  left join lateral (
    select status, occurred_at, marketing_out_at from consent where venue_id = ${venue} and channel = ${channel} and address = people.address limit 1) as consent on true
  left join lateral (
    select reason from suppression
    where tenant_id = ${tenant} and channel = ${channel} and address = people.address
      and (expires_at is null or expires_at > statement_timestamp()) limit 1) as suppression on true
  left join lateral (
    select address from dead_address as proven
    where channel = ${channel} and address = people.address and ${IS_PROVEN('proven')} limit 1) as dead on true
  left join lateral (
    select status from number_opt_out
    where channel = ${channel} and number = ${sender} and address = people.address limit 1) as number_opt_out on true`;
