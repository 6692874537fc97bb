/** Notes when budgets reach 50, 80 and 100 percent, and forgets reservations that were lost. */
import { Injectable, Logger } from '@nestjs/common';
import { Scheduled } from '../../kernel/index.js';
import { AmountsLock } from '../amounts/amounts-lock.js';
import { BudgetReservations } from './budget-reservations.js';
import { BudgetWarnings } from './budget-warnings.js';

@Injectable()
export class BudgetsSchedule {
  private readonly logger = new Logger(BudgetsSchedule.name);

  constructor(
    private readonly warnings: BudgetWarnings,
    private readonly reservations: BudgetReservations,
    private readonly lock: AmountsLock,
  ) {}

  @Scheduled({ name: 'watch-budgets', everyMs: 5_000 })
  async watch(): Promise<void> {
    for (const { budget_id: id, percent } of await this.warnings.warn())
      this.logger.warn(`The budget ${id} has reached ${percent} %`);
    if (await this.reservations.areLost()) await this.lock.holding(() => this.reservations.forgetLost());
  }
}
