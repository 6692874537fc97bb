/** Turns a wake job into work on one campaign. */
import { CommandBus } from '@nestjs/cqrs';
import type { Job } from 'bullmq';
import { QueueProcessor, QueueWorker } from '../kernel/index.js';
import { AdvanceCampaign } from './advance-campaign.command.js';
import { CAMPAIGNS, type CampaignJob } from './campaign.queue.js';

/** Campaigns expanded or withdrawn at once in one process: each keeps the database busy. */
const CONCURRENCY = 2;

@QueueWorker(CAMPAIGNS, { concurrency: CONCURRENCY })
export class CampaignProcessor extends QueueProcessor {
  constructor(private readonly commands: CommandBus) {
    super();
  }

  protected override async work({ data }: Job<CampaignJob>): Promise<void> {
    await this.commands.execute(new AdvanceCampaign(data.campaignId));
  }
}
