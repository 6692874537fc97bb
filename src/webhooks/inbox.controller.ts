/** Routes of the inbox, for operators. */
import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AdminOnly, ApiPage, ApiProblems, Caller, InvalidCursor, type Page, type Principal } from '../kernel/index.js';
import { InboxEventView, ListInboxQuery, ReplayBody, ReplayedView } from './inbox.dto.js';
import { ListInbox } from './list-inbox.query.js';
import { ReplayEvents } from './replay-events.command.js';

@ApiTags('Operator’s desk')
@AdminOnly('operations')
@Controller('api/inbox')
export class InboxController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Reports of providers that are not applied yet, oldest first',
    description: 'An old one is what cannot be applied: the log of the workers says why.',
  })
  @ApiPage(InboxEventView)
  @ApiProblems(new InvalidCursor())
  listInbox(@Query() query: ListInboxQuery): Promise<Page<InboxEventView>> {
    return this.queries.execute(new ListInbox(query));
  }

  @Post('replay')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Apply reports of providers once more',
    description: 'Delivery reports only, not what people wrote back. Harmless: a report never moves a message down.',
  })
  @ApiOkResponse({ type: ReplayedView })
  replayEvents(@Caller() caller: Principal, @Body() body: ReplayBody): Promise<ReplayedView> {
    return this.commands.execute(new ReplayEvents(caller, body));
  }
}
