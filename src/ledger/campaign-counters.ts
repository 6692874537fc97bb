/** Keeps the counters of campaigns short. */
import { Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import type { MessageStatus } from './message.status.js';

/** How many messages of a campaign have each status, as the ledger says it at that moment: see `statusCounts`. */
export type StatusCounts = Partial<Record<MessageStatus, number>>;

/** Steps of one campaign that are worth folding into one for each status. */
const WORTH_FOLDING = 100;

@Injectable()
export class CampaignCounters {
  constructor(private readonly database: Database) {}

  /** Folds the steps of campaigns that have many, so that reading them stays cheap. They say the same before and after. */
  async fold(): Promise<void> {
    await this.database.query(
      `with crowded as (
         select campaign_id from campaign_tally group by campaign_id having count(*) > $1
       ), gone as (
         delete from campaign_tally where campaign_id in (select campaign_id from crowded) returning campaign_id, status, delta
       )
       insert into campaign_tally (campaign_id, status, delta)
       select campaign_id, status, sum(delta) from gone group by campaign_id, status having sum(delta) <> 0`,
      [WORTH_FOLDING],
    );
  }
}
