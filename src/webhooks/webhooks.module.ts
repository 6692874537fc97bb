import { BullModule } from '@nestjs/bullmq';
import { Module } from '@nestjs/common';
import { DispatchModule } from '../dispatch/index.js';
import { LedgerModule } from '../ledger/index.js';
import { ApplyProviderEventsHandler } from './apply-provider-events.command.js';
import { AskSilentHandler } from './ask-silent.command.js';
import { AskSilentSchedule } from './ask-silent.schedule.js';
import { InboxController } from './inbox.controller.js';
import { InboxProcessor } from './inbox.processor.js';
import { Inbox } from './inbox.js';
import { INBOX, InboxQueue } from './inbox.queue.js';
import { ProviderWebhooks } from './provider-webhooks.js';
import { PurgeInboxSchedule } from './purge-inbox.schedule.js';
import { ReceiveEventsHandler } from './receive-events.command.js';
import { ReplayEventsHandler } from './replay-events.command.js';
import { Silences } from './silences.js';
import { SweepInboxSchedule } from './sweep-inbox.schedule.js';
import { WebhooksController } from './webhooks.controller.js';

@Module({
  imports: [BullModule.registerQueue({ name: INBOX }), DispatchModule, LedgerModule],
  controllers: [WebhooksController, InboxController],
  providers: [
    ReceiveEventsHandler,
    ApplyProviderEventsHandler,
    ReplayEventsHandler,
    AskSilentHandler,
    AskSilentSchedule,
    Silences,
    ProviderWebhooks,
    Inbox,
    InboxQueue,
    InboxProcessor,
    SweepInboxSchedule,
    PurgeInboxSchedule,
  ],
  exports: [Inbox],
})
export class WebhooksModule {}
