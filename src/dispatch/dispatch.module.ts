import { BullModule } from '@nestjs/bullmq';
import { Module } from '@nestjs/common';
import { AcceptMessagesHandler } from './accept-messages.command.js';
import { CancelMessageHandler } from './cancel-message.command.js';
import { Claims } from './claim.js';
import { Conversations } from './conversations.js';
import { Diversions } from './diversions.js';
import { DivertMessagesHandler } from './divert-messages.command.js';
import { DivertSchedule } from './divert.schedule.js';
import { Doubts } from './doubts.js';
import { DrainLaneHandler, Drains } from './drain-lane.command.js';
import { DrainProcessor } from './drain.processor.js';
import { Envelopes } from './envelopes.js';
import { FallBackHandler } from './fall-back.command.js';
import { FallbackDrafts } from './fallback.draft.js';
import { FallbackSchedule } from './fallback.schedule.js';
import { Flows } from './flows.js';
import { GetMessageHandler } from './get-message.query.js';
import { GiveUpDoubtsHandler } from './give-up-doubts.command.js';
import { HistoryController } from './history.controller.js';
import { InFlight } from './in-flight.js';
import { LaneLeases } from './lane-leases.js';
import { LANES, LaneQueue } from './lane.queue.js';
import { LaneRatesSchedule } from './lane-rates.schedule.js';
import { LaneRests } from './lane-rests.js';
import { LaneWatch } from './lane.watch.js';
import { Lanes } from './lanes.js';
import { LanesController } from './lanes.controller.js';
import { Ledger } from './ledger.js';
import { ListLanesHandler } from './list-lanes.query.js';
import { ListMessagesHandler } from './list-messages.query.js';
import { DraftMaker } from './message.draft.js';
import { FallbackPlanner } from './message.fallback.js';
import { MessagesController } from './messages.controller.js';
import { MonthsSchedule } from './months.schedule.js';
import { OpenCalls } from './open-calls.js';
import { ProviderCalls } from './provider-calls.js';
import { Inquiry, ReconcileDoubtsHandler } from './reconcile-doubts.command.js';
import { ReconcileSchedule } from './reconcile.schedule.js';
import { RecordOutcomesHandler } from './record-outcomes.command.js';
import { RepeatCallsHandler, Repetition } from './repeat-calls.command.js';
import { ResendMessageHandler } from './resend-message.command.js';
import { Sending } from './sending.js';
import { SweepSchedule } from './sweep.schedule.js';
import { Tallies } from './tallies.js';
import { Transitions } from './transitions.js';
import { WakeLaneHandler, WakeLanesOfAccount } from './wake-lane.command.js';

@Module({
  imports: [BullModule.registerQueue({ name: LANES })],
  controllers: [MessagesController, HistoryController, LanesController],
  providers: [
    ...[AcceptMessagesHandler, CancelMessageHandler, DrainLaneHandler, RecordOutcomesHandler, ResendMessageHandler],
    ...[
      DivertMessagesHandler,
      FallBackHandler,
      GiveUpDoubtsHandler,
      ReconcileDoubtsHandler,
      RepeatCallsHandler,
      WakeLaneHandler,
      WakeLanesOfAccount,
    ],
    ...[GetMessageHandler, ListLanesHandler, ListMessagesHandler],
    ...[
      Claims,
      Conversations,
      Diversions,
      Doubts,
      Drains,
      DraftMaker,
      Envelopes,
      FallbackDrafts,
      FallbackPlanner,
      Flows,
      InFlight,
      Inquiry,
      LaneLeases,
      LaneQueue,
      LaneRests,
      Lanes,
      Ledger,
      OpenCalls,
      ProviderCalls,
      Repetition,
      Sending,
      Tallies,
      Transitions,
    ],
    ...[
      DivertSchedule,
      DrainProcessor,
      FallbackSchedule,
      LaneRatesSchedule,
      LaneWatch,
      MonthsSchedule,
      ReconcileSchedule,
      SweepSchedule,
    ],
  ],
  exports: [Conversations, Flows, InFlight, LaneQueue, Lanes, Ledger, OpenCalls, Tallies, Transitions],
})
export class DispatchModule {}
