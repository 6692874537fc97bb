/** Plivo's REST API, as its SDK calls it with the URL `${sandboxUrl}/plivo/v1/Account/<auth id>`. */
import { Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../kernel/index.js';
import { Sandbox } from '../sandbox.js';
import type { PlivoAccount } from './plivo-accounts.js';
import { plivoJson, plivoRefusal } from './plivo-errors.js';
import { APPLICATION, PlivoSandbox } from './plivo-sandbox.js';

@ApiExcludeController()
@Public()
@Controller('sandbox/plivo/v1/Account')
export class PlivoSandboxController {
  constructor(
    private readonly sandbox: Sandbox,
    private readonly plivo: PlivoSandbox,
  ) {}

  @Post(':account/*')
  send(@Param('account') account: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.sandbox.wire.answerSend(reply, 'plivo', async () => {
      const caller = await this.plivo.accounts.authenticate(account, request.headers.authorization);
      if (pathOf(request) !== 'Message/') throw plivoRefusal(404);
      return this.plivo.messages.send(caller, request.body);
    });
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
      if (path === '') return plivoJson(200, accountJson(caller));
      if (path === 'Message/') return this.plivo.messages.list(caller, query);
      const [, number] = /^Number\/(\d+)\/$/.exec(path) ?? [];
      if (number !== undefined) return this.plivo.number(caller, number);
      if (path === `Application/${APPLICATION}/`) return plivoJson(200, this.plivo.application(caller));
      const [, uuid] = /^Message\/([^/]+)\/$/.exec(path) ?? [];
      if (uuid === undefined) throw plivoRefusal(404);
      return this.plivo.messages.fetch(caller, uuid);
    });
  }
}

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
