/** Reads and locks campaigns for those that change them. */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { LockMode } from '@mikro-orm/core';
import { AudienceUses } from '../audiences/index.js';
import { CampaignBudgets } from '../billing/index.js';
import { Database, DomainEvents, InvalidRequest, lookingUp } from '../kernel/index.js';
import { CampaignMoved } from './campaign-moved.event.js';
import { isAllowed, type CampaignAction, type CampaignState } from './campaign.states.js';
import { Campaign } from './campaign.entity.js';
import { campaignView, SELECT_CAMPAIGNS, type CampaignRow } from './campaign.view.js';
import { CampaignInState, CampaignNotFound } from './campaigns.errors.js';
import type { CampaignBudgetBody, CampaignView } from './campaigns.dto.js';

@Injectable()
export class Campaigns implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly audiences: AudienceUses,
    private readonly events: DomainEvents,
    private readonly budgets: CampaignBudgets,
  ) {}

  onModuleInit(): void {
    this.audiences.add((audienceId) => this.areFor(audienceId));
  }

  /**
   * Applies `change` to a locked campaign in one transaction, and returns the result. Raises CampaignNotFound, and
   * CampaignInState if the action is not allowed.
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
      if (campaign.status !== before) await this.events.publish([new CampaignMoved(tenantId, id, campaign.status)]);
      return this.view(tenantId, id);
    });
  }

  /** A new campaign that is scheduled at once has moved too. */
  async made({ tenantId, id, status }: Campaign): Promise<void> {
    if (status !== 'DRAFT') await this.events.publish([new CampaignMoved(tenantId, id, status)]);
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

  /** Whether a scheduled or running one uses this audience. */
  private async areFor(audienceId: string): Promise<boolean> {
    const some = await this.database.query(
      `select from campaign where audience_id = $1 and ended_at is null and status not in ('DRAFT', 'FAILED') limit 1`,
      [audienceId],
    );
    return some.length > 0;
  }
}
