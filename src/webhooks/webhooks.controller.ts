/**
 * Routes that providers call, built from the descriptors' webhooks. Requests are signed and carry no key; their events are in
 * the inbox before they are answered.
 */
import { applyDecorators, Controller, HttpCode, Post, Req, Res, type Type } from '@nestjs/common';
import { ApiConsumes, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AnyMediaType, ApiProblems, IdParam, Public } from '../kernel/index.js';
import {
  DESCRIPTORS,
  type ProviderDescriptor,
  type ProviderName,
  type WebhookAnswer,
  type WebhookRoute,
} from '../providers/index.js';
import { ProviderWebhooks, type IncomingWebhook } from './provider-webhooks.js';
import { WebhookMetrics } from './webhook-metrics.js';
import { StillInFlight } from './webhooks.errors.js';

type Descriptor = ProviderDescriptor<ProviderName>;

interface Receiver {
  readonly webhooks: ProviderWebhooks;
  readonly metrics: WebhookMetrics;
}

/** One controller per registered provider. */
export const webhookControllers = (): Type<object>[] => DESCRIPTORS.map(controllerOf);

function controllerOf(descriptor: Descriptor): Type<object> {
  @Public()
  @ApiTags('Webhooks')
  @Controller(`webhook/${descriptor.name}`)
  class ProviderWebhookController {
    constructor(
      readonly webhooks: ProviderWebhooks,
      readonly metrics: WebhookMetrics,
    ) {}
  }
  for (const route of descriptor.webhook.routes) addRoute(ProviderWebhookController.prototype, descriptor, route);
  return ProviderWebhookController;
}

/** Does what decorators in a class body would do for a method named like the operation: first its parameters, then the method. */
function addRoute(controller: Receiver, descriptor: Descriptor, route: WebhookRoute): void {
  const name = route.operationId;
  const methods = {
    // The OpenAPI document takes the operation id from the function's name.
    async [name](
      this: Receiver,
      request: IncomingWebhook,
      reply: FastifyReply,
      accountId?: string,
    ): Promise<string | undefined> {
      const receive = (): Promise<WebhookAnswer> =>
        route.speech
          ? this.webhooks.speak(descriptor.name, request)
          : this.webhooks.receive(descriptor.name, request, accountId);
      return answer(reply, await this.metrics.received(descriptor.name, receive));
    },
  };
  const method = { value: methods[name], writable: true, configurable: true };
  Object.defineProperty(controller, name, method);
  Req()(controller, name, 0);
  Res({ passthrough: true })(controller, name, 1);
  if (route.ofAccount) IdParam('accountId')(controller, name, 2);
  documented(descriptor, route)(controller, name, method);
  Post(route.ofAccount ? ':accountId' : (route.path ?? ''))(controller, name, method);
  HttpCode(200)(controller, name, method);
}

/** Its OpenAPI metadata. */
const documented = ({ webhook }: Descriptor, { summary, description, problems }: WebhookRoute): MethodDecorator =>
  applyDecorators(
    AnyMediaType({ routine: true }),
    ApiOperation({ summary, description }),
    ...(webhook.consumes ? [ApiConsumes(...webhook.consumes)] : []),
    ...webhook.answers.map((one) => ApiResponse(one)),
    ApiProblems(...problems, ...(webhook.inbound ? [new StillInFlight()] : [])),
  );

function answer(reply: FastifyReply, { status, type, body }: WebhookAnswer): string | undefined {
  void reply.status(status);
  if (type !== undefined) void reply.type(type);
  return body;
}
