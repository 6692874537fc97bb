/** Reads a tenant's budgets with what is used of them. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { BudgetStore } from './budget-store.js';
import { budgetView, type BudgetsView } from './budgets.dto.js';

export class GetBudgets extends Query<BudgetsView> {
  constructor(readonly tenantId: string) {
    super();
  }
}

@QueryHandler(GetBudgets)
export class GetBudgetsHandler implements IQueryHandler<GetBudgets> {
  constructor(private readonly store: BudgetStore) {}

  async execute({ tenantId }: GetBudgets): Promise<BudgetsView> {
    const budgets = await this.store.of({ tenantIds: [tenantId], campaignIds: [] });
    const warnings = await this.store.warnings(budgets);
    return { items: budgets.map((row) => budgetView(row, warnings)) };
  }
}
