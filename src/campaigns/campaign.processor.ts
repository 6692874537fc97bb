/** Turns a wake job into work on one campaign. */
import { Processor } from '@nestjs/bullmq';
import { CommandBus } from '@nestjs/cqrs';
import type { Job } from 'bullmq';
import { QueueProcessor } from '../kernel/index.js';
import { AdvanceCampaign } from './advance-campaign.command.js';
import { CAMPAIGNS, type CampaignJob } from './campaign.queue.js';

/** Campaigns expanded or withdrawn at once in one process: each keeps the database busy. */
const CONCURRENCY = 2;

@Processor(CAMPAIGNS, {
  concurrency: CONCURRENCY,
  lockDuration: 10_000,
  stalledInterval: 5_000,
  maxStalledCount: 1_000,
})
export class CampaignProcessor extends QueueProcessor {
  constructor(private readonly commands: CommandBus) {
    super();
  }

  async process({ data }: Job<CampaignJob>): Promise<void> {
    await this.commands.execute(new AdvanceCampaign(data.campaignId));
  }
}
