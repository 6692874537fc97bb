/** Watches running campaigns: rate, failures, completion. */
import { Injectable, Logger } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { CampaignThrottles } from '../dispatch/index.js';
import { Database, DomainError, Overdue } from '../kernel/index.js';
import { AdvanceCampaign } from './advance-campaign.command.js';
import { CampaignQueue } from './campaign.queue.js';
import {
  CANCEL_EXPIRED,
  END_THOSE_THROUGH,
  EXPIRED,
  FAILING,
  SAMPLE_RATES,
  STILL_TO_DO,
} from './campaign-watch.sql.js';
import { Campaigns } from './campaigns.js';
import { PauseCampaign } from './steer-campaigns.command.js';

interface Failing {
  readonly id: string;
  readonly tenant_id: string;
  readonly failed: string;
  readonly gone: string;
}

/** A campaign with work to do; `people` grows during its audience expansion. */
interface Busy {
  readonly id: string;
  readonly people: string;
}

@Injectable()
export class CampaignWatch {
  private readonly logger = new Logger(CampaignWatch.name);
  private readonly overdue = new Overdue<Busy>(({ id, people }) => `${id} ${people}`);

  constructor(
    private readonly database: Database,
    private readonly campaigns: Campaigns,
    private readonly commands: CommandBus,
    private readonly throttles: CampaignThrottles,
    private readonly queue: CampaignQueue,
  ) {}

  /** One check of all of them; each step is one statement, whatever their sizes. */
  async look(): Promise<void> {
    await this.database.query(SAMPLE_RATES);
    await this.pauseFailing();
    await this.endExpired();
    await this.campaigns.move(END_THOSE_THROUGH);
    const busy = await this.database.query<Busy>(STILL_TO_DO);
    for (const { id } of busy) this.queue.wake(id);
    for (const { id } of this.overdue.note(busy)) await this.commands.execute(new AdvanceCampaign(id));
  }

  /** AdvanceCampaign withdraws their pending messages. */
  private endExpired(): Promise<void> {
    return this.database.transaction(async () => {
      const expired = await this.database.query<{ id: string }>(EXPIRED);
      await this.throttles.close(expired.map(({ id }) => id));
      await this.campaigns.move(CANCEL_EXPIRED);
    });
  }

  private async pauseFailing(): Promise<void> {
    for (const { id, tenant_id: tenantId, failed, gone } of await this.database.query<Failing>(FAILING)) {
      const reason = `Paused by itself: ${failed} of ${gone} messages have failed`;
      await this.commands.execute(new PauseCampaign(tenantId, id, reason)).catch((error: unknown) => {
        if (!(error instanceof DomainError)) throw error;
        this.logger.debug(`The campaign ${id} is no longer sending`);
      });
    }
  }
}
