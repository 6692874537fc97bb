/** Has messages go on that wait for a daily cap of their tenant, once it is raised or the next day has begun. */
import { Injectable } from '@nestjs/common';
import { DailyCaps } from '../../billing/index.js';
import { Database, Scheduled } from '../../kernel/index.js';
import { PendingQueue } from '../../ledger/index.js';
import { CampaignThrottles } from '../lanes/campaign-throttles.js';

/** More than ever wait: what finds no room waits again, once. */
const ALL = 2_147_483_647;

@Injectable()
export class DailyCapsRelief {
  constructor(
    private readonly database: Database,
    private readonly caps: DailyCaps,
    private readonly throttles: CampaignThrottles,
    private readonly pending: PendingQueue,
  ) {}

  /** The sweep wakes their lanes. */
  @Scheduled({ name: 'relieve-daily-caps', everyMs: 2_000 })
  async relieve(): Promise<void> {
    for (const tenantId of await this.caps.relieved())
      await this.database.transaction(async () => {
        await this.caps.goOn(tenantId);
        await this.throttles.reopenAll('over_daily_cap', tenantId);
        await this.pending.tryAgain(tenantId, 'over_daily_cap', ALL);
      });
  }
}
