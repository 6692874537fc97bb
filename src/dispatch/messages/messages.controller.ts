/** Message routes: accept, follow, cancel, resend. */
import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import {
  ApiAcceptedResponse,
  ApiBody,
  ApiExtraModels,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import {
  ApiPage,
  ApiProblems,
  CORRELATION_HEADER,
  CorrelationId,
  DomainError,
  IdParam,
  InvalidCursor,
  TenantId,
  listAt,
  stringAt,
  toProblem,
  Urgent,
  type Page,
  type Problem,
} from '../../kernel/index.js';
import { NoSender, Scope } from '../../tenants/index.js';
import { AcceptMessages } from './accept-messages.command.js';
import { CancelMessage } from './cancel-message.command.js';
import {
  AlreadyFollowed,
  CannotCancel,
  CannotResend,
  ChannelDisabled,
  ContentErased,
  MessageNotFound,
} from './messages.errors.js';
import { GetMessageContent } from './get-message-content.query.js';
import { GetMessage } from './get-message.query.js';
import { ListMessages } from './list-messages.query.js';
import {
  AcceptedMessage,
  ListMessagesQuery,
  MessageContentView,
  MessageStatusView,
  MessageView,
  MessageWithEvents,
  NewMessage,
  NewMessages,
} from './messages.dto.js';
import { BATCH_EXAMPLES, MESSAGE_EXAMPLES } from './messages.examples.js';
import { REFUSALS } from './messages.problems.js';
import { ResendMessage } from './resend-message.command.js';

const EXAMPLE_ID = '0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12';

/** Of a body that is not validated yet: an emergency says so itself, whatever its template. */
const isEmergency = (message: unknown): boolean => stringAt(message, 'category') === 'emergency';

@ApiTags('Messages')
@Controller('api/messages')
export class MessagesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @HttpCode(202)
  @Scope('messages:write')
  @Urgent(isEmergency)
  @ApiOperation({
    summary: 'Send one message',
    description:
      'Once answered with 202 the message is in the ledger and will come to an end; consent is asked just before it is sent.',
  })
  @ApiHeader({ name: CORRELATION_HEADER, required: false, description: 'What led to it, as your logs know it' })
  @ApiBody({ type: NewMessage, examples: MESSAGE_EXAMPLES })
  @ApiAcceptedResponse({ type: AcceptedMessage })
  @ApiProblems(...REFUSALS)
  async sendMessage(
    @TenantId() tenantId: string,
    @Body() body: NewMessage,
    @CorrelationId() correlationId: string | undefined,
  ): Promise<AcceptedMessage> {
    const [result] = await this.commands.execute(new AcceptMessages(tenantId, [body], { correlationId }));
    if (result === undefined) throw new Error('The one message got no answer');
    if (result instanceof DomainError) throw result;
    return result;
  }

  @Post('batch')
  @HttpCode(202)
  @Scope('messages:write')
  @Urgent((body) => listAt(body, 'messages').some(isEmergency))
  @ApiOperation({
    summary: 'Send up to 1,000 messages',
    description:
      'One answer for each message, in the order given: `{ id, status, from, venueId }`, or `{ error }`, as of `POST /api/messages`, where that one was refused.',
  })
  @ApiHeader({ name: CORRELATION_HEADER, required: false, description: 'Of all that name none themselves' })
  @ApiBody({ type: NewMessages, examples: BATCH_EXAMPLES })
  @ApiExtraModels(AcceptedMessage)
  @ApiAcceptedResponse({
    schema: {
      type: 'object',
      properties: {
        items: {
          type: 'array',
          items: {
            oneOf: [
              { $ref: getSchemaPath(AcceptedMessage) },
              { type: 'object', properties: { error: { type: 'object' } } },
            ],
          },
        },
      },
      example: {
        items: [
          { id: EXAMPLE_ID, status: 'queued', from: '+15551234567', venueId: EXAMPLE_ID },
          { error: toProblem(new ChannelDisabled('sms')) },
        ],
      },
    },
  })
  async sendMessages(
    @TenantId() tenantId: string,
    @Body() body: NewMessages,
    @CorrelationId() correlationId: string | undefined,
  ): Promise<{ items: (AcceptedMessage | { error: Problem })[] }> {
    const results = await this.commands.execute(new AcceptMessages(tenantId, body.messages, { correlationId }));
    return { items: results.map((result) => (result instanceof DomainError ? { error: toProblem(result) } : result)) };
  }

  @Get()
  @Scope('messages:read')
  @ApiOperation({ summary: 'Messages, newest first' })
  @ApiPage(MessageView)
  @ApiProblems(new InvalidCursor())
  listMessages(@TenantId() tenantId: string, @Query() filter: ListMessagesQuery): Promise<Page<MessageView>> {
    return this.queries.execute(new ListMessages(tenantId, filter));
  }

  @Get(':id')
  @Scope('messages:read')
  @ApiOperation({ summary: 'One message with its whole timeline' })
  @ApiOkResponse({ type: MessageWithEvents })
  @ApiProblems(new MessageNotFound())
  getMessage(@TenantId() tenantId: string, @IdParam() id: string): Promise<MessageWithEvents> {
    return this.queries.execute(new GetMessage(tenantId, id));
  }

  @Get(':id/content')
  @Scope('content:read')
  @ApiOperation({
    summary: 'What a message says',
    description:
      'As it was sent, from the template’s version at that time. It has a scope of its own: who follows messages need not read them.',
  })
  @ApiOkResponse({ type: MessageContentView })
  @ApiProblems(new MessageNotFound())
  getMessageContent(@TenantId() tenantId: string, @IdParam() id: string): Promise<MessageContentView> {
    return this.queries.execute(new GetMessageContent(tenantId, id));
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Scope('messages:write')
  @ApiOperation({ summary: 'Cancel a message that still waits' })
  @ApiOkResponse({ type: MessageStatusView })
  @ApiProblems(new MessageNotFound(), new CannotCancel('sent'))
  cancelMessage(@TenantId() tenantId: string, @IdParam() id: string): Promise<MessageStatusView> {
    return this.commands.execute(new CancelMessage(tenantId, id));
  }

  @Post(':id/resend')
  @HttpCode(202)
  @Scope('messages:write')
  @ApiOperation({ summary: 'Send a message that reached nobody again, as a new message' })
  @ApiAcceptedResponse({ type: AcceptedMessage })
  @ApiProblems(
    new MessageNotFound(),
    new CannotResend('delivered'),
    new AlreadyFollowed(EXAMPLE_ID),
    new ContentErased(),
    new NoSender('sms'),
  )
  resendMessage(@TenantId() tenantId: string, @IdParam() id: string): Promise<AcceptedMessage> {
    return this.commands.execute(new ResendMessage(tenantId, id));
  }
}
