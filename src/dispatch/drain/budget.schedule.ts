/** Has messages go on that wait for their tenant's budget, once it has room again. */
import { Injectable } from '@nestjs/common';
import { Budgets } from '../../billing/index.js';
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
    for (const { tenantId } of await this.budgets.relieved()) await this.goOn(tenantId);
  }

  /** No more single messages than have room for certain: each that does not fit is an event. */
  private goOn(tenantId: string): Promise<void> {
    return this.database.transaction(async () => {
      const relief = await this.budgets.relievedNow(tenantId);
      if (!relief) return;
      await this.throttles.reopen(tenantId);
      const hastened = await this.pending.tryAgain(tenantId, 'over_budget', relief.messages);
      if (hastened < relief.messages) await this.budgets.goOn(tenantId);
    });
  }
}
