/** Closes a tenant's month: its statement is written, and what becomes known of it later is for the next. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AmountsLock } from '../amounts/amounts-lock.js';
import { NumberRents } from '../rents/number-rents.js';
import { MonthAmounts } from './month-amounts.js';
import { MonthCalendar } from './month-calendar.js';
import { StatementStore, type StoredStatement } from './statement-store.js';
import { MonthNotNext, MonthNotOver, UsageBehind } from './statements.errors.js';

export interface ClosedMonth {
  readonly statement: StoredStatement;
  /** False if it had been closed before. */
  readonly isNew: boolean;
}

export class CloseMonth extends Command<ClosedMonth> {
  /** `month` such as `2026-10`; `closedBy` as in the audit log, or `schedule`; `at` is now, by the database's clock, where absent. */
  constructor(
    readonly tenantId: string,
    readonly month: string,
    readonly closedBy: string,
    readonly at?: Date,
  ) {
    super();
  }
}

@CommandHandler(CloseMonth)
export class CloseMonthHandler implements ICommandHandler<CloseMonth> {
  constructor(
    private readonly lock: AmountsLock,
    private readonly rents: NumberRents,
    private readonly calendar: MonthCalendar,
    private readonly amounts: MonthAmounts,
    private readonly store: StatementStore,
  ) {}

  /**
   * A month that is closed stays as it is. Amounts are locked meanwhile, so that each is on this statement or on a later one, and of two
   * that close at once the second finds the first's. Raises MonthNotNext, MonthNotOver and UsageBehind.
   */
  async execute({ tenantId, month, closedBy, at }: CloseMonth): Promise<ClosedMonth> {
    return this.lock.holding(async () => {
      const closed = await this.store.find(tenantId, month);
      if (closed) return { statement: closed, isNew: false };
      await this.rents.write(tenantId, at);
      const open = await this.calendar.openMonth(tenantId, month, at);
      if (open.month !== month) throw new MonthNotNext(open.month);
      if (!open.isOver) throw new MonthNotOver(open.until);
      if (!(await this.lock.hasCounted(tenantId, open.until))) throw new UsageBehind();
      const lines = await this.amounts.linesOf(tenantId, month);
      const { tenantName, timezone, from, until, now } = open;
      const content = { tenantId, tenantName, month, timezone, from, until, closedAt: now, lines };
      return { statement: await this.store.write(content, closedBy), isNew: true };
    });
  }
}
