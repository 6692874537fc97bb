/**
 * Amazon SES v2, as its SDK calls it with the endpoint `${sandboxUrl}/ses`. Needs Nest's `rawBody: true`, since the raw bytes
 * are signed.
 */
import { Controller, Get, Param, Post, Req, Res, type RawBodyRequest } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../kernel/index.js';
import { Sandbox } from '../sandbox.js';
import { SesSandbox } from './ses-sandbox.js';

type Request = RawBodyRequest<FastifyRequest>;

@ApiExcludeController()
@Public()
@Controller('sandbox/ses/v2/email')
export class SesSandboxController {
  constructor(
    private readonly sandbox: Sandbox,
    private readonly ses: SesSandbox,
  ) {}

  @Post('outbound-emails')
  send(@Req() request: Request, @Res() reply: FastifyReply): Promise<void> {
    return this.sandbox.wire.answerSend(reply, 'ses', async () => {
      const signers = await this.ses.emails.authenticate(request);
      return this.ses.emails.send(signers, request.body);
    });
  }

  @Post('outbound-bulk-emails')
  sendBulk(@Req() request: Request, @Res() reply: FastifyReply): Promise<void> {
    return this.sandbox.wire.answerSend(reply, 'ses', async () => {
      const signers = await this.ses.emails.authenticate(request);
      return this.ses.emails.sendBulk(signers, request.body);
    });
  }

  @Post('metrics/batch')
  metrics(@Req() request: Request, @Res() reply: FastifyReply): Promise<void> {
    return this.sandbox.wire.answer(reply, async () => {
      const signers = await this.ses.emails.authenticate(request);
      return this.ses.metrics.batch(signers, request.body);
    });
  }

  @Get('account')
  account(@Req() request: Request, @Res() reply: FastifyReply): Promise<void> {
    return this.sandbox.wire.answer(reply, async () => {
      const signers = await this.ses.emails.authenticate(request);
      return this.ses.emails.account(signers);
    });
  }

  @Get('identities/:identity')
  identity(@Param('identity') identity: string, @Req() request: Request, @Res() reply: FastifyReply): Promise<void> {
    return this.sandbox.wire.answer(reply, async () => {
      await this.ses.emails.authenticate(request);
      return this.ses.emails.identity(identity);
    });
  }

  @Get('configuration-sets/:set/event-destinations')
  eventDestinations(@Req() request: Request, @Res() reply: FastifyReply): Promise<void> {
    return this.sandbox.wire.answer(reply, async () => {
      const signers = await this.ses.emails.authenticate(request);
      return this.ses.emails.eventDestinations(signers);
    });
  }
}
