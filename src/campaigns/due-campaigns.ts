/** Launches scheduled campaigns that are due. */
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Database, DomainError } from '../kernel/index.js';
import { Campaigns } from './campaigns.js';
import { WESTERNMOST_IN_SQL } from './hours/recipient-hour.rules.js';
import { LaunchCampaign } from './launch-campaign.command.js';

/** A missed schedule (the service was down) is caught up within this time, and not after it; by the recipients' clocks, after the last of their hours. */
const CATCH_UP_MINUTES = 60;

interface Due {
  readonly id: string;
  readonly tenant_id: string;
  readonly is_late: boolean;
}

@Injectable()
export class DueCampaigns {
  constructor(
    private readonly database: Database,
    private readonly campaigns: Campaigns,
    private readonly commands: CommandBus,
  ) {}

  /** Two processes may run at once: the campaign's own state decides who launches it. */
  async launch(): Promise<void> {
    const due = await this.database.query<Due>(
      `select id, tenant_id,
         coalesce(local_time::timestamp at time zone '${WESTERNMOST_IN_SQL}', scheduled_at) < now() - make_interval(mins => $1) as is_late
       from campaign
       where status = 'SCHEDULED' and ended_at is null and scheduled_at <= now() order by scheduled_at limit 100`,
      [CATCH_UP_MINUTES],
    );
    for (const { id, tenant_id: tenantId, is_late: isLate } of due) {
      if (isLate)
        await this.fail(
          id,
          `Its hour passed more than ${CATCH_UP_MINUTES} minutes ago: launch it by hand, or schedule it anew`,
        );
      else await this.begin(tenantId, id);
    }
  }

  private async begin(tenantId: string, id: string): Promise<void> {
    try {
      await this.commands.execute(new LaunchCampaign(tenantId, id, { isDue: true }));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      await this.fail(id, error.message);
    }
  }

  private async fail(id: string, reason: string): Promise<void> {
    await this.campaigns.move(
      `update campaign set status = 'FAILED', status_reason = $2, updated_at = now() where id = $1 and status = 'SCHEDULED'
       returning tenant_id, id, status`,
      [id, reason],
    );
  }
}
