import { Module } from '@nestjs/common';
import { LedgerModule } from '../ledger/index.js';
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
    ReportSums,
    ReportsConsumer,
  ],
})
export class ReportsModule {}
