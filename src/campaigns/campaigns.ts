/** Reads and locks campaigns for those that change them. */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { LockMode } from '@mikro-orm/core';
import { AudienceUses, type Used } from '../audiences/index.js';
import { CampaignBudgets } from '../billing/index.js';
import { Database, DomainEvents, InvalidRequest, lookingUp } from '../kernel/index.js';
import { CampaignApprovals, type Fixed } from './approval/campaign-approvals.js';
import { CampaignMoved } from './campaign-moved.event.js';
import { isAllowed, type CampaignAction, type CampaignState } from './campaign.states.js';
import { Campaign } from './campaign.entity.js';
import { campaignView, SELECT_CAMPAIGNS, type CampaignRow } from './campaign.view.js';
import { CampaignInState, CampaignNotFound } from './campaigns.errors.js';
import type { CampaignBudgetBody, CampaignView } from './campaigns.dto.js';

/** SQL: whether any is scheduled, or not yet over. */
export const ANY_CAMPAIGN_UNDER_WAY = `exists (select from campaign where ended_at is null and status not in ('DRAFT', 'FAILED'))`;

/** Actions after which a campaign may send something else, or at another time. */
const CHANGING: readonly CampaignAction[] = ['edit', 'schedule'];

@Injectable()
export class Campaigns implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly audiences: AudienceUses,
    private readonly events: DomainEvents,
    private readonly budgets: CampaignBudgets,
    private readonly approvals: CampaignApprovals,
  ) {}

  onModuleInit(): void {
    this.audiences.add((used) => this.areFor(used));
  }

  /**
   * Applies `change` to a locked campaign in one transaction, and returns the result. An approval of what it was before is taken back. Raises
   * CampaignNotFound, and CampaignInState if the action is not allowed.
   */
  async change(
    tenantId: string,
    id: string,
    action: CampaignAction,
    change: (campaign: Campaign) => Promise<void> | void,
  ): Promise<CampaignView> {
    return this.database.transaction(async (em) => {
      const campaign = await em.findOne(
        Campaign,
        { id, tenantId },
        { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true },
      );
      if (!campaign) throw new CampaignNotFound();
      if (!isAllowed(action, campaign.status)) throw new CampaignInState(action, campaign.status);
      const { status: before } = campaign;
      await change(campaign);
      await em.flush();
      if (CHANGING.includes(action)) await this.approvals.changed(campaign);
      if (campaign.status !== before) await this.events.publish([new CampaignMoved(tenantId, id, campaign.status)]);
      return this.view(tenantId, id);
    });
  }

  /** A new campaign that is scheduled at once has moved too, and its approval is asked for if it needs one. */
  async made(campaign: Campaign): Promise<void> {
    const { tenantId, id, status } = campaign;
    await this.approvals.changed(campaign);
    if (status !== 'DRAFT') await this.events.publish([new CampaignMoved(tenantId, id, status)]);
  }

  /** In the transaction of a launch: how many people may be written to, null for any number. Raises ApprovalNeeded. */
  requireApproval(campaign: Campaign, isDue: boolean, fixed: Fixed): Promise<number | null> {
    return this.approvals.require(campaign, isDue, fixed);
  }

  /** In the open transaction; null takes it away. Raises InvalidRequest for one without a limit, and BudgetCurrencyDiffers. */
  async putBudget({ tenantId, id }: Campaign, asked: CampaignBudgetBody | null): Promise<void> {
    const { messages = null, money = null, hard = false } = asked ?? {};
    if (asked && messages === null && money === null)
      throw new InvalidRequest([{ path: 'budget', message: 'give `messages`, `money`, or both; null for no budget' }]);
    const budget = asked && { messages, money, hard };
    await lookingUp('budget.money.currency', this.budgets.put(tenantId, id, budget));
  }

  /** Runs a statement that returns the campaigns it has changed, as `tenant_id`, `id` and `status`. */
  async move(sql: string, parameters: readonly unknown[] = []): Promise<void> {
    const moved = await this.database.query<{ tenant_id: string; id: string; status: CampaignState }>(sql, parameters);
    await this.events.publish(
      moved.map(({ tenant_id: tenantId, id, status }) => new CampaignMoved(tenantId, id, status)),
    );
  }

  /** Raises CampaignNotFound. */
  async view(tenantId: string, id: string): Promise<CampaignView> {
    const [row] = await this.database.query<CampaignRow>(
      `${SELECT_CAMPAIGNS} where campaign.id = $1 and campaign.tenant_id = $2`,
      [id, tenantId],
    );
    if (!row) throw new CampaignNotFound();
    return campaignView(row);
  }

  /** Whether a scheduled or running one uses this audience, or a scheduled one this segment: launched ones have its rule. */
  private async areFor({ kind, id }: Used): Promise<boolean> {
    const using =
      kind === 'audience'
        ? `audience_id = $1 and ended_at is null and status not in ('DRAFT', 'FAILED')`
        : `segment_id = $1 and status = 'SCHEDULED'`;
    const some = await this.database.query(`select from campaign where ${using} limit 1`, [id]);
    return some.length > 0;
  }
}
