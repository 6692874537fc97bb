/** What is recorded of a campaign when it is drafted, changed or steered. */
import { CAMPAIGN_BUDGETS } from '../billing/index.js';
import type { AuditedKind } from '../kernel/index.js';

export const CAMPAIGN: AuditedKind = {
  kind: 'campaign',
  fields: `
    select name, status, status_reason as "statusReason", channel, category, venue_id as "venueId", sender_id as "senderId",
      template_key as "templateKey", use_preferred_channel as "usePreferredChannel",
      (select json_agg(json_build_object('channel', several.channel, 'templateKey', several.template_key, 'senderId', several.sender_id)
         order by place) from campaign_channel as several where campaign_id = campaign.id) as channels, audience_id as "audienceId", to_json(scheduled_at) as "scheduledAt",
      to_json(expires_at) as "expiresAt", messages_per_minute as "messagesPerMinute",
      pause_at_failure_percent as "pauseAtFailurePercent",
      (select json_agg(json_build_object('measure', measure, 'limit', amount, 'currency', currency, 'hard', hard) order by measure)
       from ${CAMPAIGN_BUDGETS} as budget where campaign_id = campaign.id) as budget
    from campaign where id = $1 and tenant_id = $2`,
};
