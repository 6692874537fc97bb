/** SendGrid, as its SDK calls it with the base URL `${sandboxUrl}/sendgrid`. */
import { Controller, Get, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../kernel/index.js';
import { Sandbox } from '../sandbox.js';
import type { WireAnswer } from '../wire.js';
import type { SendGridAccount } from './sendgrid-accounts.js';
import { sendGridRefusal } from './sendgrid-errors.js';
import { SendGridSandbox } from './sendgrid-sandbox.js';

@ApiExcludeController()
@Public()
@Controller('sandbox/sendgrid/v3')
export class SendGridSandboxController {
  constructor(
    private readonly sandbox: Sandbox,
    private readonly sendgrid: SendGridSandbox,
  ) {}

  @Post('mail/send')
  send(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.sandbox.wire.answerSend(reply, 'sendgrid', async () =>
      this.sendgrid.emails.send(await this.accountOf(request), request.body),
    );
  }

  @Get('scopes')
  scopes(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.asked(request, reply, () => this.sendgrid.settings.scopes());
  }

  @Get('verified_senders')
  senders(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.asked(request, reply, () => this.sendgrid.settings.senders());
  }

  @Get('whitelabel/domains')
  domains(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.asked(request, reply, () => this.sendgrid.settings.domains());
  }

  @Get('user/webhooks/event/settings/signed')
  verificationKey(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.asked(request, reply, (account) => this.sendgrid.settings.verificationKey(account));
  }

  @Get('user/webhooks/event/settings/all')
  webhooks(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.asked(request, reply, (account) => this.sendgrid.settings.webhooks(account));
  }

  @Get('user/credits')
  credits(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.asked(request, reply, () => this.sendgrid.settings.credits());
  }

  @Get('stats')
  stats(
    @Query() query: Record<string, string>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.asked(request, reply, (account) => this.sendgrid.stats.byDay(account, query));
  }

  private asked(
    request: FastifyRequest,
    reply: FastifyReply,
    work: (account: SendGridAccount) => WireAnswer,
  ): Promise<void> {
    return this.sandbox.wire.answer(reply, async () => work(await this.accountOf(request)));
  }

  /** Rejects a call without a key, or with an unknown one. */
  private async accountOf({ headers }: FastifyRequest): Promise<SendGridAccount> {
    const apiKey = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1];
    const account = apiKey === undefined ? undefined : await this.sendgrid.account(apiKey);
    const message = 'The provided authorization grant is invalid, expired, or revoked';
    if (!account) throw sendGridRefusal(401, [{ message }]);
    return account;
  }
}
