/** The storage that Twilio's API leads to: whoever knows an address may read it. */
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../kernel/index.js';
import { Sandbox } from '../sandbox.js';
import { TwilioSandbox } from './twilio-sandbox.js';

@ApiExcludeController()
@Public()
@Controller('sandbox/twilio/storage')
export class TwilioStorageController {
  constructor(
    private readonly sandbox: Sandbox,
    private readonly twilio: TwilioSandbox,
  ) {}

  @Get(':key')
  read(@Param('key') key: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.sandbox.wire.answer(reply, () =>
      Promise.resolve(this.twilio.media.stored(key, request.headers.authorization)),
    );
  }
}
