import { Module } from '@nestjs/common';
import { LedgerModule } from '../ledger/index.js';
import { DeliverEventsHandler } from './deliver-events.command.js';
import { DeliveryStore } from './delivery-store.js';
import { EndpointHealth } from './endpoint-health.js';
import { EndpointSecrets } from './endpoint-secrets.js';
import { EndpointStore } from './endpoint-store.js';
import { EndpointsController } from './endpoints.controller.js';
import { EventPosts } from './event-posts.js';
import { FanOut } from './fan-out.js';
import { MessageEventsConsumer } from './message-events.consumer.js';
import { OutboundMetrics } from './outbound-metrics.js';
import { OutboundSchedule } from './outbound.schedule.js';
import { Payloads } from './payloads.js';
import {
  GetEndpointHandler,
  ListDeliveriesHandler,
  ListEndpointsHandler,
  ListReplaysHandler,
} from './read-endpoints.query.js';
import { ReplayEventsHandler } from './replay-events.command.js';
import { ReplayStore } from './replay-store.js';
import { Replays } from './replays.js';
import { ReplaysSchedule } from './replays.schedule.js';
import { RotateSecretHandler } from './rotate-secret.command.js';
import {
  CreateEndpointHandler,
  DeleteEndpointHandler,
  EndpointChanges,
  UpdateEndpointHandler,
} from './save-endpoint.command.js';
import { RetryDeliveryHandler, TestEndpointHandler } from './tell-endpoint.command.js';

@Module({
  imports: [LedgerModule],
  controllers: [EndpointsController],
  providers: [
    CreateEndpointHandler,
    DeleteEndpointHandler,
    DeliverEventsHandler,
    DeliveryStore,
    EndpointChanges,
    EndpointHealth,
    EndpointSecrets,
    EndpointStore,
    EventPosts,
    FanOut,
    GetEndpointHandler,
    ListDeliveriesHandler,
    ListEndpointsHandler,
    ListReplaysHandler,
    MessageEventsConsumer,
    OutboundMetrics,
    OutboundSchedule,
    Payloads,
    ReplayEventsHandler,
    ReplayStore,
    Replays,
    ReplaysSchedule,
    RetryDeliveryHandler,
    RotateSecretHandler,
    TestEndpointHandler,
    UpdateEndpointHandler,
  ],
})
export class OutboundModule {}
