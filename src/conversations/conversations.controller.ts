/** Conversation routes: who wrote, what was said, answer, mark as read. */
import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiAcceptedResponse, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  ApiPage,
  ApiProblems,
  CORRELATION_HEADER,
  CorrelationId,
  IdParam,
  InvalidCursor,
  PageQuery,
  TenantId,
  type Page,
} from '../kernel/index.js';
import { AcceptedMessage, REFUSALS } from '../dispatch/index.js';
import { Scope } from '../tenants/index.js';
import { Answer } from './answer.command.js';
import {
  ConversationMessageView,
  ConversationView,
  ListConversationsQuery,
  NewAnswer,
  ReadBody,
} from './conversations.dto.js';
import { ConversationNotFound, ReceivedMessageNotFound, WindowClosed } from './conversations.errors.js';
import { MarkRead } from './mark-read.command.js';
import { GetConversation, ListConversationMessages, ListConversations } from './read-conversations.query.js';
import { RetryMedia } from './retry-media.command.js';

@ApiTags('Conversations')
@Controller('api/conversations')
export class ConversationsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @Scope('conversations:read')
  @ApiOperation({
    summary: 'People who have written to a venue, the last one first',
    description: 'One for each venue, person and channel; a picture belongs to the texts.',
  })
  @ApiPage(ConversationView)
  @ApiProblems(new InvalidCursor())
  listConversations(
    @TenantId() tenantId: string,
    @Query() filter: ListConversationsQuery,
  ): Promise<Page<ConversationView>> {
    return this.queries.execute(new ListConversations(tenantId, filter));
  }

  @Get(':id')
  @Scope('conversations:read')
  @ApiOperation({ summary: 'One conversation' })
  @ApiOkResponse({ type: ConversationView })
  @ApiProblems(new ConversationNotFound())
  getConversation(@TenantId() tenantId: string, @IdParam() id: string): Promise<ConversationView> {
    return this.queries.execute(new GetConversation(tenantId, id));
  }

  @Get(':id/messages')
  @Scope('conversations:read')
  @ApiOperation({
    summary: 'What both have said, newest first',
    description: 'All that the venue has sent to the person on the channel, not only answers.',
  })
  @ApiPage(ConversationMessageView)
  @ApiProblems(new ConversationNotFound(), new InvalidCursor())
  listConversationMessages(
    @TenantId() tenantId: string,
    @IdParam() id: string,
    @Query() asked: PageQuery,
  ): Promise<Page<ConversationMessageView>> {
    return this.queries.execute(new ListConversationMessages(tenantId, id, asked));
  }

  @Post(':id/messages')
  @HttpCode(202)
  @Scope('conversations:write')
  @ApiOperation({
    summary: 'Answer, from the number that the person wrote to',
    description: 'A message like any other: to somebody who said STOP it is not sent. What they wrote counts as read.',
  })
  @ApiHeader({ name: CORRELATION_HEADER, required: false, description: 'What led to it, as your logs know it' })
  @ApiAcceptedResponse({ type: AcceptedMessage })
  @ApiProblems(...REFUSALS, new ConversationNotFound(), new WindowClosed())
  answer(
    @TenantId() tenantId: string,
    @IdParam() id: string,
    @Body() body: NewAnswer,
    @CorrelationId() correlationId: string | undefined,
  ): Promise<AcceptedMessage> {
    return this.commands.execute(new Answer(tenantId, id, body, correlationId));
  }

  @Post(':id/messages/:messageId/media/retry')
  @HttpCode(200)
  @Scope('conversations:write')
  @ApiOperation({ summary: 'Fetch again what could not be fetched of a message' })
  @ApiOkResponse({ type: ConversationMessageView })
  @ApiProblems(new ConversationNotFound(), new ReceivedMessageNotFound())
  retryMedia(
    @TenantId() tenantId: string,
    @IdParam() id: string,
    @IdParam('messageId') messageId: string,
  ): Promise<ConversationMessageView> {
    return this.commands.execute(new RetryMedia(tenantId, id, messageId));
  }

  @Post(':id/read')
  @HttpCode(200)
  @Scope('conversations:write')
  @ApiOperation({ summary: 'Mark what the person wrote as read' })
  @ApiOkResponse({ type: ConversationView })
  @ApiProblems(new ConversationNotFound())
  markRead(@TenantId() tenantId: string, @IdParam() id: string, @Body() { upTo }: ReadBody): Promise<ConversationView> {
    return this.commands.execute(new MarkRead(tenantId, id, upTo));
  }
}
