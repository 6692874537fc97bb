/** Closes all months that are due, the oldest first, each in a transaction of its own. */
import { Injectable, Logger } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { DomainError, errorLine, isUnavailable } from '../../kernel/index.js';
import { CloseMonth } from './close-month.command.js';
import { MonthCalendar, type OpenMonth } from './month-calendar.js';

@Injectable()
export class DueMonths {
  private readonly logger = new Logger(DueMonths.name);

  constructor(
    private readonly calendar: MonthCalendar,
    private readonly commands: CommandBus,
  ) {}

  /**
   * After an outage several months of a tenant, in their order. One that cannot be closed holds back its own tenant only, until the next
   * run. `at` is now, by the database's clock, where absent. Safe to run twice at once.
   */
  async close(at?: Date): Promise<void> {
    const heldBack: string[] = [];
    for (let due = await this.calendar.due(heldBack, at); due.length > 0; due = await this.calendar.due(heldBack, at)) {
      for (const month of due) if (!(await this.closeOne(month, at))) heldBack.push(month.tenantId);
    }
  }

  private async closeOne({ tenantId, month }: OpenMonth, at: Date | undefined): Promise<boolean> {
    try {
      await this.commands.execute(new CloseMonth(tenantId, month, 'schedule', at));
      return true;
    } catch (error) {
      if (isUnavailable(error)) throw error;
      // Behind is the consumer of events, whose lag has a metric of its own; or an earlier month has just had its first amount.
      if (!(error instanceof DomainError)) {
        this.logger.error(`The month ${month} of tenant ${tenantId} was not closed: ${errorLine(error)}`);
      }
      return false;
    }
  }
}
