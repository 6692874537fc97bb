/** Pigeon Post's API, as its adapter calls it. */
import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../../src/kernel/index.js';
import { Sandbox } from '../../../src/sandbox/sandbox.js';
import { PIGEON, PigeonSandbox, pigeonJson } from './pigeon-sandbox.js';

@ApiExcludeController()
@Public()
@Controller('sandbox/pigeon')
export class PigeonSandboxController {
  constructor(
    private readonly sandbox: Sandbox,
    private readonly pigeon: PigeonSandbox,
  ) {}

  @Post('messages')
  send(@Req() { headers, body }: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.sandbox.wire.answerSend(reply, PIGEON, async () =>
      this.pigeon.send(await this.pigeon.authenticate(headers.authorization), body),
    );
  }

  @Get('account')
  account(@Req() { headers }: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.sandbox.wire.answer(reply, async () => {
      await this.pigeon.authenticate(headers.authorization);
      return pigeonJson(200, { well: true });
    });
  }
}
