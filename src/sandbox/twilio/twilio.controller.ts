/** Twilio's REST API, as its SDK calls it with the base URL `${sandboxUrl}/twilio`. */
import { Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AnyMediaType, Public } from '../../kernel/index.js';
import { Sandbox } from '../sandbox.js';
import { twilioJson } from './twilio-errors.js';
import { TwilioSandbox } from './twilio-sandbox.js';
import type { Form } from './twilio-request.js';
import { accountJson, balanceJson } from './twilio-resources.js';

@ApiExcludeController()
@Public()
@Controller('sandbox/twilio/2010-04-01/Accounts')
export class TwilioSandboxController {
  constructor(
    private readonly sandbox: Sandbox,
    private readonly twilio: TwilioSandbox,
  ) {}

  @Post(':account/Messages.json')
  @AnyMediaType()
  send(@Param('account') account: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.sandbox.wire.answerSend(reply, 'twilio', async () => {
      const caller = await this.twilio.accounts.authenticate(account, request.headers.authorization);
      return this.twilio.messages.send(caller, (request.body ?? {}) as Form);
    });
  }

  @Get(':account/Messages.json')
  list(
    @Param('account') account: string,
    @Query() query: Record<string, string>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.sandbox.wire.answer(reply, async () => {
      await this.twilio.accounts.authenticate(account, request.headers.authorization);
      return this.twilio.messages.list(account, query);
    });
  }

  @Get(':account/Messages/:message')
  fetch(
    @Param('account') account: string,
    @Param('message') message: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.sandbox.wire.answer(reply, async () => {
      await this.twilio.accounts.authenticate(account, request.headers.authorization);
      return this.twilio.messages.fetch(account, withoutJson(message));
    });
  }

  @Get(':account/Messages/:message/Media/:media')
  fetchMedia(
    @Param('account') account: string,
    @Param('message') message: string,
    @Param('media') media: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.sandbox.wire.answer(reply, async () => {
      await this.twilio.accounts.authenticate(account, request.headers.authorization);
      return this.twilio.media.fetch(account, message, media);
    });
  }

  @Post(':account/Calls.json')
  @AnyMediaType()
  call(@Param('account') account: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.sandbox.wire.answerSend(reply, 'twilio', async () => {
      const caller = await this.twilio.accounts.authenticate(account, request.headers.authorization);
      return this.twilio.calls.make(caller, (request.body ?? {}) as Form);
    });
  }

  @Get(':account/Calls.json')
  listCalls(
    @Param('account') account: string,
    @Query() query: Record<string, string>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.sandbox.wire.answer(reply, async () => {
      const caller = await this.twilio.accounts.authenticate(account, request.headers.authorization);
      return this.twilio.calls.list(caller, query);
    });
  }

  @Get(':account/Calls/:call')
  fetchCall(
    @Param('account') account: string,
    @Param('call') call: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.sandbox.wire.answer(reply, async () => {
      const caller = await this.twilio.accounts.authenticate(account, request.headers.authorization);
      return this.twilio.calls.fetch(caller, withoutJson(call));
    });
  }

  @Get(':account/Usage/Records/Daily.json')
  usage(
    @Param('account') account: string,
    @Query() query: Record<string, string>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.sandbox.wire.answer(reply, async () => {
      const caller = await this.twilio.accounts.authenticate(account, request.headers.authorization);
      return this.twilio.books.usage(caller, query);
    });
  }

  @Get(':account/Balance.json')
  balance(
    @Param('account') account: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.sandbox.wire.answer(reply, async () => {
      await this.twilio.accounts.authenticate(account, request.headers.authorization);
      return twilioJson(200, balanceJson(account));
    });
  }

  @Get(':account')
  account(
    @Param('account') account: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.sandbox.wire.answer(reply, async () => {
      const sid = withoutJson(account);
      await this.twilio.accounts.authenticateOwner(sid, request.headers.authorization);
      return twilioJson(200, accountJson(sid));
    });
  }
}

const withoutJson = (name: string): string => name.replace(/\.json$/, '');
