/** Puts the budgets of campaigns, which are held as those of months are. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import { BudgetStore } from './budget-store.js';
import { Budgets } from './budgets.js';
import { BudgetCurrencyDiffers } from './budgets.errors.js';
import { PlanCurrencies } from './put-budget.command.js';

/** Those are told who are told of the tenant's months. */
const NOBODY = { emails: [], url: null, language: 'en' } as const;

/** How much a campaign may use. What is null has no limit. */
export interface CampaignBudget {
  readonly messages: number | null;
  /** `limit` is micros. */
  readonly money: { readonly limit: number; readonly currency: string } | null;
  readonly hard: boolean;
}

@Injectable()
export class CampaignBudgets {
  constructor(
    private readonly database: Database,
    private readonly currencies: PlanCurrencies,
    private readonly store: BudgetStore,
    private readonly budgets: Budgets,
  ) {}

  /**
   * In the open transaction, in the place of what the campaign had; null takes it away. What waits for it is tried again. Raises
   * BudgetCurrencyDiffers.
   */
  async put(tenantId: string, campaignId: string, budget: CampaignBudget | null): Promise<void> {
    const { messages = null, money = null, hard = false } = budget ?? {};
    const charged = money === null ? null : await this.currencies.of(tenantId);
    if (money && charged !== null && charged !== money.currency) throw new BudgetCurrencyDiffers(charged);
    const limits = [
      ...(messages === null ? [] : [{ measure: 'messages' as const, amount: messages, currency: null }]),
      ...(money === null ? [] : [{ measure: 'money' as const, amount: money.limit, currency: money.currency }]),
    ];
    for (const limit of limits)
      await this.store.put(tenantId, { campaignId, ...limit, hard, exempt: [], notify: NOBODY });
    await this.store.lift(
      tenantId,
      campaignId,
      limits.map(({ measure }) => measure),
    );
    await this.database.afterCommit(() => this.budgets.forget());
  }
}
