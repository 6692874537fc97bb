import { BullModule } from '@nestjs/bullmq';
import { Module } from '@nestjs/common';
import { DispatchModule } from '../dispatch/index.js';
import { LedgerModule } from '../ledger/index.js';
import { AutomationsHealth } from './automations-health.js';
import { AcceptEventsHandler } from './events/accept-events.command.js';
import { DeadLetters } from './events/dead-letters.js';
import { EventDeliveries } from './events/event-deliveries.js';
import { EventEntrances } from './events/event-entrances.js';
import { EventsController } from './events/events.controller.js';
import { EventsProcessor } from './events/events.processor.js';
import { EVENTS, EventsQueue } from './events/events.queue.js';
import { InboundEvents } from './events/inbound-events.js';
import { PurgeEventsSchedule } from './events/purge-events.schedule.js';
import { SHARED_EVENTS, SharedQueueProcessor } from './events/shared-queue.processor.js';
import { TakeEventsHandler } from './events/take-events.command.js';
import { InstallAutomationsHandler } from './ready-made/install-automations.command.js';
import { InstallController } from './ready-made/install.controller.js';
import { AutomationsController } from './rules/automations.controller.js';
import { Automations } from './rules/automations.js';
import { DefinitionCheck } from './rules/definition-check.js';
import { GetAutomationHandler, ListAutomationsHandler } from './rules/read-automations.query.js';
import { CreateAutomationHandler, ReplaceAutomationHandler } from './rules/save-automation.command.js';
import { SwitchAutomationHandler } from './rules/switch-automation.command.js';
import { AdvanceRunsHandler } from './runs/advance-runs.command.js';
import { DryRunAutomationHandler } from './runs/dry-run.query.js';
import { MissedEvents } from './runs/missed-events.js';
import { GetRunHandler, ListRunsHandler } from './runs/read-runs.query.js';
import { Offers } from './runs/offers.js';
import { RunClaims } from './runs/run-claims.js';
import { RunClock } from './runs/run-clock.js';
import { RunDivision } from './runs/run-division.js';
import { RunMessages } from './runs/run-messages.js';
import { RunPreparation } from './runs/run-preparation.js';
import { RunRecalls } from './runs/run-recalls.js';
import { RunReports } from './runs/run-reports.js';
import { RunSenders } from './runs/run-senders.js';
import { RunSteps } from './runs/run-steps.js';
import { RunsConsumer } from './runs/runs.consumer.js';
import { RunsController } from './runs/runs.controller.js';
import { Runs } from './runs/runs.js';
import { RunsSchedule } from './runs/runs.schedule.js';
import { BusStatus } from './service-bus/bus-status.js';

@Module({
  imports: [
    BullModule.registerQueue({ name: EVENTS }),
    BullModule.registerQueue({ name: SHARED_EVENTS }),
    DispatchModule,
    LedgerModule,
  ],
  controllers: [EventsController, InstallController, AutomationsController, RunsController],
  providers: [
    AcceptEventsHandler,
    AdvanceRunsHandler,
    CreateAutomationHandler,
    DryRunAutomationHandler,
    GetAutomationHandler,
    GetRunHandler,
    InstallAutomationsHandler,
    ListAutomationsHandler,
    ListRunsHandler,
    ReplaceAutomationHandler,
    SwitchAutomationHandler,
    TakeEventsHandler,
    Automations,
    AutomationsHealth,
    BusStatus,
    DeadLetters,
    DefinitionCheck,
    EventDeliveries,
    EventEntrances,
    EventsProcessor,
    EventsQueue,
    InboundEvents,
    MissedEvents,
    Offers,
    PurgeEventsSchedule,
    RunClaims,
    RunClock,
    RunDivision,
    RunMessages,
    RunPreparation,
    RunRecalls,
    RunReports,
    RunSenders,
    RunSteps,
    Runs,
    RunsConsumer,
    RunsSchedule,
    SharedQueueProcessor,
  ],
  exports: [BusStatus, DeadLetters, EventDeliveries, EventEntrances],
})
export class AutomationsModule {}
