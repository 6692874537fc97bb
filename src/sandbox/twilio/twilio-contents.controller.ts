/** Twilio's Content API, as its SDK calls it with the base URL `${sandboxUrl}/twilio`; and, for tests, what Meta decides. */
import { Body, Controller, Get, HttpCode, Param, Put, Req, Res } from '@nestjs/common';
import { ApiExcludeController, ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../kernel/index.js';
import { Sandbox } from '../sandbox.js';
import { ContentDecision } from './twilio-contents.dto.js';
import { TwilioSandbox } from './twilio-sandbox.js';

@ApiExcludeController()
@Public()
@Controller('sandbox/twilio/v1/Content')
export class TwilioContentsController {
  constructor(
    private readonly sandbox: Sandbox,
    private readonly twilio: TwilioSandbox,
  ) {}

  @Get(':content/ApprovalRequests')
  approval(
    @Param('content') content: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.sandbox.wire.answerSend(reply, 'twilio', async () => {
      const caller = await this.twilio.accounts.callerOf(request.headers.authorization);
      return this.twilio.contents.approval(caller.accountSid, content);
    });
  }
}

@ApiTags('Sandbox')
@Public()
@Controller('sandbox/twilio/contents')
export class ContentDecisionsController {
  constructor(private readonly twilio: TwilioSandbox) {}

  @Put(':content')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Decide on a WhatsApp template of Twilio’s, as Meta would',
    description:
      'Until then every template is approved. Messages by one that is rejected, paused or disabled end with 63040, 63041 or 63042.',
    operationId: 'decideSandboxContent',
  })
  @ApiNoContentResponse()
  decide(@Param('content') content: string, @Body() decision: ContentDecision): void {
    this.twilio.contents.decide(content, decision);
  }
}
