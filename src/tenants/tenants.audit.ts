/** What is recorded of tenants and what is theirs when it changes. */
import type { AuditedKind } from '../kernel/index.js';
import { LOCK_BESIDE_SENDER } from './senders/default-senders.js';

export const TENANT: AuditedKind = {
  kind: 'tenant',
  fields: `
    select name, slug, timezone, currency, country, email_enabled as "emailEnabled", sms_enabled as "smsEnabled",
      whatsapp_enabled as "whatsappEnabled", voice_enabled as "voiceEnabled", require_opt_in as "requireOptIn",
      give_up_doubts as "giveUpDoubts", retry_uncertain as "retryUncertain", require_venue_id as "requireVenueId", require_unsubscribe_link as "requireUnsubscribeLink", require_identification as "requireIdentification", max_numbers as "maxNumbers", plan, requests_per_minute as "requestsPerMinute", auto_numbers as "autoNumbers", default_providers as "defaultProviders",
      marketing_providers as "marketingProviders", link_hosts as "linkHosts", link_categories as "linkCategories", allowed_countries as "allowedCountries", quiet_hours as "quietHours", retention, campaign_approval_from as "campaignApprovalFrom"
    from tenant where id = $1 and id = $2`,
};

export const API_KEY: AuditedKind = {
  kind: 'api_key',
  fields: `
    select name, scopes, networks, requests_per_minute as "requestsPerMinute", expires_at as "expiresAt", revoked_at is not null as "isRevoked" from api_key where id = $1 and tenant_id = $2`,
};

export const VENUE: AuditedKind = {
  kind: 'venue',
  // An id comes before an externalId of the same letters, as everywhere.
  fields: `
    select name, external_id as "externalId", is_default as "isDefault", unsubscribe_email as "unsubscribeEmail",
      keyword_replies as "keywordReplies", jsonb_array_length(forward_to -> 'emails') as "forwardedTo" from venue
    where tenant_id = $2 and (id::text = $1 or external_id = $1) order by id::text = $1 desc limit 1`,
  hasAliases: true,
};

/** `version` counts the changes of its credentials. */
export const PROVIDER_ACCOUNT: AuditedKind = {
  kind: 'provider_account',
  fields: `select provider, name, version from provider_account where id = $1 and tenant_id = $2`,
};

export const SENDER: AuditedKind = {
  kind: 'sender',
  lock: LOCK_BESIDE_SENDER,
  fields: `
    select venue_id as "venueId", channel, display_name as "displayName", provider_account_id as "providerAccountId", status, is_default as "isDefault",
      rate_per_second as "ratePerSecond", fallback_sender_id as "fallbackSenderId", default_for as "defaultFor"
    from sender where id = $1 and tenant_id = $2`,
};
