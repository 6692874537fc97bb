/** Routes of lanes, for operators. */
import { Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  AdminOnly,
  ApiPage,
  ApiProblems,
  Caller,
  IdParam,
  InvalidCursor,
  type Page,
  type Principal,
} from '../../kernel/index.js';
import { LaneNotFound } from './lanes.errors.js';
import { LaneView, ListLanesQuery } from './lanes.dto.js';
import { ListLanes } from './list-lanes.query.js';
import { WakeLane } from './wake-lane.command.js';

@ApiTags('Lanes')
@AdminOnly('operations')
@Controller('api/lanes')
export class LanesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Every lane, a rate-limited queue to a provider, with its circuit breaker',
    description:
      'While a lane’s provider reports that nothing can be sent, its circuit breaker is open: its messages wait, and one is tried from time to time.',
  })
  @ApiPage(LaneView)
  @ApiProblems(new InvalidCursor())
  listLanes(@Query() query: ListLanesQuery): Promise<Page<LaneView>> {
    return this.queries.execute(new ListLanes(query));
  }

  @Post(':id/wake')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Close a lane’s circuit breaker and try again at once',
    description: 'For when the cause is fixed. If it is not, the breaker opens again.',
  })
  @ApiNoContentResponse({ description: 'It is awake' })
  @ApiProblems(new LaneNotFound())
  wakeLane(@Caller() caller: Principal, @IdParam() id: string): Promise<void> {
    return this.commands.execute(new WakeLane(caller, id));
  }
}
