/** Resend, as its SDK calls it with the base URL `${sandboxUrl}/resend`. */
import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../kernel/index.js';
import { Sandbox } from '../sandbox.js';
import type { WireAnswer } from '../wire.js';
import type { ResendCall } from './resend-emails.js';
import { resendRefusal } from './resend-errors.js';
import { ResendSandbox } from './resend-sandbox.js';

@ApiExcludeController()
@Public()
@Controller('sandbox/resend')
export class ResendSandboxController {
  constructor(
    private readonly sandbox: Sandbox,
    private readonly resend: ResendSandbox,
  ) {}

  @Post('emails')
  send(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.sending(request, reply, (call) => this.resend.emails.send(call, request.body));
  }

  @Post('emails/batch')
  sendBatch(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.sending(request, reply, (call) => this.resend.emails.sendBatch(call, request.body));
  }

  @Get('emails/:id')
  get(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('id') id: string): Promise<void> {
    return this.sandbox.wire.answer(reply, async () => this.resend.emails.get(await this.callOf(request), id));
  }

  @Get('domains')
  domains(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.sandbox.wire.answer(reply, async () => {
      await this.callOf(request);
      return this.resend.settings.domains();
    });
  }

  @Get('webhooks')
  webhooks(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.sandbox.wire.answer(reply, async () =>
      this.resend.settings.webhooks((await this.callOf(request)).account),
    );
  }

  @Get('webhooks/:id')
  webhook(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('id') id: string): Promise<void> {
    return this.sandbox.wire.answer(reply, async () =>
      this.resend.settings.webhook((await this.callOf(request)).account, id),
    );
  }

  @Get('usage')
  usage(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.sandbox.wire.answer(reply, async () => {
      await this.callOf(request);
      return this.resend.settings.usage();
    });
  }

  private sending(request: FastifyRequest, reply: FastifyReply, work: (call: ResendCall) => WireAnswer): Promise<void> {
    const { authorization, 'idempotency-key': key } = request.headers;
    const named = key === undefined ? undefined : `${authorization} ${request.url} ${String(key)}`;
    return this.resend.emails.keys.during(named, (isSecond) =>
      this.sandbox.wire.answerSend(reply, 'resend', async () => {
        const call = await this.callOf(request);
        if (isSecond)
          throw resendRefusal('concurrent_idempotent_requests', 'The first call with this key is under way.');
        return work(call);
      }),
    );
  }

  /** Rejects a call without a key, or with an unknown one. */
  private async callOf({ headers }: FastifyRequest): Promise<ResendCall> {
    const apiKey = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1];
    if (apiKey === undefined) throw resendRefusal('missing_api_key', 'Missing API key in the authorization header');
    const account = await this.resend.account(apiKey);
    if (!account) throw resendRefusal('invalid_api_key', 'API key is invalid');
    return {
      account,
      idempotencyKey: textOf(headers['idempotency-key']),
      permissive: textOf(headers['x-batch-validation']) === 'permissive',
    };
  }
}

const textOf = (header: string | readonly string[] | undefined): string | undefined =>
  typeof header === 'string' ? header : undefined;
