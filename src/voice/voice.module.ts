import { Module } from '@nestjs/common';
import { DispatchModule } from '../dispatch/index.js';
import { LedgerModule } from '../ledger/index.js';
import { AdvanceEscalationsHandler } from './advance-escalations.command.js';
import { CallsController } from './calls.controller.js';
import { EscalationSteps } from './escalation-steps.js';
import { EscalationViews } from './escalation.view.js';
import { EscalationsConsumer } from './escalations.consumer.js';
import { Escalations } from './escalations.js';
import { EscalationsSchedule } from './escalations.schedule.js';
import { GetCallHandler, ListCallsHandler } from './read-calls.query.js';
import { StartCallHandler } from './start-call.command.js';
import { AcknowledgeByReplyHandler, AcknowledgeCallHandler, CancelCallHandler } from './steer-calls.command.js';

@Module({
  imports: [DispatchModule, LedgerModule],
  controllers: [CallsController],
  providers: [
    AcknowledgeByReplyHandler,
    AcknowledgeCallHandler,
    AdvanceEscalationsHandler,
    CancelCallHandler,
    GetCallHandler,
    ListCallsHandler,
    StartCallHandler,
    EscalationSteps,
    EscalationViews,
    Escalations,
    EscalationsConsumer,
    EscalationsSchedule,
  ],
})
export class VoiceModule {}
