/** Looks for reports that are due. */
import { Injectable } from '@nestjs/common';
import { Scheduled } from '../../kernel/index.js';
import { DueReports } from './due-reports.js';

@Injectable()
export class ReportSchedulesSchedule {
  constructor(private readonly reports: DueReports) {}

  @Scheduled({ name: 'report-schedules', everyMs: 30_000 })
  send(): Promise<void> {
    return this.reports.send();
  }
}
