/** Has messages go on that wait for a budget of their tenant or campaign, once it has room again. */
import { Injectable } from '@nestjs/common';
import { Budgets, type Stopped } from '../../billing/index.js';
import { Database, Scheduled } from '../../kernel/index.js';
import { PendingQueue } from '../../ledger/index.js';
import { CampaignThrottles } from '../lanes/campaign-throttles.js';

@Injectable()
export class BudgetSchedule {
  constructor(
    private readonly database: Database,
    private readonly budgets: Budgets,
    private readonly throttles: CampaignThrottles,
    private readonly pending: PendingQueue,
  ) {}

  /** The sweep wakes their lanes. */
  @Scheduled({ name: 'relieve-budgets', everyMs: 2_000 })
  async relieve(): Promise<void> {
    const stopped = await this.budgets.stopped();
    const campaigns = stopped.flatMap(({ campaignId }) => campaignId ?? []);
    const states = campaigns.length > 0 ? await this.throttles.statesOf(campaigns) : new Map<string, string>();
    for (const { tenantId, campaignId, messages } of stopped) {
      if (campaignId === null && messages > 0) await this.goOn(tenantId);
      else if (campaignId !== null && (messages > 0 || states.get(campaignId) !== 'over_budget'))
        await this.reopen(tenantId, campaignId);
    }
  }

  /** No more single messages than have room for certain: each that does not fit is an event. */
  private goOn(tenantId: string): Promise<void> {
    return this.database.transaction(async () => {
      const stopped = await this.budgets.stoppedNow(tenantId, null);
      const relief = find(stopped, null);
      if (!relief || relief.messages === 0) return;
      const others = stopped.flatMap(({ campaignId, messages }) => (messages === 0 ? (campaignId ?? []) : []));
      await this.throttles.reopenAll('over_budget', tenantId, others);
      const hastened = await this.pending.tryAgain(tenantId, 'over_budget', relief.messages);
      if (hastened < relief.messages) await this.budgets.goOn(tenantId, null);
    });
  }

  /** A campaign that was paused or cancelled meanwhile waits for its budget no longer. If the tenant's has no room, it is held again. */
  private reopen(tenantId: string, campaignId: string): Promise<void> {
    return this.database.transaction(async () => {
      const relief = find(await this.budgets.stoppedNow(tenantId, campaignId), campaignId);
      const state = (await this.throttles.statesOf([campaignId])).get(campaignId);
      if (!relief || (relief.messages === 0 && state === 'over_budget')) return;
      await this.throttles.reopen(campaignId);
      await this.budgets.goOn(tenantId, campaignId);
    });
  }
}

const find = (stopped: readonly Stopped[], campaignId: string | null): Stopped | undefined =>
  stopped.find((one) => one.campaignId === campaignId);
