/** Relations for other modules' statements, which join these instead of our tables. The planner inlines them. */

export const TENANTS = `(
  select id, timezone, require_opt_in, email_enabled, sms_enabled, whatsapp_enabled, voice_enabled, give_up_doubts, retry_uncertain, plan
  from tenant)`;

/** The same with what a bill says of them. */
export const BILLED_TENANTS = '(select id, name, timezone, plan, created_at from tenant)';

export const SENDERS = '(select venue_id, channel, address, status from sender)';

export const VENUES = '(select id, name from venue)';

/** Through which accounts each tenant's active WhatsApp senders speak. */
export const WHATSAPP_ACCOUNTS = `(
  select distinct tenant_id, provider_account_id as account_id from sender where channel = 'whatsapp' and status = 'active')`;

/** In which zone a tenant's time was told, from when to before when. */
export const TENANT_ZONES = `(
  select tenant_id, timezone, since, lead(since, 1, 'infinity') over (partition by tenant_id order by since) as until
  from tenant_timezone)`;

/** Of tenants, who pay their provider themselves. */
export const OWN_ACCOUNTS = '(select id from provider_account where tenant_id is not null)';

/** The platform's own; a tenant's are the tenant's to monitor. */
export const PLATFORM_ACCOUNTS = '(select id, provider from provider_account where tenant_id is null)';
