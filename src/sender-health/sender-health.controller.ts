/** Routes of senders' health: rates, pauses, and who is told. */
import { Body, Controller, Get, HttpCode, Post, Put, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { SENDER_PAUSE } from '../consent/index.js';
import {
  AnyTenantId,
  ApiPage,
  ApiProblems,
  Audited,
  Caller,
  IdParam,
  InvalidCursor,
  TenantId,
  type Page,
  type Principal,
} from '../kernel/index.js';
import { NoticeEmailMissing, NoticeSecretMissing, NoticeTargetsBody, NoticeUrlForbidden } from '../notices/index.js';
import { Scope } from '../tenants/index.js';
import { NotifyOfSenders } from './notify-of-senders.command.js';
import { ResumeSender } from './resume-sender.command.js';
import { ResumeSenderBody, SenderPausesQuery, SenderPauseView, SendersHealthView } from './sender-health.dto.js';
import { SenderNotPaused, SenderPauseNotFound } from './sender-health.errors.js';
import { GetSendersHealth, ListSenderPauses } from './sender-health.query.js';

@ApiTags('Sender health')
@Controller('api')
export class SenderHealthController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get('sender-health')
  @Scope('senders:read')
  @ApiOperation({
    summary: 'How many of the emails of each sender bounced or were reported as spam, and the limits',
    description: 'Beyond a limit marketing from the sender waits, before the provider stops the whole account.',
  })
  @ApiOkResponse({ type: SendersHealthView })
  getSendersHealth(@TenantId() tenantId: string): Promise<SendersHealthView> {
    return this.queries.execute(new GetSendersHealth(tenantId));
  }

  @Put('sender-health/notify')
  @Scope('settings:write')
  @ApiOperation({ summary: 'Say who is told when marketing from a sender is paused' })
  @ApiOkResponse({ type: SendersHealthView })
  @ApiProblems(new NoticeUrlForbidden(), new NoticeSecretMissing(), new NoticeEmailMissing())
  async notifyOfSenders(
    @Caller() caller: Principal,
    @TenantId() tenantId: string,
    @Body() body: NoticeTargetsBody,
  ): Promise<SendersHealthView> {
    await this.commands.execute(new NotifyOfSenders(caller, tenantId, body));
    return this.queries.execute(new GetSendersHealth(tenantId));
  }

  @Get('sender-pauses')
  @Scope('senders:read')
  @ApiOperation({ summary: 'When marketing from senders was paused, newest first; with the admin key of all tenants' })
  @ApiPage(SenderPauseView)
  @ApiProblems(new InvalidCursor())
  listSenderPauses(
    @AnyTenantId() tenantId: string | undefined,
    @Query() query: SenderPausesQuery,
  ): Promise<Page<SenderPauseView>> {
    return this.queries.execute(new ListSenderPauses(tenantId, query));
  }

  @Post('sender-pauses/:id/resume')
  @HttpCode(200)
  @Scope('senders:write')
  @Audited({ action: 'sender_pause.resume', object: SENDER_PAUSE, param: 'id' })
  @ApiOperation({
    summary: 'Let marketing from a paused sender go on',
    description: 'What waited for it is sent. Counting begins anew: it is paused again if nothing has changed.',
  })
  @ApiOkResponse({ type: SenderPauseView })
  @ApiProblems(new SenderPauseNotFound(), new SenderNotPaused())
  resumeSender(
    @Caller() caller: Principal,
    @TenantId() tenantId: string,
    @IdParam() id: string,
    @Body() { note }: ResumeSenderBody,
  ): Promise<SenderPauseView> {
    return this.commands.execute(new ResumeSender(caller, tenantId, id, note ?? null));
  }
}
