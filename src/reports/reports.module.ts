import { Module } from '@nestjs/common';
import { LedgerModule } from '../ledger/index.js';
import { CheckReportsSchedule } from './check-reports.schedule.js';
import { RebuildReportsHandler } from './rebuild-reports.command.js';
import { ReportRecount } from './report-recount.js';
import { ExportReportHandler, ReadReportHandler, ReportWishes } from './read-report.query.js';
import { ReportPeriods } from './report-period.js';
import { ReportReader } from './report-reader.js';
import { ReportSums } from './report-sums.js';
import { ReportsConsumer } from './reports.consumer.js';
import { ReportsController } from './reports.controller.js';
import { DueReports } from './schedules/due-reports.js';
import { ListReportSchedulesHandler } from './schedules/list-schedules.query.js';
import { ReportLetters } from './schedules/report-letters.js';
import { ReportMail } from './schedules/report-mail.js';
import {
  CreateReportScheduleHandler,
  DeleteReportScheduleHandler,
  ScheduleChecks,
  UpdateReportScheduleHandler,
} from './schedules/save-schedule.command.js';
import { ScheduleStore } from './schedules/schedule-store.js';
import { ReportSchedulesController } from './schedules/schedules.controller.js';
import { ReportSchedulesSchedule } from './schedules/schedules.schedule.js';
import { TestReportScheduleHandler } from './schedules/test-schedule.command.js';

@Module({
  imports: [LedgerModule],
  controllers: [ReportsController, ReportSchedulesController],
  providers: [
    ReadReportHandler,
    ExportReportHandler,
    ReportWishes,
    ReportPeriods,
    ReportReader,
    CheckReportsSchedule,
    RebuildReportsHandler,
    ReportRecount,
    ReportSums,
    ReportsConsumer,
    CreateReportScheduleHandler,
    DeleteReportScheduleHandler,
    DueReports,
    ListReportSchedulesHandler,
    ReportLetters,
    ReportMail,
    ReportSchedulesSchedule,
    ScheduleChecks,
    ScheduleStore,
    TestReportScheduleHandler,
    UpdateReportScheduleHandler,
  ],
})
export class ReportsModule {}
