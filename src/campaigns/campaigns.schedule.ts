/** The clock of campaigns: begins those that are due, watches those that run, ends those that are through. */
import { Inject, Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { CONFIG, Schedules, type ReadyConfig } from '../kernel/index.js';
import { Tallies } from '../ledger/index.js';
import { CampaignWatch } from './campaign.watch.js';
import { DueCampaigns } from './due-campaigns.js';

const EVERY_MS = 1_000;

@Injectable()
export class CampaignsSchedule {
  constructor(
    @Inject(CONFIG) private readonly config: ReadyConfig,
    private readonly schedules: Schedules,
    private readonly tallies: Tallies,
    private readonly due: DueCampaigns,
    private readonly watch: CampaignWatch,
  ) {}

  @Interval(EVERY_MS)
  async tick(): Promise<void> {
    if (this.config.role === 'api') return;
    await this.schedules.once('campaigns', EVERY_MS * 0.9, async () => {
      await this.tallies.fold();
      await this.due.launch();
      await this.watch.look();
    });
  }
}
