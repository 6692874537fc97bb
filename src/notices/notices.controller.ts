/** Routes of notices: what the platform told people, and the secret that signs what it posts. */
import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
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
import { Scope } from '../tenants/index.js';
import { ListNotices } from './list-notices.query.js';
import { ReplaceNoticeSecret } from './notice-secrets.command.js';
import { GetNoticeSecret } from './notice-secrets.query.js';
import { NOTICE } from './notices.audit.js';
import { ListNoticesQuery, NewNoticeSecretView, NoticeSecretView, NoticeView, RedeliverBody } from './notices.dto.js';
import { NoticeDelivered, NoticeNotFound, NoticeSecretMissing } from './notices.errors.js';
import { RedeliverNotice } from './redeliver-notice.command.js';

@ApiTags('Notices')
@Controller('api/notices')
export class NoticesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @Scope('desk:read')
  @ApiOperation({ summary: 'What the platform told people, newest first, and whether it arrived' })
  @ApiPage(NoticeView)
  @ApiProblems(new InvalidCursor())
  listNotices(
    @AnyTenantId() _tenantId: string | undefined,
    @Caller() caller: Principal,
    @Query() query: ListNoticesQuery,
  ): Promise<Page<NoticeView>> {
    return this.queries.execute(new ListNotices(caller, query));
  }

  @Get('secret')
  @Scope('settings:write')
  @ApiOperation({ summary: 'Since when there is a secret that signs what is posted to the tenant' })
  @ApiOkResponse({ type: NoticeSecretView })
  @ApiProblems(new NoticeSecretMissing())
  getNoticeSecret(@TenantId() tenantId: string): Promise<NoticeSecretView> {
    return this.queries.execute(new GetNoticeSecret(tenantId));
  }

  @Post('secret')
  @HttpCode(200)
  @Scope('settings:write')
  @Audited({ action: 'notice_secret.replace' })
  @ApiOperation({
    summary: 'Make the secret that signs what is posted to the tenant, or another',
    description:
      'The answer is the only place that ever shows it. For 24 hours notices are signed by the one before too.',
  })
  @ApiOkResponse({ type: NewNoticeSecretView })
  replaceNoticeSecret(@TenantId() tenantId: string): Promise<NewNoticeSecretView> {
    return this.commands.execute(new ReplaceNoticeSecret(tenantId));
  }

  @Post(':id/redeliver')
  @HttpCode(200)
  @Scope('desk:write')
  @Audited({ action: 'notice.redeliver', object: NOTICE, param: 'id' })
  @ApiOperation({
    summary: 'Deliver a notice again',
    description: 'At once, with a day’s time. Its deliveries keep their ids, by which receivers know them.',
  })
  @ApiOkResponse({ type: NoticeView })
  @ApiProblems(new NoticeNotFound(), new NoticeDelivered())
  redeliverNotice(
    @AnyTenantId() _tenantId: string | undefined,
    @Caller() caller: Principal,
    @IdParam() id: string,
    @Body() { deliveryId }: RedeliverBody,
  ): Promise<NoticeView> {
    return this.commands.execute(new RedeliverNotice(caller, id, deliveryId));
  }
}
