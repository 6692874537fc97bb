import { Module } from '@nestjs/common';
import { DispatchModule } from '../dispatch/index.js';
import { LedgerModule } from '../ledger/index.js';
import { ErasePeopleHandler } from './erase-people.command.js';
import { ErasureMetrics } from './erasure-metrics.js';
import { ErasureSteps } from './erasure-steps.js';
import { ErasureStore } from './erasure-store.js';
import { ErasureSchedule } from './erasure.schedule.js';
import { ErasuresController } from './erasures.controller.js';
import { ExportStore } from './export-store.js';
import { People } from './people.js';
import { PersonExportsController } from './person-exports.controller.js';
import { GetCertificateHandler, GetErasureHandler, ListErasuresHandler } from './read-erasures.query.js';
import { GetPersonExportHandler, ReadPersonExportHandler } from './read-export.query.js';
import { EraseOldDataHandler } from './retention/erase-old-data.command.js';
import { GetRetentionHandler } from './retention/get-retention.query.js';
import { RetentionController } from './retention/retention.controller.js';
import { RetentionSchedule } from './retention/retention.schedule.js';
import { RetentionStore } from './retention/retention-store.js';
import { RequestErasureHandler } from './request-erasure.command.js';
import { RequestExportHandler } from './request-export.command.js';
import { WaitingMessages } from './waiting-messages.js';

/** What the platform knows of a person is exported and erased, from one list of all that may hold it. */
@Module({
  imports: [DispatchModule, LedgerModule],
  controllers: [ErasuresController, PersonExportsController, RetentionController],
  providers: [
    EraseOldDataHandler,
    ErasePeopleHandler,
    ErasureMetrics,
    ErasureSchedule,
    ErasureSteps,
    ErasureStore,
    ExportStore,
    GetCertificateHandler,
    GetErasureHandler,
    GetPersonExportHandler,
    GetRetentionHandler,
    ListErasuresHandler,
    People,
    ReadPersonExportHandler,
    RequestErasureHandler,
    RequestExportHandler,
    RetentionSchedule,
    RetentionStore,
    WaitingMessages,
  ],
})
export class PrivacyModule {}
