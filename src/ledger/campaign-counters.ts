/** Keeps campaign counters short. */
import { Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import type { MessageStatus } from './message.status.js';

/** A campaign's message counts by status, as in the ledger at that moment: see `statusCounts`. */
export type StatusCounts = Partial<Record<MessageStatus, number>>;

/** How many deltas of one campaign are worth folding into one per status. */
const WORTH_FOLDING = 100;

const UNFOLDED = `select campaign_id from campaign_tally group by campaign_id having count(*) > ${WORTH_FOLDING}`;

/** SQL: whether the counters of any campaign are worth folding. */
export const ANY_COUNTERS_UNFOLDED = `exists (${UNFOLDED})`;

@Injectable()
export class CampaignCounters {
  constructor(private readonly database: Database) {}

  /** Folds the deltas of campaigns that have many, so that reading them stays cheap. Their sum does not change. */
  async fold(): Promise<void> {
    await this.database.query(
      `with unfolded as (
         ${UNFOLDED}
       ), gone as (
         delete from campaign_tally where campaign_id in (select campaign_id from unfolded) returning campaign_id, status, delta
       )
       insert into campaign_tally (campaign_id, status, delta)
       select campaign_id, status, sum(delta) from gone group by campaign_id, status having sum(delta) <> 0`,
    );
  }
}
