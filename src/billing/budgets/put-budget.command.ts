/** Puts a tenant's budget for its months. */
import { Injectable } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Audit, Database, type Principal } from '../../kernel/index.js';
import { TargetChecks, type NoticeTargets } from '../../notices/index.js';
import { SenderDirectory } from '../../tenants/index.js';
import { PriceBooks } from '../prices/price-books.js';
import { BudgetStore } from './budget-store.js';
import { Budgets } from './budgets.js';
import type { PutBudgetBody } from './budgets.dto.js';
import { BudgetCurrencyDiffers, BudgetCurrencyMisplaced } from './budgets.errors.js';

export class PutBudget extends Command<void> {
  constructor(
    readonly caller: Principal,
    readonly tenantId: string,
    readonly body: PutBudgetBody,
  ) {
    super();
  }
}

@Injectable()
export class PlanCurrencies {
  constructor(
    private readonly directory: SenderDirectory,
    private readonly books: PriceBooks,
  ) {}

  /** In which currency a tenant is charged now; null if its plan has no prices. */
  async of(tenantId: string): Promise<string | null> {
    const { plan } = await this.directory.tenant(tenantId);
    return (await this.books.at({ kind: 'plan', name: plan }, new Date()))?.currency ?? null;
  }
}

const NOBODY: NoticeTargets = { emails: [], url: null, language: 'en' };

/** What a new budget must be. */
@Injectable()
export class BudgetChecks {
  constructor(
    private readonly currencies: PlanCurrencies,
    private readonly targets: TargetChecks,
  ) {}

  /**
   * Whom it tells, in normal form. Raises BudgetCurrencyMisplaced and BudgetCurrencyDiffers, and what `TargetChecks` raises.
   */
  async targetsOf(tenantId: string, body: PutBudgetBody): Promise<NoticeTargets> {
    const { measure, currency = null, notify } = body;
    if ((measure === 'money') !== (currency !== null)) throw new BudgetCurrencyMisplaced();
    const charged = currency === null ? null : await this.currencies.of(tenantId);
    if (charged !== null && charged !== currency) throw new BudgetCurrencyDiffers(charged);
    return notify ? this.targets.checked(tenantId, notify, 'notify') : NOBODY;
  }
}

@CommandHandler(PutBudget)
export class PutBudgetHandler implements ICommandHandler<PutBudget> {
  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
    private readonly checks: BudgetChecks,
    private readonly store: BudgetStore,
    private readonly budgets: Budgets,
  ) {}

  /** What waits for the budget is tried again. Raises what `BudgetChecks` raises. */
  async execute({ caller, tenantId, body }: PutBudget): Promise<void> {
    const { period, measure, limit, currency = null, hard, exempt } = body;
    const notify = await this.checks.targetsOf(tenantId, body);
    const told = { emails: notify.emails.length, url: notify.url !== null };
    await this.database.transaction(async () => {
      await this.store.put(tenantId, { campaignId: null, measure, amount: limit, currency, hard, exempt, notify });
      const details = { period, measure, limit, currency, hard, exempt, told };
      await this.audit.record(caller, 'budget.put', details, { tenantId });
      await this.database.afterCommit(() => this.budgets.forget());
    });
  }
}
