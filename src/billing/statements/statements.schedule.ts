/** Looks for months that are due, and tells of those that stay open. */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HealthChecks, Metrics, Scheduled } from '../../kernel/index.js';
import { DueMonths } from './due-months.js';
import { MonthCalendar } from './month-calendar.js';

/** After an outage, all of them are closed within minutes. */
const LATE_SECONDS = 3_600;

@Injectable()
export class StatementsSchedule implements OnModuleInit {
  constructor(
    private readonly months: DueMonths,
    private readonly calendar: MonthCalendar,
    private readonly health: HealthChecks,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.health.add('statements', false, async () => {
      const { months, seconds } = await this.calendar.overdue();
      if (seconds > LATE_SECONDS)
        throw new Error(`${months} tenants have a month that should be closed: a worker's log says why it is not`);
    });
    this.metrics.gauge(
      {
        name: 'callboard.overdue_months',
        help: 'Tenants with a month that is past its grace period and not closed',
      },
      async () => [{ value: (await this.calendar.overdue()).months }],
    );
  }

  @Scheduled({ name: 'statements', everyMs: 300_000 })
  close(): Promise<void> {
    return this.months.close();
  }
}
