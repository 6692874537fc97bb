/** Routes of webhook endpoints: where a tenant is told what happened. */
import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import {
  ApiAcceptedResponse,
  ApiCreatedResponse,
  ApiExtraModels,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import {
  ApiPage,
  ApiProblems,
  Audited,
  IdParam,
  InvalidCursor,
  PageQuery,
  TenantId,
  type Page,
} from '../kernel/index.js';
import { NoticeEmailMissing } from '../notices/index.js';
import { Scope } from '../tenants/index.js';
import { WEBHOOK_ENDPOINT } from './endpoints.audit.js';
import {
  CreateEndpointBody,
  DeliveryView,
  EndpointSecretView,
  EndpointView,
  ListDeliveriesQuery,
  NewEndpointView,
  ReplayDeliveriesBody,
  ReplayView,
  TestEndpointBody,
  UpdateEndpointBody,
} from './endpoints.dto.js';
import {
  DeliveryNotFound,
  DeliveryUnderWay,
  EndpointDisabled,
  EndpointNotFound,
  EndpointUrlForbidden,
  ReplayUnderWay,
  TooManyEndpoints,
} from './endpoints.errors.js';
import { EventPayload } from './payloads.dto.js';
import { GetEndpoint, ListDeliveries, ListEndpoints, ListReplays } from './read-endpoints.query.js';
import { ReplayEvents } from './replay-events.command.js';
import { RotateSecret } from './rotate-secret.command.js';
import { CreateEndpoint, DeleteEndpoint, UpdateEndpoint } from './save-endpoint.command.js';
import { RetryDelivery, TestEndpoint } from './tell-endpoint.command.js';

@ApiTags('Webhook endpoints')
@ApiExtraModels(EventPayload)
@Controller('api/webhook-endpoints')
export class EndpointsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @Scope('desk:read')
  @ApiOperation({ summary: 'Where the tenant is told what happens, newest first' })
  @ApiPage(EndpointView)
  @ApiProblems(new InvalidCursor())
  listWebhookEndpoints(@TenantId() tenantId: string, @Query() page: PageQuery): Promise<Page<EndpointView>> {
    return this.queries.execute(new ListEndpoints(tenantId, page));
  }

  @Post()
  @Scope('settings:write')
  @Audited({ action: 'webhook_endpoint.create', object: WEBHOOK_ENDPOINT })
  @ApiOperation({
    summary: 'Have events posted to a URL, as they happen',
    description:
      'Signed by a secret of its own, which only this answer shows, as Standard Webhooks has it; at least once, and those of one message in their order.',
  })
  @ApiCreatedResponse({ type: NewEndpointView })
  @ApiProblems(new EndpointUrlForbidden(), new TooManyEndpoints(), new NoticeEmailMissing())
  createWebhookEndpoint(@TenantId() tenantId: string, @Body() body: CreateEndpointBody): Promise<NewEndpointView> {
    return this.commands.execute(new CreateEndpoint(tenantId, body));
  }

  @Get(':id')
  @Scope('desk:read')
  @ApiOperation({ summary: 'One endpoint, and how it is doing' })
  @ApiOkResponse({ type: EndpointView })
  @ApiProblems(new EndpointNotFound())
  getWebhookEndpoint(@TenantId() tenantId: string, @IdParam() id: string): Promise<EndpointView> {
    return this.queries.execute(new GetEndpoint(tenantId, id));
  }

  @Patch(':id')
  @HttpCode(200)
  @Scope('settings:write')
  @Audited({ action: 'webhook_endpoint.update', object: WEBHOOK_ENDPOINT, param: 'id' })
  @ApiOperation({
    summary: 'Change an endpoint, disable or enable it',
    description: 'What is left out stays as it is.',
  })
  @ApiOkResponse({ type: EndpointView })
  @ApiProblems(new EndpointNotFound(), new EndpointUrlForbidden(), new NoticeEmailMissing())
  updateWebhookEndpoint(
    @TenantId() tenantId: string,
    @IdParam() id: string,
    @Body() body: UpdateEndpointBody,
  ): Promise<EndpointView> {
    return this.commands.execute(new UpdateEndpoint(tenantId, id, body));
  }

  @Delete(':id')
  @HttpCode(204)
  @Scope('settings:write')
  @Audited({ action: 'webhook_endpoint.delete', object: WEBHOOK_ENDPOINT, param: 'id' })
  @ApiOperation({ summary: 'Remove an endpoint, and what waits for it' })
  @ApiNoContentResponse()
  @ApiProblems(new EndpointNotFound())
  deleteWebhookEndpoint(@TenantId() tenantId: string, @IdParam() id: string): Promise<void> {
    return this.commands.execute(new DeleteEndpoint(tenantId, id));
  }

  @Post(':id/rotate')
  @HttpCode(200)
  @Scope('settings:write')
  @Audited({ action: 'webhook_endpoint.rotate', object: WEBHOOK_ENDPOINT, param: 'id' })
  @ApiOperation({
    summary: 'Make another secret for an endpoint',
    description:
      'The answer is the only place that ever shows it. For 24 hours events are signed by the one before too.',
  })
  @ApiOkResponse({ type: EndpointSecretView })
  @ApiProblems(new EndpointNotFound())
  rotateWebhookSecret(@TenantId() tenantId: string, @IdParam() id: string): Promise<EndpointSecretView> {
    return this.commands.execute(new RotateSecret(tenantId, id));
  }

  @Post(':id/test')
  @HttpCode(202)
  @Scope('settings:write')
  @Audited({ action: 'webhook_endpoint.test', object: WEBHOOK_ENDPOINT, param: 'id' })
  @ApiOperation({
    summary: 'Tell an endpoint an event that did not happen',
    description: 'With the data of an example and `test: true`, whatever types it wants.',
  })
  @ApiAcceptedResponse({ type: DeliveryView })
  @ApiProblems(new EndpointNotFound(), new EndpointDisabled())
  testWebhookEndpoint(
    @TenantId() tenantId: string,
    @IdParam() id: string,
    @Body() { type }: TestEndpointBody,
  ): Promise<DeliveryView> {
    return this.commands.execute(new TestEndpoint(tenantId, id, type));
  }

  @Get(':id/replays')
  @Scope('desk:read')
  @ApiOperation({ summary: 'Replays of an endpoint, newest first' })
  @ApiPage(ReplayView)
  @ApiProblems(new EndpointNotFound(), new InvalidCursor())
  listWebhookReplays(
    @TenantId() tenantId: string,
    @IdParam() id: string,
    @Query() page: PageQuery,
  ): Promise<Page<ReplayView>> {
    return this.queries.execute(new ListReplays(tenantId, id, page));
  }

  @Post(':id/replay')
  @HttpCode(202)
  @Scope('desk:write')
  @Audited({ action: 'webhook_endpoint.replay', object: WEBHOOK_ENDPOINT, param: 'id', details: ['from', 'until'] })
  @ApiOperation({
    summary: 'Tell an endpoint again what happened from a time on',
    description:
      'All that it wants by now, also from before it was made. What it was told before keeps its id, by which it knows it; those of one message stay in their order.',
  })
  @ApiAcceptedResponse({ type: ReplayView })
  @ApiProblems(new EndpointNotFound(), new EndpointDisabled(), new ReplayUnderWay())
  replayWebhookEvents(
    @TenantId() tenantId: string,
    @IdParam() id: string,
    @Body() body: ReplayDeliveriesBody,
  ): Promise<ReplayView> {
    return this.commands.execute(new ReplayEvents(tenantId, id, body));
  }

  @Get(':id/deliveries')
  @Scope('desk:read')
  @ApiOperation({
    summary: 'What an endpoint was told in the last 30 days, newest first, with each attempt',
  })
  @ApiPage(DeliveryView)
  @ApiProblems(new EndpointNotFound(), new InvalidCursor())
  listWebhookDeliveries(
    @TenantId() tenantId: string,
    @IdParam() id: string,
    @Query() query: ListDeliveriesQuery,
  ): Promise<Page<DeliveryView>> {
    return this.queries.execute(new ListDeliveries(tenantId, id, query));
  }

  @Post(':id/deliveries/:deliveryId/retry')
  @HttpCode(202)
  @Scope('desk:write')
  @Audited({ action: 'webhook_delivery.retry', object: WEBHOOK_ENDPOINT, param: 'id', details: ['deliveryId'] })
  @ApiOperation({
    summary: 'Tell an endpoint an event again, at once and with a day’s time',
    description: 'Also if it has arrived. It keeps its id, by which the receiver knows it.',
  })
  @ApiAcceptedResponse({ type: DeliveryView })
  @ApiProblems(new EndpointNotFound(), new DeliveryNotFound(), new EndpointDisabled(), new DeliveryUnderWay())
  retryWebhookDelivery(
    @TenantId() tenantId: string,
    @IdParam() id: string,
    @IdParam('deliveryId') deliveryId: string,
  ): Promise<DeliveryView> {
    return this.commands.execute(new RetryDelivery(tenantId, id, deliveryId));
  }
}
