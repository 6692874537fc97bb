/** What is recorded of a campaign when it is drafted, changed or steered. */
import { CAMPAIGN_BUDGETS } from '../billing/index.js';
import type { AuditedKind } from '../kernel/index.js';

export const CAMPAIGN: AuditedKind = {
  kind: 'campaign',
  fields: `
    select name, status, status_reason as "statusReason", channel, category, venue_id as "venueId", sender_id as "senderId",
      template_key as "templateKey", use_preferred_channel as "usePreferredChannel",
      (select json_agg(json_build_object('channel', several.channel, 'templateKey', several.template_key, 'senderId', several.sender_id)
         order by place) from campaign_channel as several where campaign_id = campaign.id) as channels, audience_id as "audienceId",
      (select json_agg(json_build_object('templateKey', variant.template_key, 'share', share) order by place)
       from campaign_variant as variant where campaign_id = campaign.id) as variants, attachments,
      (select json_build_object('sharePercent', share_percent, 'durationMinutes', duration_minutes, 'metric', metric, 'minimum', minimum)
       from campaign_test where campaign_id = campaign.id) as test,
      (select winner from campaign_test where campaign_id = campaign.id) as winner, segment_id as "segmentId", frequency_cap_days as "frequencyCapDays", to_json(scheduled_at) as "scheduledAt", local_time as "localTime", if_past as "ifPast",
      (select json_build_object('state', state, 'requestedBy', requested_by, 'decidedBy', decided_by, 'people', people)
       from campaign_approval where campaign_id = campaign.id) as approval,
      to_json(expires_at) as "expiresAt", messages_per_minute as "messagesPerMinute",
      pause_at_failure_percent as "pauseAtFailurePercent",
      (select json_agg(json_build_object('measure', measure, 'limit', amount, 'currency', currency, 'hard', hard) order by measure)
       from ${CAMPAIGN_BUDGETS} as budget where campaign_id = campaign.id) as budget
    from campaign where id = $1 and tenant_id = $2`,
};
