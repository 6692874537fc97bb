/** Wakes campaigns that have work to do. A lost wake is harmless: the schedule wakes every campaign with work. */
import { InjectQueue } from '@nestjs/bullmq';
import { Injectable } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { Database, Waker } from '../kernel/index.js';

export const CAMPAIGNS = 'campaigns';

export interface CampaignJob {
  readonly campaignId: string;
}

@Injectable()
export class CampaignQueue {
  private readonly waker: Waker;

  constructor(
    @InjectQueue(CAMPAIGNS) queue: Queue,
    private readonly database: Database,
  ) {
    this.waker = new Waker(queue);
  }

  wake(campaignId: string): void {
    this.waker.wake(campaignId, { campaignId } satisfies CampaignJob);
  }

  async wakeAfterCommit(campaignId: string): Promise<void> {
    await this.database.afterCommit(() => this.wake(campaignId));
  }
}
