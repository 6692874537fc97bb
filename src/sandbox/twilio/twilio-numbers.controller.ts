/** Twilio's APIs of numbers and subaccounts, as its SDK calls them with the base URL `${sandboxUrl}/twilio`. */
import { Controller, Delete, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AnyMediaType, Public } from '../../kernel/index.js';
import { Sandbox } from '../sandbox.js';
import type { WireAnswer } from '../wire.js';
import type { TwilioNumbers } from './twilio-numbers.js';
import { TwilioSandbox } from './twilio-sandbox.js';
import type { Form } from './twilio-request.js';

const ACCOUNT = '2010-04-01/Accounts/:account';

@ApiExcludeController()
@Public()
@Controller('sandbox/twilio')
export class TwilioNumbersController {
  constructor(
    private readonly sandbox: Sandbox,
    private readonly twilio: TwilioSandbox,
  ) {}

  @Get(`${ACCOUNT}/AvailablePhoneNumbers/:country/:type`)
  search(
    @Param() { account = '', country = '', type = '' }: Record<string, string>,
    @Query() query: Form,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.answer(account, request, reply, (numbers) =>
      numbers.search(account, country, withoutJson(type), query),
    );
  }

  @Get(`${ACCOUNT}/IncomingPhoneNumbers.json`)
  list(
    @Param('account') account: string,
    @Query() query: Form,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.answer(account, request, reply, (numbers) => numbers.list(account, query));
  }

  @Post(`${ACCOUNT}/IncomingPhoneNumbers.json`)
  @AnyMediaType()
  buy(@Param('account') account: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.answer(account, request, reply, (numbers) => numbers.buy(account, formOf(request)));
  }

  @Post(`${ACCOUNT}/IncomingPhoneNumbers/:number`)
  @AnyMediaType()
  update(
    @Param('account') account: string,
    @Param('number') number: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.answer(account, request, reply, (numbers) =>
      numbers.update(account, withoutJson(number), formOf(request)),
    );
  }

  @Delete(`${ACCOUNT}/IncomingPhoneNumbers/:number`)
  release(
    @Param('account') account: string,
    @Param('number') number: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.answer(account, request, reply, (numbers) => numbers.release(account, withoutJson(number)));
  }

  @Get('2010-04-01/Accounts.json')
  subaccounts(@Query() query: Form, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.sandbox.wire.answer(reply, async () => {
      const { accountSid } = await this.twilio.accounts.ownerOf(request.headers.authorization);
      return this.twilio.subaccounts.list(accountSid, query);
    });
  }

  @Post('2010-04-01/Accounts.json')
  @AnyMediaType()
  createSubaccount(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.sandbox.wire.answerSend(reply, 'twilio', async () => {
      const { accountSid } = await this.twilio.accounts.ownerOf(request.headers.authorization);
      return this.twilio.subaccounts.create(accountSid, formOf(request));
    });
  }

  @Post('v1/Services/:service/PhoneNumbers')
  @AnyMediaType()
  addToPool(
    @Param('service') service: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.sandbox.wire.answer(reply, async () => {
      const { accountSid } = await this.twilio.accounts.callerOf(request.headers.authorization);
      return this.twilio.numbers.addToPool(accountSid, service, formOf(request));
    });
  }

  private answer(
    account: string,
    request: FastifyRequest,
    reply: FastifyReply,
    work: (numbers: TwilioNumbers) => WireAnswer,
  ): Promise<void> {
    return this.sandbox.wire.answer(reply, async () => {
      await this.twilio.accounts.authenticate(account, request.headers.authorization);
      return work(this.twilio.numbers);
    });
  }
}

const formOf = ({ body }: FastifyRequest): Form => (body ?? {}) as Form;
const withoutJson = (name: string): string => name.replace(/\.json$/, '');
