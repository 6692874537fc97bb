/** Routes that providers call. They carry no key but a signature; what they say is in the inbox before they are answered. */
import { Controller, HttpCode, Inject, Post, Req, Res, type RawBodyRequest } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiConsumes, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiProblems, CONFIG, IdParam, Public, type ReadyConfig } from '../kernel/index.js';
import {
  MalformedWebhook,
  UncheckedWebhook,
  UntrustedWebhook,
  type ProviderEvent,
  type WebhookRequest,
} from '../providers/index.js';
import { ProviderWebhooks } from './provider-webhooks.js';
import { ReceiveEvents } from './receive-events.command.js';
import { StillInFlight } from './webhooks.errors.js';

type Incoming = RawBodyRequest<FastifyRequest>;

/** No reply to the person: Twilio itself answers STOP, START and HELP. */
const EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>';

@Public()
@ApiTags('Webhooks')
@Controller('webhook')
export class WebhooksController {
  constructor(
    @Inject(CONFIG) private readonly config: ReadyConfig,
    private readonly webhooks: ProviderWebhooks,
    private readonly commands: CommandBus,
  ) {}

  @Post('twilio')
  @ApiOperation({
    summary: 'Twilio: message status and inbound messages',
    description: 'Signed with X-Twilio-Signature over the exact public URL.',
  })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiResponse({ status: 200, description: 'An inbound message: an empty TwiML document, so that nothing is replied' })
  @ApiResponse({ status: 204, description: 'A status' })
  @ApiProblems(
    new UntrustedWebhook('the signature is not that of an account of ours'),
    new MalformedWebhook('MessageSid'),
    new StillInFlight(),
  )
  async twilioWebhook(
    @Req() request: Incoming,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | undefined> {
    const base = this.config.twilio?.webhookBaseUrl ?? this.config.publicUrl;
    const proven = await this.webhooks.twilio(webhookOf(request, base));
    await this.commands.execute(new ReceiveEvents('twilio', proven));
    if (!proven.events.some(isInbound)) {
      void reply.status(204);
      return undefined;
    }
    void reply.status(200).type('text/xml');
    return EMPTY_TWIML;
  }

  @Post('ses')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Amazon SES events over SNS',
    description: 'Signed by SNS (versions 1 and 2); only topics on the allow-list.',
  })
  @ApiConsumes('text/plain', 'application/json')
  @ApiResponse({ status: 200, description: 'In the inbox' })
  @ApiProblems(
    new UntrustedWebhook('the topic is not one of ours'),
    new MalformedWebhook('Type'),
    new UncheckedWebhook('the signing certificate cannot be had'),
  )
  async sesWebhook(@Req() request: Incoming): Promise<void> {
    await this.commands.execute(
      new ReceiveEvents('ses', await this.webhooks.ses(webhookOf(request, this.config.publicUrl))),
    );
  }

  @Post('resend')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Resend events of the platform’s account',
    description: 'Signed as Standard Webhooks have it.',
  })
  @ApiResponse({ status: 200, description: 'In the inbox' })
  @ApiProblems(new UntrustedWebhook('the signature is not right, or too old'), new MalformedWebhook('data.email_id'))
  resendWebhook(@Req() request: Incoming): Promise<void> {
    return this.receiveFromResend(request);
  }

  @Post('resend/:accountId')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Resend events of a tenant’s own account',
    description: 'Signed as Standard Webhooks have it, with the secret that the account was entered with.',
  })
  @ApiResponse({ status: 200, description: 'In the inbox' })
  @ApiProblems(new UntrustedWebhook('it is for an account that takes none'), new MalformedWebhook('data.email_id'))
  resendWebhookOf(@Req() request: Incoming, @IdParam('accountId') accountId: string): Promise<void> {
    return this.receiveFromResend(request, accountId);
  }

  private async receiveFromResend(request: Incoming, accountId?: string): Promise<void> {
    const proven = await this.webhooks.resend(webhookOf(request, this.config.publicUrl), accountId);
    await this.commands.execute(new ReceiveEvents('resend', proven));
  }
}

const isInbound = (event: ProviderEvent): boolean => event.kind === 'inbound';

/** The request as the provider sent it. The URL is built from our own configuration, never from the Host header. */
function webhookOf(request: Incoming, base: string): WebhookRequest {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
  return { url: `${base}${request.originalUrl}`, headers, rawBody: request.rawBody ?? Buffer.alloc(0) };
}
