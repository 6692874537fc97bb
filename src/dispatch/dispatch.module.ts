import { BullModule } from '@nestjs/bullmq';
import { Module } from '@nestjs/common';
import { BillingModule } from '../billing/index.js';
import { LedgerModule } from '../ledger/index.js';
import { LinksModule } from '../links/index.js';
import { NumbersModule } from '../numbers/index.js';
import { AcceptMessagesHandler } from './messages/accept-messages.command.js';
import { ChannelFallbackConsumer } from './messages/channel-fallback.consumer.js';
import { CancelMessageHandler } from './messages/cancel-message.command.js';
import { CheckMessagesHandler } from './messages/check-messages.query.js';
import { BudgetGate } from './drain/budget-gate.js';
import { PausedSenders } from './drain/paused-senders.js';
import { DailyCapsRelief } from './drain/daily-caps.schedule.js';
import { QuietHoursSchedule } from './drain/quiet-hours.schedule.js';
import { BudgetSchedule } from './drain/budget.schedule.js';
import { CallDurations } from './drain/call-durations.js';
import { Claims } from './drain/claims.js';
import { ServiceWindows } from './drain/service-windows.js';
import { SenderFailover } from './lanes/sender-failover.js';
import { AssignNumbersHandler, WaitingMessages } from './lanes/assign-numbers.command.js';
import { FailOverWaitingHandler } from './lanes/fail-over-waiting.command.js';
import { SenderFailoverSchedule } from './lanes/sender-failover.schedule.js';
import { DrainLaneHandler, Drains } from './drain/drain-lane.command.js';
import { DrainProcessor } from './drain/drain.processor.js';
import { Decisions } from './drain/decisions.js';
import { Freshness } from './drain/freshness.js';
import { Envelopes } from './drain/envelopes.js';
import { MessageLinks } from './drain/message-links.js';
import { FallBackHandler } from './messages/fall-back.command.js';
import { FallbackDrafts } from './messages/fallback-drafts.js';
import { FallbackSchedule } from './messages/fallback.schedule.js';
import { CampaignThrottles } from './lanes/campaign-throttles.js';
import { GetMessageContentHandler } from './messages/get-message-content.query.js';
import { GetMessageHandler } from './messages/get-message.query.js';
import { DoubtsHealth } from './doubts/doubts-health.js';
import { GiveUpDoubtsHandler } from './doubts/give-up-doubts.command.js';
import { HistoryController } from './messages/history.controller.js';
import { InFlight } from './drain/in-flight.js';
import { LaneLeases } from './lanes/lane-leases.js';
import { LANES, LaneQueue } from './lanes/lane.queue.js';
import { LaneRatesSchedule } from './lanes/lane-rates.schedule.js';
import { CircuitBreakers } from './lanes/circuit-breakers.js';
import { LaneHealth } from './lanes/lane-health.js';
import { Lanes } from './lanes/lanes.js';
import { LanesController } from './lanes/lanes.controller.js';
import { ListLanesHandler } from './lanes/list-lanes.query.js';
import { ListMessagesHandler } from './messages/list-messages.query.js';
import { MessageRoutes } from './messages/message-routes.js';
import { MailCarrier } from './mail/carried-mail.js';
import { MailMaker } from './mail/mail-maker.js';
import { MailViews } from './mail/mail.view.js';
import { DraftMaker } from './messages/draft-maker.js';
import { Drafts } from './messages/drafts.js';
import { HostSubjects } from './messages/host-subjects.js';
import { FallbackPlanner } from './messages/fallback-planner.js';
import { MessagesController } from './messages/messages.controller.js';
import { PictureCheck } from './messages/picture-check.js';
import { PictureInspector } from './messages/picture-inspector.js';
import { MessageViews } from './messages/message.view.js';
import { SpeechContents } from './messages/speech-contents.js';
import { OpenCalls } from './drain/open-calls.js';
import { ProviderCalls } from './drain/provider-calls.js';
import { Inquiry, ReconcileDoubtsHandler } from './doubts/reconcile-doubts.command.js';
import { ReconcileSchedule } from './doubts/reconcile.schedule.js';
import { OutcomeRecorder } from './drain/outcome-recorder.js';
import { RepeatCallsHandler, Repetition } from './doubts/repeat-calls.command.js';
import { LateRetriesConsumer } from './retries/late-retries.consumer.js';
import { LateRetriesSchedule } from './retries/late-retries.schedule.js';
import { Resends } from './messages/resends.js';
import { ResendMessageHandler } from './messages/resend-message.command.js';
import { RetryLateHandler } from './retries/retry-late.command.js';
import { RetryUncertainHandler } from './doubts/retry-uncertain.command.js';
import { Sending } from './drain/sending.js';
import { SweepSchedule } from './drain/sweep.schedule.js';
import { WorkersHealth } from './lanes/workers-health.js';
import { TracedSending } from './drain/traced-sending.js';
import { WakeLaneHandler, WakeLanesOfAccount } from './lanes/wake-lane.command.js';

@Module({
  imports: [BullModule.registerQueue({ name: LANES }), BillingModule, LedgerModule, LinksModule, NumbersModule],
  controllers: [MessagesController, HistoryController, LanesController],
  providers: [
    AcceptMessagesHandler,
    CancelMessageHandler,
    CheckMessagesHandler,
    DrainLaneHandler,
    Resends,
    ResendMessageHandler,
    LateRetriesConsumer,
    LateRetriesSchedule,
    RetryLateHandler,
    RetryUncertainHandler,
    ChannelFallbackConsumer,
    AssignNumbersHandler,
    WaitingMessages,
    FailOverWaitingHandler,
    FallBackHandler,
    GiveUpDoubtsHandler,
    ReconcileDoubtsHandler,
    RepeatCallsHandler,
    WakeLaneHandler,
    WakeLanesOfAccount,
    GetMessageContentHandler,
    GetMessageHandler,
    ListLanesHandler,
    ListMessagesHandler,
    BudgetGate,
    PausedSenders,
    BudgetSchedule,
    DailyCapsRelief,
    QuietHoursSchedule,
    CallDurations,
    Claims,
    ServiceWindows,
    SenderFailover,
    Drains,
    MessageRoutes,
    DraftMaker,
    MailCarrier,
    MailMaker,
    MailViews,
    Drafts,
    HostSubjects,
    Decisions,
    Freshness,
    Envelopes,
    MessageLinks,
    FallbackDrafts,
    FallbackPlanner,
    PictureCheck,
    PictureInspector,
    CampaignThrottles,
    DoubtsHealth,
    InFlight,
    Inquiry,
    LaneLeases,
    LaneQueue,
    CircuitBreakers,
    Lanes,
    MessageViews,
    SpeechContents,
    OpenCalls,
    OutcomeRecorder,
    ProviderCalls,
    Repetition,
    Sending,
    TracedSending,
    SenderFailoverSchedule,
    DrainProcessor,
    FallbackSchedule,
    LaneRatesSchedule,
    LaneHealth,
    ReconcileSchedule,
    SweepSchedule,
    WorkersHealth,
  ],
  exports: [CampaignThrottles, InFlight, LaneQueue, Lanes, MessageViews, OpenCalls, ServiceWindows, SpeechContents],
})
export class DispatchModule {}
