import { BullModule } from '@nestjs/bullmq';
import { Module } from '@nestjs/common';
import { ConversationsModule } from '../conversations/index.js';
import { DispatchModule } from '../dispatch/index.js';
import { LedgerModule } from '../ledger/index.js';
import { ApplyProviderEventsHandler } from './apply-provider-events.command.js';
import { InboxController } from './inbox.controller.js';
import { InboxProcessor } from './inbox.processor.js';
import { Inbox } from './inbox.js';
import { INBOX, InboxQueue } from './inbox.queue.js';
import { ListInboxHandler } from './list-inbox.query.js';
import { MessageReports } from './message-reports.js';
import { MissingAfterADay, MissingAfterAnHour } from './missing-reports.consumer.js';
import { PollStatusesHandler } from './poll-statuses.command.js';
import { PollStatusesSchedule } from './poll-statuses.schedule.js';
import { ProviderWebhooks } from './provider-webhooks.js';
import { PriceReports } from './price-reports.js';
import { PriceSweeps } from './price-sweeps.js';
import { PurgeInboxSchedule } from './purge-inbox.schedule.js';
import { InboundMessages } from './inbound-messages.js';
import { InboundRecord } from './inbound-record.js';
import { KeywordAnswers } from './keyword-answers.js';
import { EventIntake } from './event-intake.js';
import { ReplayEventsHandler } from './replay-events.command.js';
import { StatusPolls } from './status-polls.js';
import { SweepInboxSchedule } from './sweep-inbox.schedule.js';
import { SweepPricesHandler } from './sweep-prices.command.js';
import { SweepPricesSchedule } from './sweep-prices.schedule.js';
import { UnnamedEvents } from './unnamed-events.js';
import { WebhookMetrics } from './webhook-metrics.js';
import { webhookControllers } from './webhooks.controller.js';

@Module({
  imports: [BullModule.registerQueue({ name: INBOX }), ConversationsModule, DispatchModule, LedgerModule],
  controllers: [...webhookControllers(), InboxController],
  providers: [
    ApplyProviderEventsHandler,
    ListInboxHandler,
    MessageReports,
    ReplayEventsHandler,
    MissingAfterADay,
    MissingAfterAnHour,
    PollStatusesHandler,
    PollStatusesSchedule,
    PriceReports,
    PriceSweeps,
    StatusPolls,
    SweepPricesHandler,
    SweepPricesSchedule,
    UnnamedEvents,
    WebhookMetrics,
    ProviderWebhooks,
    EventIntake,
    InboundMessages,
    InboundRecord,
    KeywordAnswers,
    Inbox,
    InboxQueue,
    InboxProcessor,
    SweepInboxSchedule,
    PurgeInboxSchedule,
  ],
  exports: [Inbox],
})
export class WebhooksModule {}
