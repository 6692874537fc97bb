import { Global, Module } from '@nestjs/common';
import { ApplyKeywordHandler } from './apply-keyword.command.js';
import { ConsentSubjects } from './consent-subject.js';
import { ConsentMetrics } from './consent-metrics.handler.js';
import { ConsentController } from './consent.controller.js';
import { ConsentGate } from './consent.gate.js';
import { GetConsentHandler } from './get-consent.query.js';
import { ImportConsentHandler } from './import-consent.command.js';
import { AddSuppressionHandler } from './suppressions/add-suppression.command.js';
import { ImportSuppressionsHandler } from './suppressions/import-suppressions.command.js';
import { LiftSuppressionHandler } from './suppressions/lift-suppression.command.js';
import { ListConsentLogHandler } from './list-consent-log.query.js';
import { ListNumberOptOutLogHandler } from './number-opt-outs/list-number-opt-out-log.query.js';
import { ListNumberOptOutsHandler } from './number-opt-outs/list-number-opt-outs.query.js';
import { ListSuppressionsHandler } from './suppressions/list-suppressions.query.js';
import { ConsentLog } from './consent-log.js';
import { NumberOptOuts } from './number-opt-outs/number-opt-outs.js';
import { NumberOptOutsController } from './number-opt-outs/number-opt-outs.controller.js';
import { NumberOptOutLog } from './number-opt-outs/number-opt-out-log.js';
import { RecordProviderOptOutsHandler } from './record-provider-opt-outs.command.js';
import { ListsModule } from '../lists/index.js';
import { ConsentListsController } from './lists/consent-lists.controller.js';
import { ConsentStates } from './lists/consent-states.js';
import { ImportConsentListHandler, PreviewConsentListHandler } from './lists/import-consent-list.command.js';
import { ExportConsentHandler, ListConsentHandler } from './lists/list-consent.query.js';
import { SetConsentHandler } from './set-consent.command.js';
import { SetNumberOptOutHandler } from './number-opt-outs/set-number-opt-out.command.js';
import { SuppressHandler } from './suppressions/suppress.command.js';
import { Suppressions } from './suppressions/suppressions.js';
import { WhatsAppUsers } from './whatsapp-users.js';
import { SuppressionsController } from './suppressions/suppressions.controller.js';

@Global()
@Module({
  imports: [ListsModule],
  controllers: [ConsentListsController, ConsentController, NumberOptOutsController, SuppressionsController],
  providers: [
    ConsentGate,
    ConsentLog,
    ConsentMetrics,
    ConsentStates,
    ConsentSubjects,
    NumberOptOutLog,
    NumberOptOuts,
    Suppressions,
    WhatsAppUsers,
    ApplyKeywordHandler,
    RecordProviderOptOutsHandler,
    SuppressHandler,
    SetConsentHandler,
    SetNumberOptOutHandler,
    ImportConsentHandler,
    ImportConsentListHandler,
    PreviewConsentListHandler,
    ExportConsentHandler,
    ListConsentHandler,
    AddSuppressionHandler,
    ImportSuppressionsHandler,
    LiftSuppressionHandler,
    GetConsentHandler,
    ListConsentLogHandler,
    ListNumberOptOutsHandler,
    ListNumberOptOutLogHandler,
    ListSuppressionsHandler,
  ],
  exports: [ConsentGate, ConsentLog, WhatsAppUsers],
})
export class ConsentModule {}
