/** The gate's rules on a whole set at once: who of an audience must not be written to, and why. */

/** SQL expressions for what one campaign asks: literals or parameters, with their types. */
export interface ExclusionQuestion {
  /** A relation with a column `address`, normalised; its columns are kept. */
  readonly people: string;
  readonly tenant: string;
  readonly venue: string;
  /** As `consentChannel` names it. */
  readonly channel: string;
  readonly category: string;
  /** The address the messages will come from. */
  readonly sender: string;
}

/**
 * Selects the people with a column `exclusion`: the reason why the gate would stop a message to each, or null. The same rules in
 * the same order as `judge`, but for what is no matter of the recipient (the hour, the channel's switch, the sender). The gate
 * asks again before every call: this spares the ledger rows that are stopped already.
 */
export const exclusions = ({ people, tenant, venue, channel, category, sender }: ExclusionQuestion): string => `
  select people.*, case
      when consent.status = 'opted_out' then 'opted_out'
      when number_opt_out.status = 'opted_out' then 'number_opted_out'
      when suppression.reason is not null then suppression.reason
      when consent.status = 'opted_in' then null
      when ${category} = 'marketing' then 'no_opt_in'
      when (select ${channel} = any (require_opt_in) from tenant where id = ${tenant}) then 'opt_in_required'
    end as exclusion
  from ${people} as people
  left join consent on consent.venue_id = ${venue} and consent.channel = ${channel} and consent.address = people.address
  left join suppression
    on suppression.tenant_id = ${tenant} and suppression.channel = ${channel} and suppression.address = people.address
  left join number_opt_out
    on number_opt_out.channel = ${channel} and number_opt_out.number = ${sender} and number_opt_out.address = people.address`;
