/** Notes when budgets reach 50, 80 and 100 percent, and tells people. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import { Notices, type NewNotice } from '../../notices/index.js';
import { budgetLetter } from './budget-letters.js';
import { BudgetStore, type BudgetRow, type Reached } from './budget-store.js';

const PERCENTS = [50, 80, 100];

@Injectable()
export class BudgetWarnings {
  constructor(
    private readonly database: Database,
    private readonly store: BudgetStore,
    private readonly notices: Notices,
  ) {}

  /** Each share of a budget once a month, in one transaction with its notice. Answers those that are new. */
  warn(): Promise<Reached[]> {
    return this.database.transaction(async () => {
      const reached = await this.store.warn(PERCENTS);
      const ids = [...new Set(reached.map(({ budget_id: id }) => id))];
      const budgets = new Map((await this.store.withIds(ids)).map((row) => [row.id, row]));
      for (const { budget_id: id, percent } of reached) {
        const budget = budgets.get(id);
        if (budget) await this.notices.write(noticeOf(budget, percent));
      }
      return reached;
    });
  }
}

const noticeOf = (row: BudgetRow, percent: number): NewNotice => ({
  kind: 'budget.warning',
  subject: `${row.id} ${row.month.slice(0, 7)} ${percent}`,
  tenantId: row.tenant_id,
  payload: {
    budgetId: row.id,
    tenantName: row.tenant_name,
    percent,
    period: 'month',
    month: row.month.slice(0, 7),
    measure: row.measure,
    limit: Number(row.amount),
    currency: row.currency,
    used: Number(row.used),
    hard: row.hard,
    exempt: row.exempt,
  },
  letters: { en: budgetLetter(row, percent, 'en'), de: budgetLetter(row, percent, 'de') },
  targets: { emails: row.notify_emails, url: row.notify_url, language: row.notify_language },
  toOperator: true,
});
