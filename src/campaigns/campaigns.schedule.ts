/** Scheduled jobs of campaigns: start those that are due, decide tests, watch those that run, complete those that are done. */
import { Injectable } from '@nestjs/common';
import { Scheduled } from '../kernel/index.js';
import { ANY_COUNTERS_UNFOLDED, CampaignCounters } from '../ledger/index.js';
import { CampaignWatch } from './campaign-watch.js';
import { ANY_CAMPAIGN_UNDER_WAY } from './campaigns.js';
import { DueCampaigns } from './due-campaigns.js';
import { CampaignTests } from './variants/campaign-tests.js';

@Injectable()
export class CampaignsSchedule {
  constructor(
    private readonly counters: CampaignCounters,
    private readonly due: DueCampaigns,
    private readonly tests: CampaignTests,
    private readonly watch: CampaignWatch,
  ) {}

  @Scheduled({ name: 'fold-campaign-counters', everyMs: 1_000, when: ANY_COUNTERS_UNFOLDED })
  fold(): Promise<void> {
    return this.counters.fold();
  }

  @Scheduled({ name: 'campaigns', everyMs: 1_000, when: ANY_CAMPAIGN_UNDER_WAY })
  async tick(): Promise<void> {
    await this.due.launch();
    await this.tests.look();
    await this.watch.look();
  }
}
