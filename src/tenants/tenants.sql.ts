/** Relations for other modules' statements, which join these instead of our tables. The planner inlines them. */

export const TENANTS = `(
  select id, timezone, require_opt_in, email_enabled, sms_enabled, whatsapp_enabled, voice_enabled, give_up_doubts, retry_uncertain, plan, allowed_countries, quiet_hours
  from tenant)`;

/** How people name them, and what their keys and users together may ask for. */
export const NAMED_TENANTS = '(select id, slug, requests_per_minute from tenant)';

/** From how many people on their campaigns need a second person; null for none. */
export const APPROVING_TENANTS = '(select id, campaign_approval_from from tenant)';

/** API keys, each with the one whose place it took. */
export const KEY_SUCCESSIONS = '(select id, replaces from api_key)';

/** Those whose links are counted. */
export const LINKING_TENANTS = `(select id, link_hosts, link_categories from tenant where link_hosts <> '{}')`;

/** The same with what a bill says of them. */
export const BILLED_TENANTS = '(select id, name, timezone, plan, created_at from tenant)';

/** What tenants say themselves of where they sell: their country, their own list, and the numbers that they speak from. */
export const TENANT_MARKETS = `(
  select tenant.id, country, allowed_countries, array(
    select address from sender where sender.tenant_id = tenant.id and sender.status = 'active' and sender.channel in ('sms', 'mms', 'voice') and address ^@ '+'
    limit 100) as numbers
  from tenant)`;

export const SENDERS = '(select venue_id, channel, address, status from sender)';

export const VENUES = '(select id, name from venue)';

/** Those whose messages are forwarded, and to whom. */
export const FORWARDING_VENUES = `(
  select id, tenant_id, name, forward_to from venue where forward_to is not null)`;

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
