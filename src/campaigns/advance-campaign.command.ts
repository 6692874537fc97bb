/** Does a campaign's background work: expanding its audience, or withdrawing its pending messages. */
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { CampaignThrottles } from '../dispatch/index.js';
import type { News } from '../ledger/index.js';
import { Database } from '../kernel/index.js';
import type { CampaignState } from './campaign.states.js';
import { Campaigns } from './campaigns.js';
import { CampaignInState } from './campaigns.errors.js';
import { AudienceExpansion, Outgrown } from './audience-expansion.js';

/** Chunks of one campaign expanded in parallel: one connection uses only one core of the database. */
const SIDE_BY_SIDE = 2;
/** Messages cancelled in one transaction. */
const TAKE_BACK = 5_000;

export class AdvanceCampaign extends Command<void> {
  constructor(readonly campaignId: string) {
    super();
  }
}

interface Row {
  readonly status: CampaignState;
  readonly tenant_id: string;
  readonly lane_id: string | null;
  readonly is_over: boolean;
}

@Injectable()
export class CampaignWork implements OnModuleDestroy {
  stopping = false;

  onModuleDestroy(): void {
    this.stopping = true;
  }
}

/** Every step is a transaction, starting where the last committed one ended: the process may be killed at any time. */
@CommandHandler(AdvanceCampaign)
export class AdvanceCampaignHandler implements ICommandHandler<AdvanceCampaign> {
  constructor(
    private readonly database: Database,
    private readonly expansion: AudienceExpansion,
    private readonly throttles: CampaignThrottles,
    private readonly work: CampaignWork,
    private readonly campaigns: Campaigns,
  ) {}

  async execute({ campaignId }: AdvanceCampaign): Promise<void> {
    while (!this.work.stopping && (await this.step(campaignId)));
  }

  /** True if there is more to do. */
  private async step(campaignId: string): Promise<boolean> {
    const [campaign] = await this.database.query<Row>(
      `select status, tenant_id, lane_id, coalesce(expires_at <= now(), false) as is_over from campaign where id = $1`,
      [campaignId],
    );
    if (!campaign?.lane_id) return false;
    const expands = campaign.status === 'SENDING' || campaign.status === 'PAUSED';
    if (expands && (await this.expand(campaignId, campaign.tenant_id))) return true;
    const end = endOf(campaign);
    if (!end) return false;
    const queue = { campaignId, tenantId: campaign.tenant_id, laneId: campaign.lane_id };
    return (await this.throttles.takeBack(queue, end, TAKE_BACK)) === TAKE_BACK;
  }

  /** True if anything was expanded. Rejects only after everything begun has ended. One that has outgrown its approval is held. */
  private async expand(campaignId: string, tenantId: string): Promise<boolean> {
    const results = await Promise.allSettled(Array.from({ length: SIDE_BY_SIDE }, () => this.expandOn(campaignId)));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed?.reason instanceof Outgrown) await this.hold(campaignId, tenantId);
    else if (failed) throw failed.reason;
    return results.some((result) => result.status === 'fulfilled' && result.value);
  }

  /** What is expanded waits, and the rest is not, until somebody resumes it. */
  private async hold(campaignId: string, tenantId: string): Promise<void> {
    const held = this.campaigns.change(tenantId, campaignId, 'outgrow', async (campaign) => {
      const statusReason =
        'Paused by itself: its audience has more people than may be written to without another approval';
      Object.assign(campaign, { status: 'PAUSED', statusReason, outgrown: true });
      await this.throttles.stop(campaignId, 'held');
    });
    await held.catch((error: unknown) => {
      if (!(error instanceof CampaignInState)) throw error; // cancelled meanwhile
    });
  }

  private async expandOn(campaignId: string): Promise<boolean> {
    let expanded = false;
    while (!this.work.stopping && (await this.expansion.expandNext(campaignId))) expanded = true;
    return expanded;
  }
}

/** The final status of messages that will no longer be sent; undefined while they may be. */
function endOf({ status, is_over: isOver }: Row): Pick<News, 'status' | 'reason'> | undefined {
  if (isOver) return { status: 'expired', reason: 'expired' };
  return status === 'CANCELLED' ? { status: 'cancelled', reason: 'campaign_cancelled' } : undefined;
}
