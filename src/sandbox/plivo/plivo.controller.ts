/** Plivo's REST API, as its SDK calls it with the URL `${sandboxUrl}/plivo/v1/Account/<auth id>`. */
import { Controller, Delete, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../kernel/index.js';
import { Sandbox } from '../sandbox.js';
import type { WireAnswer } from '../wire.js';
import type { PlivoAccount } from './plivo-accounts.js';
import { plivoJson } from './plivo-errors.js';
import { deleteFrom, getFrom, postTo } from './plivo-resources.js';
import { PlivoSandbox } from './plivo-sandbox.js';

@ApiExcludeController()
@Public()
@Controller('sandbox/plivo/v1/Account')
export class PlivoSandboxController {
  constructor(
    private readonly sandbox: Sandbox,
    private readonly plivo: PlivoSandbox,
  ) {}

  @Post(':account/*')
  post(@Param('account') account: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const path = pathOf(request);
    const work = async (): Promise<WireAnswer> => {
      const caller = await this.plivo.accounts.authenticate(account, request.headers.authorization);
      if (path === SEND) return this.plivo.messages.send(caller, request.body);
      return postTo(this.plivo, caller, path, request.body);
    };
    const { wire } = this.sandbox;
    return path === SEND ? wire.answerSend(reply, 'plivo', work) : wire.answer(reply, work);
  }

  @Get(':account/*')
  get(
    @Param('account') account: string,
    @Query() query: Record<string, string>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.sandbox.wire.answer(reply, async () => {
      const caller = await this.plivo.accounts.authenticate(account, request.headers.authorization);
      const path = pathOf(request);
      const media = /^Media\/([\w-]+)$/.exec(path)?.[1];
      if (media !== undefined) return this.plivo.medium(caller, media);
      return path === '' ? plivoJson(200, accountJson(caller)) : getFrom(this.plivo, caller, path, query);
    });
  }

  @Delete(':account/*')
  delete(@Param('account') account: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.sandbox.wire.answer(reply, async () => {
      const caller = await this.plivo.accounts.authenticate(account, request.headers.authorization);
      return deleteFrom(this.plivo, caller, pathOf(request));
    });
  }
}

const SEND = 'Message/';

/** What follows the account; all of Plivo's resources end with a slash. */
const pathOf = ({ url }: FastifyRequest): string => /\/Account\/[^/]+\/([^?]*)/.exec(url)?.[1] ?? '';

const accountJson = ({ authId }: PlivoAccount): object => ({
  auth_id: authId,
  name: 'Sandbox account',
  state: 'active',
  billing_mode: 'prepaid',
  auto_recharge: false,
  cash_credits: '100.00000',
});
