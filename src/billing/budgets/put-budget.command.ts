/** Puts a tenant's budget for its months. */
import { Injectable } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Audit, Database, type Principal } from '../../kernel/index.js';
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

@CommandHandler(PutBudget)
export class PutBudgetHandler implements ICommandHandler<PutBudget> {
  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
    private readonly currencies: PlanCurrencies,
    private readonly store: BudgetStore,
    private readonly budgets: Budgets,
  ) {}

  /** What waits for the budget is tried again. Raises BudgetCurrencyMisplaced and BudgetCurrencyDiffers. */
  async execute({ caller, tenantId, body }: PutBudget): Promise<void> {
    const { period, measure, limit, currency = null, hard, exempt } = body;
    if ((measure === 'money') !== (currency !== null)) throw new BudgetCurrencyMisplaced();
    const charged = currency === null ? null : await this.currencies.of(tenantId);
    if (charged !== null && charged !== currency) throw new BudgetCurrencyDiffers(charged);
    await this.database.transaction(async () => {
      await this.store.put(tenantId, { measure, amount: limit, currency, hard, exempt });
      await this.audit.record(caller, 'budget.put', { period, measure, limit, currency, hard, exempt }, { tenantId });
      await this.database.afterCommit(() => this.budgets.forget());
    });
  }
}
