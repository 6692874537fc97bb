/** Holds, throttles and empties the line of one campaign: messages that nobody has claimed yet. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import { Transitions, type News } from '../../ledger/index.js';

/** Where a campaign's messages wait. */
export interface CampaignLine {
  readonly campaignId: string;
  readonly tenantId: string;
  readonly laneId: string;
}

@Injectable()
export class Flows {
  constructor(
    private readonly database: Database,
    private readonly transitions: Transitions,
  ) {}

  /** Lets a campaign's messages leave, at most `perMinute` of them where that is not null. */
  async open(campaignId: string, perMinute: number | null): Promise<void> {
    await this.database.query(
      `insert into campaign_flow (campaign_id, state, per_second) values ($1, 'open', $2::float8 / 60)
       on conflict (campaign_id) do update set state = 'open', per_second = excluded.per_second`,
      [campaignId, perMinute],
    );
  }

  /** Notes that all of its messages are accepted. */
  async complete(campaignId: string): Promise<void> {
    await this.database.query(`update campaign_flow set complete_at = clock_timestamp() where campaign_id = $1`, [
      campaignId,
    ]);
  }

  /**
   * Lets none leave: once this is committed none is claimed any more. What is `held` may be opened again; what is `closed` is
   * for `takeBack`.
   */
  async stop(campaignId: string, state: 'held' | 'closed'): Promise<void> {
    await this.database.query(`update campaign_flow set state = $2 where campaign_id = $1`, [campaignId, state]);
  }

  /** Ends up to `limit` of the messages that wait, in this way. Answers how many it were. */
  takeBack(
    { campaignId, tenantId, laneId }: CampaignLine,
    end: Pick<News, 'status' | 'reason'>,
    limit: number,
  ): Promise<number> {
    return this.database.transaction(async () => {
      const taken = await this.database.query<{ message_id: string }>(
        // Other senders' lanes come last, and are looked at only where its own has no more: some may have been diverted there.
        `delete from pending where message_id in (
           select waiting.message_id from (select id from lane order by id <> $1) as lane, lateral (
             select message_id from pending
             where lane_id = lane.id and claim is null and priority in (0, 1) and tenant_id = $2 and campaign_id = $3
             limit $4) as waiting
           limit $4) and claim is null
         returning message_id`,
        [laneId, tenantId, campaignId, limit],
      );
      await this.transitions.apply(
        taken.map(({ message_id: messageId }) => ({ messageId, ...end })),
        'campaign',
      );
      return taken.length;
    });
  }
}
