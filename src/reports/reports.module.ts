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

@Module({
  imports: [LedgerModule],
  controllers: [ReportsController],
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
  ],
})
export class ReportsModule {}
