/** Writes a scheduled report at once, to see what it looks like. */
import { randomUUID } from 'node:crypto';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '../../kernel/index.js';
import { ReportMail } from './report-mail.js';
import { ScheduleStore } from './schedule-store.js';
import type { TestedReportView } from './schedules.dto.js';
import { ReportScheduleNotFound } from './schedules.errors.js';

export class TestReportSchedule extends Command<TestedReportView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
  ) {
    super();
  }
}

@CommandHandler(TestReportSchedule)
export class TestReportScheduleHandler implements ICommandHandler<TestReportSchedule> {
  constructor(
    private readonly database: Database,
    private readonly store: ScheduleStore,
    private readonly mail: ReportMail,
  ) {}

  /** Also of a schedule that is disabled. When it is due stays as it is. Raises ReportScheduleNotFound. */
  execute({ tenantId, id }: TestReportSchedule): Promise<TestedReportView> {
    return this.database.transaction(async () => {
      const schedule = await this.store.find(tenantId, id);
      if (!schedule) throw new ReportScheduleNotFound();
      const noticeId = await this.mail.writeNow(schedule, `test ${randomUUID()}`);
      if (noticeId === undefined) throw new Error('its subject is new');
      return { noticeId };
    });
  }
}
