/** Message counts of a campaign by status, kept as deltas so that nobody waits for a counter row. */

/** The campaign of a message that belongs to none, where a key needs a value. */
export const NO_CAMPAIGN = '00000000-0000-0000-0000-000000000000';

/** An expression over a message: the campaign with which it waits. What follows a campaign's message does so, too. */
export const QUEUED_WITH = `coalesce(campaign_id, root_campaign_id, '${NO_CAMPAIGN}')`;

/**
 * Records how a set of messages has changed; `moved` is a relation with `campaign_id`, `status` and `old_status` (null for new
 * ones). In the same statement as the change, so that the deltas always add up to the ledger.
 */
export const countMoves = (moved: string): string => `
  insert into campaign_tally (campaign_id, status, delta)
  select campaign_id, status, sum(step) from (
    select campaign_id, status, 1 as step from ${moved} where campaign_id is not null
    union all
    select campaign_id, old_status, -1 from ${moved} where campaign_id is not null and old_status is not null) as step
  group by campaign_id, status having sum(step) <> 0`;

/** An expression: a campaign's message counts by status, `{ "queued": 3 }`; empty for none. */
export const statusCounts = (campaignId: string): string => `(
  select coalesce(jsonb_object_agg(status, count), '{}') from (
    select status, sum(delta) as count from campaign_tally where campaign_id = ${campaignId}
    group by status having sum(delta) <> 0) as step)`;
