/** Notes when budgets reach 50, 80 and 100 percent, tells how many hold messages back, and forgets reservations that were lost. */
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Metrics, Scheduled } from '../../kernel/index.js';
import { AmountsLock } from '../amounts/amounts-lock.js';
import { BudgetReservations } from './budget-reservations.js';
import { BudgetStore } from './budget-store.js';
import { BudgetWarnings } from './budget-warnings.js';

@Injectable()
export class BudgetsSchedule implements OnModuleInit {
  private readonly logger = new Logger(BudgetsSchedule.name);

  constructor(
    private readonly warnings: BudgetWarnings,
    private readonly reservations: BudgetReservations,
    private readonly lock: AmountsLock,
    private readonly store: BudgetStore,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics.gauge(
      { name: 'callboard.stopped_budgets', help: 'Budgets for which messages wait that they have no room for' },
      async () => [{ value: await this.store.countStopped() }],
    );
  }

  @Scheduled({ name: 'watch-budgets', everyMs: 5_000 })
  async watch(): Promise<void> {
    for (const { budget_id: id, percent } of await this.warnings.warn())
      this.logger.warn(`The budget ${id} has reached ${percent} %`);
    if (await this.reservations.areLost()) await this.lock.holding(() => this.reservations.forgetLost());
  }
}
