/** The periodic checks and updates of campaigns, each one statement for all that run. None of them counts the ledger. */
import { hasQueued, statusCounts } from '../ledger/index.js';
import { AWAITS_WINNER } from './variants/variants.sql.js';

/** Messages sent or ended, before a failing campaign is paused. */
const ENOUGH_TO_JUDGE = 100;

const RUNNING = `
  select campaign.*, ${statusCounts('campaign.id')} as counts from campaign where ended_at is null and launched_at is not null`;

const count = (statuses: readonly string[]): string =>
  statuses.map((status) => `coalesce((counts ->> '${status}')::bigint, 0)`).join(' + ');

const REMAINING = count(['scheduled', 'queued', 'sending']);
const ALL = `(select coalesce(sum(value::bigint), 0) from jsonb_each_text(counts))`;
/** Messages that were given to the provider, or never will be. */
const FAILED = count(['failed', 'undelivered']);
const GONE = count(['sent', 'delivered', 'read', 'unknown', 'failed', 'undelivered']);

/** The recent rate: a moving average over samples five seconds apart. */
export const SAMPLE_RATES = `
  with running as (${RUNNING} and status in ('SENDING', 'PAUSED')
    and (sampled_at is null or sampled_at < clock_timestamp() - interval '5 seconds')
  ), measured as (
    select id, ${ALL} - (${REMAINING}) as done,
      extract(epoch from clock_timestamp() - coalesce(sampled_at, launched_at)) as seconds
    from running
  )
  update campaign set sampled_at = clock_timestamp(), sampled_count = measured.done,
    rate_per_second = (measured.done - sampled_count) / greatest(measured.seconds, 0.001)
  from measured where measured.id = campaign.id`;

/** Campaigns that are sending and exceed their failure threshold. */
export const FAILING = `
  with running as (${RUNNING} and status = 'SENDING' and pause_at_failure_percent is not null)
  select id, tenant_id, ${FAILED} as failed, ${GONE} as gone from running
  where ${GONE} >= ${ENOUGH_TO_JUDGE} and 100.0 * (${FAILED}) > pause_at_failure_percent * (${GONE})`;

/** Campaigns whose expiresAt has passed: none of their messages may be sent any more. */
export const EXPIRED = `
  select id from campaign where status in ('SENDING', 'PAUSED') and ended_at is null and expires_at <= now()`;

/** A pause ends with the campaign. */
export const CANCEL_EXPIRED = `
  update campaign set status = 'CANCELLED', status_reason = 'Its expiresAt passed while it was paused', updated_at = now()
  where status = 'PAUSED' and ended_at is null and expires_at <= now() returning tenant_id, id, status`;

/**
 * A campaign is sent when its audience is expanded and none of its messages is pending. What follows them may be; but one that is cancelled, or
 * over, ends only when that is withdrawn, too.
 */
export const END_THOSE_THROUGH = `
  with running as (${RUNNING}), through as (
    select id from running
    where ${REMAINING} = 0 and (status = 'CANCELLED' or (status = 'SENDING' and frozen_at is not null))
      and ((status = 'SENDING' and coalesce(expires_at > now(), true)) or not ${hasQueued('running.id', 'running.tenant_id')})
  )
  update campaign set
    status = case campaign.status when 'SENDING' then 'SENT' else campaign.status end,
    sent_at = case campaign.status when 'SENDING' then now() else sent_at end,
    ended_at = now(), updated_at = now()
  from through where through.id = campaign.id and campaign.status in ('SENDING', 'CANCELLED') and campaign.ended_at is null
  returning campaign.tenant_id, campaign.id, campaign.status`;

/** Campaigns with an audience to expand, or messages to withdraw. */
export const STILL_TO_DO = `
  select id, audience_count as people from campaign
  where ended_at is null and launched_at is not null
    and ((status in ('SENDING', 'PAUSED') and frozen_at is null and not outgrown and not ${AWAITS_WINNER}) or status = 'CANCELLED' or expires_at <= now())`;
