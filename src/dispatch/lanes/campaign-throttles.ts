/** Campaign throttle: holds, rate-limits and cancels a campaign's messages in the pending queue, before they are claimed. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import { PendingQueue, quoted, Transitions, type CampaignInLane, type News } from '../../ledger/index.js';

/** What a campaign waits for by itself: room in the budgets of its tenant and its own, or in its tenant's daily cap, or that marketing from its sender is resumed. */
export const HINDRANCES = ['over_budget', 'sender_paused', 'over_daily_cap'] as const;
export type Hindrance = (typeof HINDRANCES)[number];
export type ThrottleState = 'open' | 'held' | 'closed' | Hindrance;

/** Campaigns whose messages wait for something, and for what, for other modules' statements. */
export const HINDERED = `(select campaign_id, state from campaign_flow where state in (${quoted(HINDRANCES)}))`;

@Injectable()
export class CampaignThrottles {
  constructor(
    private readonly database: Database,
    private readonly pending: PendingQueue,
    private readonly transitions: Transitions,
  ) {}

  /** Lets a campaign's messages leave, at most `perMinute` unless that is null. */
  async open(campaignId: string, perMinute: number | null): Promise<void> {
    await this.database.query(
      `insert into campaign_flow (campaign_id, state, per_second) values ($1, 'open', $2::float8 / 60)
       on conflict (campaign_id) do update set state = 'open', per_second = excluded.per_second`,
      [campaignId, perMinute],
    );
  }

  /** Records that all its messages are accepted. */
  async complete(campaignId: string): Promise<void> {
    await this.database.query(`update campaign_flow set complete_at = clock_timestamp() where campaign_id = $1`, [
      campaignId,
    ]);
  }

  /**
   * Stops a campaign: once this is committed, none of its messages is claimed. `held` may be opened again; after `closed`,
   * `takeBack` ends the messages.
   */
  async stop(campaignId: string, state: 'held' | 'closed'): Promise<void> {
    await this.database.query(`update campaign_flow set state = $2 where campaign_id = $1`, [campaignId, state]);
  }

  /** Closes these campaigns: none of their messages leaves any more. */
  async close(campaignIds: readonly string[]): Promise<void> {
    if (campaignIds.length === 0) return;
    await this.database.query(
      `update campaign_flow set state = 'closed' where campaign_id = any($1) and state <> 'closed'`,
      [campaignIds],
    );
  }

  /** Holds those of a tenant's campaigns that are open, until they are reopened. Returns all of them that have a throttle. */
  async holdFor(hindrance: Hindrance, tenantId: string, campaignIds: readonly string[]): Promise<ReadonlySet<string>> {
    if (campaignIds.length === 0) return new Set();
    await this.database.query(
      `update campaign_flow set state = $3, tenant_id = $1 where campaign_id = any($2) and state = 'open'`,
      [tenantId, campaignIds, hindrance],
    );
    return new Set((await this.statesOf(campaignIds)).keys());
  }

  /** Opens a tenant's campaigns that were held for this, but for these. */
  async reopenAll(hindrance: Hindrance, tenantId: string, but: readonly string[] = []): Promise<void> {
    await this.database.query(
      `update campaign_flow set state = 'open' where tenant_id = $1 and state = $3 and campaign_id <> all($2)`,
      [tenantId, but, hindrance],
    );
  }

  /** Opens one that waits for a budget. */
  async reopen(campaignId: string): Promise<void> {
    await this.database.query(
      `update campaign_flow set state = 'open' where campaign_id = $1 and state = 'over_budget'`,
      [campaignId],
    );
  }

  /** Ends up to `limit` pending messages, and what follows others, with this status and reason. Returns how many there were. */
  takeBack(queue: CampaignInLane, end: Pick<News, 'status' | 'reason'>, limit: number): Promise<number> {
    return this.database.transaction(async () => {
      const taken = await this.pending.takeOutOf(queue, limit);
      await this.transitions.apply(
        taken.map((messageId) => ({ messageId, ...end })),
        'campaign',
      );
      return taken.length;
    });
  }

  /** The throttle state of each of these campaigns. */
  async statesOf(campaignIds: readonly string[]): Promise<ReadonlyMap<string, ThrottleState>> {
    const states = await this.database.query<{ id: string; state: ThrottleState }>(
      `select campaign_id as id, state from campaign_flow where campaign_id = any($1)`,
      [campaignIds],
    );
    return new Map(states.map(({ id, state }) => [id, state]));
  }

  /** A campaign's state, which stays so until the end of the transaction: what joins it until then is held or withdrawn with it. */
  async hold(campaignId: string): Promise<ThrottleState | undefined> {
    const [flow] = await this.database.query<{ state: ThrottleState }>(
      `select state from campaign_flow where campaign_id = $1 for share`,
      [campaignId],
    );
    return flow?.state;
  }
}
