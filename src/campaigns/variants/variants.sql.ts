/** What became of a campaign's variants: from the counts of usage, never from the ledger. */
import { USAGE } from '../../billing/index.js';
import { statusCounts } from '../../ledger/index.js';
import { TEMPLATE_VERSIONS } from '../../templates/index.js';

/**
 * SQL: each variant of `campaign`, with how many of its messages were sent and delivered, and how many people opened them and clicked: each message
 * once, without machines. Up to a second or two old.
 */
export const VARIANTS = `
  select variant.place, variant.template_key, variant.share, version.version, used.sent, used.delivered, used.opened, used.clicked
  from campaign_variant as variant
  left join ${TEMPLATE_VERSIONS} as version on version.id = variant.template_version_id
  cross join lateral (
    select coalesce(sum(messages), 0)::int as sent, coalesce(sum(delivered), 0)::int as delivered,
      coalesce(sum(opened), 0)::int as opened, coalesce(sum(clicked), 0)::int as clicked
    from ${USAGE} as usage
    where usage.tenant_id = campaign.tenant_id and usage.day >= (campaign.launched_at - interval '2 days')::date
      and usage.campaign_id = campaign.id and usage.template_id = version.template_id) as used
  where variant.campaign_id = campaign.id`;

/** SQL: whether all of the test group that is to come is in the ledger. */
const IS_TEST_EXPANDED = `variant_stage = 'test' and all_cut
  and not exists (select from campaign_chunk as chunk where chunk.campaign_id = campaign.id)`;

/** SQL: whether a campaign has nothing to expand until its test is decided. */
export const AWAITS_WINNER = `(variant_stage is not null and ${IS_TEST_EXPANDED})`;

/** The clock of a test begins once its whole group has been sent to. */
export const BEGIN_TESTS = `
  update campaign_test as test set sent_at = clock_timestamp() from campaign
  where test.campaign_id = campaign.id and test.sent_at is null and winner is null and ended_at is null and ${IS_TEST_EXPANDED}
    and not ${statusCounts('campaign.id')} ?| array['scheduled', 'queued', 'sending']`;

/** Tests that are to be decided: their time is over, or the campaign's. */
export const DUE_TESTS = `
  select campaign.id, metric, minimum, coalesce(expires_at <= now(), false) as is_expired
  from campaign_test as test join campaign on campaign.id = campaign_id
  where winner is null and status = 'SENDING' and ended_at is null and variant_stage = 'test'
    and (test.sent_at + make_interval(mins => duration_minutes) <= now() or expires_at <= now())`;

/** After the decision everybody else is written to: the audience is cut once more. Of two that do this at once the second finds nothing to do. */
export const START_REST = `
  update campaign set variant_stage = 'rest', all_cut = false, cut_to = '', cut_part = '', updated_at = now()
  from campaign_test as test
  where test.campaign_id = campaign.id and winner is not null and status in ('SENDING', 'PAUSED') and ended_at is null and ${IS_TEST_EXPANDED}
  returning campaign.id`;
