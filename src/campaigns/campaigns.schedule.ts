/** Scheduled jobs of campaigns: start those that are due, watch those that run, complete those that are done. */
import { Injectable } from '@nestjs/common';
import { Scheduled } from '../kernel/index.js';
import { CampaignCounters } from '../ledger/index.js';
import { CampaignWatch } from './campaign-watch.js';
import { DueCampaigns } from './due-campaigns.js';

@Injectable()
export class CampaignsSchedule {
  constructor(
    private readonly counters: CampaignCounters,
    private readonly due: DueCampaigns,
    private readonly watch: CampaignWatch,
  ) {}

  @Scheduled({ name: 'campaigns', everyMs: 1_000 })
  async tick(): Promise<void> {
    await this.counters.fold();
    await this.due.launch();
    await this.watch.look();
  }
}
