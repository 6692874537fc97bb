import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Doubts } from './doubts.js';
import { EngagementLog } from './engagement-log.js';
import { EventConsumers } from './event-consumers.js';
import { EventConsumersSchedule } from './event-consumers.schedule.js';
import { Ledger } from './ledger.js';
import { MessageMetrics } from './message-metrics.handler.js';
import { MessageHistory } from './message-history.js';
import { Months } from './months.js';
import { PendingQueue } from './pending-queue.js';
import { WaitingTimes } from './waiting/waiting-times.js';
import { PriceLog } from './price-log.js';
import { ProviderIds } from './provider-ids.js';
import { Recalls } from './recalls.js';
import { ReceivedMessages } from './received-messages.js';
import { Replies } from './replies.js';
import { CampaignCounters } from './campaign-counters.js';
import { Transitions } from './transitions.js';
import { VoiceCalls } from './voice-calls.js';

@Module({
  imports: [DiscoveryModule],
  providers: [
    Doubts,
    EngagementLog,
    EventConsumers,
    EventConsumersSchedule,
    Ledger,
    MessageHistory,
    MessageMetrics,
    Months,
    PendingQueue,
    WaitingTimes,
    PriceLog,
    ProviderIds,
    Recalls,
    ReceivedMessages,
    Replies,
    CampaignCounters,
    Transitions,
    VoiceCalls,
  ],
  exports: [
    Doubts,
    EngagementLog,
    EventConsumers,
    Ledger,
    MessageHistory,
    Months,
    PendingQueue,
    WaitingTimes,
    PriceLog,
    ProviderIds,
    Recalls,
    ReceivedMessages,
    Replies,
    CampaignCounters,
    Transitions,
    VoiceCalls,
  ],
})
export class LedgerModule {}
