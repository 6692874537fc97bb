/** The history: all communications of a tenant. */
import { Controller, Get, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiPage, ApiProblems, InvalidCursor, TenantId, type Page } from '../../kernel/index.js';
import { Scope } from '../../tenants/index.js';
import { ListMessages } from './list-messages.query.js';
import { ListMessagesQuery, MessageView } from './messages.dto.js';

@ApiTags('Messages')
@Controller('api/history')
export class HistoryController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Scope('messages:read')
  @ApiOperation({
    summary: 'All communications of a tenant, for audit and compliance',
    description: 'The same filters and answers as GET /api/messages.',
  })
  @ApiPage(MessageView)
  @ApiProblems(new InvalidCursor())
  listHistory(@TenantId() tenantId: string, @Query() filter: ListMessagesQuery): Promise<Page<MessageView>> {
    return this.queries.execute(new ListMessages(tenantId, filter));
  }
}
