/** Routes of automatic replies. */
import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiPage, ApiProblems, Audited, IdParam, InvalidCursor, TenantId, type Page } from '../../kernel/index.js';
import { REFUSALS } from '../../dispatch/index.js';
import { Scope } from '../../tenants/index.js';
import { AUTO_REPLY } from './auto-replies.audit.js';
import { AutoReplyChanges, AutoReplyView, ListAutoRepliesQuery, NewAutoReplyBody } from './auto-replies.dto.js';
import { AutoReplyExists, AutoReplyNotFound } from './auto-replies.errors.js';
import { GetAutoReply, ListAutoReplies } from './read-auto-replies.query.js';
import { CreateAutoReply, DeleteAutoReply, UpdateAutoReply } from './save-auto-reply.command.js';

@ApiTags('Conversations')
@Controller('api/auto-replies')
export class AutoRepliesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @Scope('conversations:write')
  @Audited({ action: 'auto_reply.create', object: AUTO_REPLY })
  @ApiOperation({
    summary: 'Have a venue answer people who write, at any time or outside its opening hours',
    description:
      'A transactional message like any other, once for each message that came, and once for each person within `everyHours`. Never to STOP, START or HELP, to somebody who may not be written to, or to a number that sends from here.',
  })
  @ApiCreatedResponse({ type: AutoReplyView })
  @ApiProblems(...REFUSALS, new AutoReplyExists('sms'))
  createAutoReply(@TenantId() tenantId: string, @Body() body: NewAutoReplyBody): Promise<AutoReplyView> {
    return this.commands.execute(new CreateAutoReply(tenantId, body));
  }

  @Get()
  @Scope('conversations:read')
  @ApiOperation({ summary: 'Automatic replies, oldest first' })
  @ApiPage(AutoReplyView)
  @ApiProblems(new InvalidCursor())
  listAutoReplies(@TenantId() tenantId: string, @Query() filter: ListAutoRepliesQuery): Promise<Page<AutoReplyView>> {
    return this.queries.execute(new ListAutoReplies(tenantId, filter));
  }

  @Get(':id')
  @Scope('conversations:read')
  @ApiOperation({ summary: 'One automatic reply' })
  @ApiOkResponse({ type: AutoReplyView })
  @ApiProblems(new AutoReplyNotFound())
  getAutoReply(@TenantId() tenantId: string, @IdParam() id: string): Promise<AutoReplyView> {
    return this.queries.execute(new GetAutoReply(tenantId, id));
  }

  @Patch(':id')
  @Scope('conversations:write')
  @Audited({ action: 'auto_reply.update', object: AUTO_REPLY, param: 'id' })
  @ApiOperation({
    summary: 'Change an automatic reply, stop it or begin again',
    description: 'What is left out stays as it is. A text takes the place of a template, and the other way round.',
  })
  @ApiOkResponse({ type: AutoReplyView })
  @ApiProblems(...REFUSALS, new AutoReplyNotFound())
  updateAutoReply(
    @TenantId() tenantId: string,
    @IdParam() id: string,
    @Body() changes: AutoReplyChanges,
  ): Promise<AutoReplyView> {
    return this.commands.execute(new UpdateAutoReply(tenantId, id, changes));
  }

  @Delete(':id')
  @HttpCode(204)
  @Scope('conversations:write')
  @Audited({ action: 'auto_reply.delete', object: AUTO_REPLY, param: 'id' })
  @ApiOperation({ summary: 'Remove an automatic reply' })
  @ApiNoContentResponse()
  @ApiProblems(new AutoReplyNotFound())
  deleteAutoReply(@TenantId() tenantId: string, @IdParam() id: string): Promise<void> {
    return this.commands.execute(new DeleteAutoReply(tenantId, id));
  }
}
