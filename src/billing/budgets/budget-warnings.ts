/** Notes when budgets reach 50, 80 and 100 percent, and tells people. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import { Notices, type NewNotice, type NoticeTargets } from '../../notices/index.js';
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

  /** Each share of a budget once a month, or once in a campaign, in one transaction with its notice. Answers those that are new. */
  warn(): Promise<Reached[]> {
    return this.database.transaction(async () => {
      const reached = await this.store.warn(PERCENTS);
      const ids = [...new Set(reached.map(({ budget_id: id }) => id))];
      const budgets = new Map((await this.store.withIds(ids)).map((row) => [row.id, row]));
      for (const { budget_id: id, percent } of reached) {
        const budget = budgets.get(id);
        if (budget) await this.notices.write(noticeOf(budget, percent, await this.targetsOf(budget)));
      }
      return reached;
    });
  }

  /** Of a campaign's budget those are told who are told of the tenant's months. */
  private async targetsOf({ campaign_id: campaignId, ...row }: BudgetRow): Promise<NoticeTargets> {
    if (campaignId === null) return toldOf(row);
    const months = await this.store.of({ tenantIds: [row.tenant_id], campaignIds: [] });
    const told = months.map(toldOf);
    return {
      emails: [...new Set(told.flatMap(({ emails }) => emails))],
      url: told.find(({ url }) => url !== null)?.url ?? null,
      language: told.find(({ emails }) => emails.length > 0)?.language ?? 'en',
    };
  }
}

const toldOf = (row: Pick<BudgetRow, 'notify_emails' | 'notify_url' | 'notify_language'>): NoticeTargets => ({
  emails: row.notify_emails,
  url: row.notify_url,
  language: row.notify_language,
});

const monthOf = ({ campaign_id: campaignId, month }: BudgetRow): string | null =>
  campaignId === null ? month.slice(0, 7) : null;

const noticeOf = (row: BudgetRow, percent: number, targets: NoticeTargets): NewNotice => ({
  kind: 'budget.warning',
  subject: `${row.id} ${monthOf(row) ?? 'campaign'} ${percent}`,
  tenantId: row.tenant_id,
  payload: {
    budgetId: row.id,
    tenantName: row.tenant_name,
    percent,
    period: row.campaign_id === null ? 'month' : 'campaign',
    month: monthOf(row),
    campaignId: row.campaign_id,
    measure: row.measure,
    limit: Number(row.amount),
    currency: row.currency,
    used: Number(row.used),
    hard: row.hard,
    exempt: row.exempt,
  },
  letters: { en: budgetLetter(row, percent, 'en'), de: budgetLetter(row, percent, 'de') },
  targets,
  toOperator: true,
});
