import { Global, Module } from '@nestjs/common';
import { ApplyKeywordHandler } from './apply-keyword.command.js';
import { PersonDecisions } from './preferences/person-decisions.js';
import { PersonLinks } from './preferences/person-links.js';
import { PersonPreferences } from './preferences/preferences.js';
import { KeptDecisions } from './erased/kept-decisions.js';
import { PersonDigests } from './erased/person-digests.js';
import { ConsentSubjects } from './consent-subject.js';
import { ConsentMetrics } from './consent-metrics.handler.js';
import { ConsentController } from './consent.controller.js';
import { ConsentGate } from './consent.gate.js';
import { GetConsentHandler } from './get-consent.query.js';
import { ImportConsentHandler } from './import-consent.command.js';
import { AddressReports } from './suppressions/address-reports.js';
import { RecordAddressReportsHandler } from './suppressions/record-address-reports.command.js';
import { SuppressionsSchedule } from './suppressions/suppressions.schedule.js';
import { AddSuppressionHandler } from './suppressions/add-suppression.command.js';
import { ImportSuppressionsHandler } from './suppressions/import-suppressions.command.js';
import { LiftSuppressionHandler, ReportedAddresses } from './suppressions/lift-suppression.command.js';
import { ListConsentLogHandler } from './list-consent-log.query.js';
import { ListNumberOptOutLogHandler } from './number-opt-outs/list-number-opt-out-log.query.js';
import { ListNumberOptOutsHandler } from './number-opt-outs/list-number-opt-outs.query.js';
import { ListSuppressionsHandler } from './suppressions/list-suppressions.query.js';
import { ConsentLog } from './consent-log.js';
import { ConsentNews } from './consent-news.js';
import { ExemptMessages } from './exempt-messages.js';
import { NumberOptOuts } from './number-opt-outs/number-opt-outs.js';
import { NumberOptOutsController } from './number-opt-outs/number-opt-outs.controller.js';
import { NumberOptOutLog } from './number-opt-outs/number-opt-out-log.js';
import { RecordProviderOptOutsHandler } from './record-provider-opt-outs.command.js';
import { ListsModule } from '../lists/index.js';
import { ConsentListsController } from './lists/consent-lists.controller.js';
import { ConsentStates } from './lists/consent-states.js';
import { ImportConsentListHandler, PreviewConsentListHandler } from './lists/import-consent-list.command.js';
import { ExportConsentHandler, ListConsentHandler } from './lists/list-consent.query.js';
import { ConsentProofsController } from './proof/proofs.controller.js';
import { ProveConsentHandler } from './proof/prove-consent.command.js';
import { SetConsentHandler } from './set-consent.command.js';
import { SetNumberOptOutHandler } from './number-opt-outs/set-number-opt-out.command.js';
import { AllowedRanges } from './pumping-alarms/allowed-ranges.js';
import { PumpingAlarms } from './pumping-alarms/pumping-alarms.js';
import { PumpingEvents } from './pumping-alarms/pumping-events.js';
import { SenderPauses } from './sender-pauses/sender-pauses.js';
import { DeadAddressesController } from './dead-addresses/dead-addresses.controller.js';
import { DeadAddresses } from './dead-addresses/dead-addresses.js';
import { ListDeadAddressesHandler } from './dead-addresses/list-dead-addresses.query.js';
import { RemoveDeadAddressHandler } from './dead-addresses/remove-dead-address.command.js';
import { SuppressHandler } from './suppressions/suppress.command.js';
import { Suppressions } from './suppressions/suppressions.js';
import { WhatsAppUsers } from './whatsapp-users.js';
import { ExportSuppressionsHandler } from './suppression-lists/export-suppressions.query.js';
import {
  ImportSuppressionListHandler,
  PreviewSuppressionListHandler,
} from './suppression-lists/import-suppression-list.command.js';
import { SuppressionListsController } from './suppression-lists/suppression-lists.controller.js';
import { SuppressionsController } from './suppressions/suppressions.controller.js';

@Global()
@Module({
  imports: [ListsModule],
  controllers: [
    ConsentListsController,
    ConsentController,
    ConsentProofsController,
    NumberOptOutsController,
    SuppressionListsController,
    SuppressionsController,
    DeadAddressesController,
  ],
  providers: [
    AddressReports,
    AllowedRanges,
    DeadAddresses,
    ReportedAddresses,
    ConsentGate,
    ConsentLog,
    ConsentMetrics,
    ConsentNews,
    ConsentStates,
    ConsentSubjects,
    ExemptMessages,
    KeptDecisions,
    PersonDigests,
    NumberOptOutLog,
    NumberOptOuts,
    PersonDecisions,
    PersonLinks,
    PersonPreferences,
    PumpingAlarms,
    PumpingEvents,
    SenderPauses,
    Suppressions,
    SuppressionsSchedule,
    WhatsAppUsers,
    ApplyKeywordHandler,
    RecordAddressReportsHandler,
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
    ImportSuppressionListHandler,
    PreviewSuppressionListHandler,
    ExportSuppressionsHandler,
    LiftSuppressionHandler,
    ListDeadAddressesHandler,
    RemoveDeadAddressHandler,
    GetConsentHandler,
    ProveConsentHandler,
    ListConsentLogHandler,
    ListNumberOptOutsHandler,
    ListNumberOptOutLogHandler,
    ListSuppressionsHandler,
  ],
  exports: [
    AllowedRanges,
    ConsentGate,
    ConsentLog,
    ConsentNews,
    ConsentSubjects,
    ExemptMessages,
    KeptDecisions,
    PersonDigests,
    PersonDecisions,
    PersonLinks,
    PersonPreferences,
    PumpingAlarms,
    PumpingEvents,
    SenderPauses,
    WhatsAppUsers,
  ],
})
export class ConsentModule {}
