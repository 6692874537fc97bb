/** Routes of the operator console: what is stuck, and what to do about it. */
import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { MessageNotFound, MessageStatusView } from '../dispatch/index.js';
import {
  AnyTenantId,
  ApiPage,
  ApiProblems,
  Caller,
  IdParam,
  InvalidCursor,
  PageQuery,
  TenantId,
  type Page,
  type Principal,
} from '../kernel/index.js';
import { Scope } from '../tenants/index.js';
import { NotInDoubt } from './operations.errors.js';
import { DeskView, DoneView, DoubtView, ResentView } from './operations-views.dto.js';
import { ManyMessages, ResendManyBody, SettleBody, SettleManyBody } from './operations.dto.js';
import { ListDoubts } from './list-doubts.query.js';
import { GetOverview } from './get-overview.query.js';
import { ResendMany } from './resend-many.command.js';
import { SettleDoubt, SettleDoubts } from './settle-doubts.command.js';
import { GiveUpWaiting, RetryWaiting } from './waiting.command.js';

@ApiTags('Operator’s desk')
@Controller('api')
export class OperationsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get('desk')
  @Scope('desk:read')
  @ApiOperation({ summary: 'What is stuck, with reasons and counts' })
  @ApiOkResponse({ type: DeskView })
  lookAtDesk(@AnyTenantId() tenantId: string | undefined): Promise<DeskView> {
    return this.queries.execute(new GetOverview(tenantId));
  }

  @Get('desk/doubts')
  @Scope('desk:read')
  @ApiOperation({ summary: 'Messages in doubt, oldest first' })
  @ApiPage(DoubtView)
  @ApiProblems(new InvalidCursor())
  listDoubts(@AnyTenantId() tenantId: string | undefined, @Query() page: PageQuery): Promise<Page<DoubtView>> {
    return this.queries.execute(new ListDoubts(tenantId, page));
  }

  @Post('desk/doubts/settle')
  @HttpCode(200)
  @Scope('desk:write')
  @ApiOperation({ summary: 'Decide about all messages in doubt that fit a filter' })
  @ApiOkResponse({ type: DoneView })
  settleDoubts(
    @AnyTenantId() tenantId: string | undefined,
    @Caller() caller: Principal,
    @Body() body: SettleManyBody,
  ): Promise<DoneView> {
    return this.commands.execute(new SettleDoubts(caller, tenantId, body));
  }

  @Post('messages/:id/settle')
  @HttpCode(200)
  @Scope('desk:write')
  @ApiOperation({ summary: 'Decide about a message in doubt' })
  @ApiOkResponse({ type: MessageStatusView })
  @ApiProblems(new MessageNotFound(), new NotInDoubt('delivered'))
  settleDoubt(
    @TenantId() tenantId: string,
    @Caller() caller: Principal,
    @IdParam() id: string,
    @Body() { decision }: SettleBody,
  ): Promise<MessageStatusView> {
    return this.commands.execute(new SettleDoubt(caller, tenantId, id, decision));
  }

  @Post('desk/waiting/retry')
  @HttpCode(200)
  @Scope('desk:write')
  @ApiOperation({ summary: 'Try messages that were put off again at once' })
  @ApiOkResponse({ type: DoneView })
  retryWaiting(
    @AnyTenantId() tenantId: string | undefined,
    @Caller() caller: Principal,
    @Body() body: ManyMessages,
  ): Promise<DoneView> {
    return this.commands.execute(new RetryWaiting(caller, tenantId, body));
  }

  @Post('desk/waiting/give-up')
  @HttpCode(200)
  @Scope('desk:write')
  @ApiOperation({
    summary: 'Give up messages that were put off',
    description: 'They end as `failed`; their fallbacks follow.',
  })
  @ApiOkResponse({ type: DoneView })
  giveUpWaiting(
    @AnyTenantId() tenantId: string | undefined,
    @Caller() caller: Principal,
    @Body() body: ManyMessages,
  ): Promise<DoneView> {
    return this.commands.execute(new GiveUpWaiting(caller, tenantId, body));
  }

  @Post('desk/resend')
  @HttpCode(200)
  @Scope('desk:write')
  @ApiOperation({
    summary: 'Send messages that reached nobody again, as new messages',
    description: 'Each once: one that was sent again, or fell back, is passed over.',
  })
  @ApiOkResponse({ type: ResentView })
  @ApiProblems(new InvalidCursor())
  resendMany(
    @TenantId() tenantId: string,
    @Caller() caller: Principal,
    @Body() body: ResendManyBody,
  ): Promise<ResentView> {
    return this.commands.execute(new ResendMany(caller, tenantId, body));
  }
}
