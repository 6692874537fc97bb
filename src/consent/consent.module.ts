import { Global, Module } from '@nestjs/common';
import { ApplyKeywordHandler } from './apply-keyword.command.js';
import { ConsentSubjects } from './consent-subject.js';
import { ConsentController } from './consent.controller.js';
import { ConsentGate } from './consent.gate.js';
import { GetConsentHandler } from './get-consent.query.js';
import { ImportConsentHandler } from './import-consent.command.js';
import { LiftSuppressionHandler } from './lift-suppression.command.js';
import { ListConsentLogHandler } from './list-consent-log.query.js';
import { ListSuppressionsHandler } from './list-suppressions.query.js';
import { RecordConsentHandler } from './record-consent.command.js';
import { RecordProviderOptOutsHandler } from './record-provider-opt-outs.command.js';
import { SetConsentHandler } from './set-consent.command.js';
import { SuppressHandler } from './suppress.command.js';
import { SuppressionsController } from './suppressions.controller.js';

@Global()
@Module({
  controllers: [ConsentController, SuppressionsController],
  providers: [
    ConsentGate,
    ConsentSubjects,
    RecordConsentHandler,
    ApplyKeywordHandler,
    RecordProviderOptOutsHandler,
    SuppressHandler,
    SetConsentHandler,
    ImportConsentHandler,
    LiftSuppressionHandler,
    GetConsentHandler,
    ListConsentLogHandler,
    ListSuppressionsHandler,
  ],
  exports: [ConsentGate],
})
export class ConsentModule {}
