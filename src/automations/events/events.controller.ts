/** Event routes: services say what happened. */
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiAcceptedResponse, ApiExtraModels, ApiHeader, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger';
import {
  ApiProblems,
  CORRELATION_HEADER,
  CorrelationId,
  DomainError,
  TenantId,
  toProblem,
  type Problem,
} from '../../kernel/index.js';
import { Scope, VenueNotFound, VenueRequired } from '../../tenants/index.js';
import { AcceptEvents } from './accept-events.command.js';
import { EventReceipt, NewEvent, NewEvents } from './events.dto.js';

const EXAMPLE_ID = '0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12';
const REFUSALS = [new VenueNotFound(), new VenueRequired()];

@ApiTags('Events')
@Controller('api/events')
export class EventsController {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(202)
  @Scope('events:write')
  @ApiOperation({
    summary: 'Say what happened',
    description:
      'Once answered with 202 the event is stored, and the automations that it concerns start, move or stop. It is known by its `id`: say it again as often as you like.',
  })
  @ApiHeader({ name: CORRELATION_HEADER, required: false, description: 'Follows the event to its messages' })
  @ApiAcceptedResponse({ type: EventReceipt })
  @ApiProblems(...REFUSALS)
  async postEvent(
    @TenantId() tenantId: string,
    @Body() body: NewEvent,
    @CorrelationId() correlationId?: string,
  ): Promise<EventReceipt> {
    const [result] = await this.commands.execute(new AcceptEvents(tenantId, [body], 'http', correlationId));
    if (result === undefined) throw new Error('The one event got no answer');
    if (result instanceof DomainError) throw result;
    return result;
  }

  @Post('batch')
  @HttpCode(202)
  @Scope('events:write')
  @ApiOperation({
    summary: 'Say up to 1,000 things that happened',
    description:
      'One answer for each event, in the order given: `{ id, status }`, or `{ error }`, as of `POST /api/events`, where that one was refused.',
  })
  @ApiHeader({ name: CORRELATION_HEADER, required: false, description: 'Of all that name none themselves' })
  @ApiExtraModels(EventReceipt)
  @ApiAcceptedResponse({
    schema: {
      type: 'object',
      properties: {
        items: {
          type: 'array',
          items: {
            oneOf: [
              { $ref: getSchemaPath(EventReceipt) },
              { type: 'object', properties: { error: { type: 'object' } } },
            ],
          },
        },
      },
      example: {
        items: [{ id: EXAMPLE_ID, status: 'accepted' }, { error: toProblem(new VenueNotFound().at('data.venueId')) }],
      },
    },
  })
  async postEvents(
    @TenantId() tenantId: string,
    @Body() body: NewEvents,
    @CorrelationId() correlationId?: string,
  ): Promise<{ items: (EventReceipt | { error: Problem })[] }> {
    const command = new AcceptEvents(tenantId, body.events, 'http', correlationId);
    const results = await this.commands.execute(command);
    return { items: results.map((result) => (result instanceof DomainError ? { error: toProblem(result) } : result)) };
  }
}
