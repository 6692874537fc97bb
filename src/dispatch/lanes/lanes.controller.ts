/** Lanes, for whoever runs the service. */
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
@AdminOnly()
@Controller('api/lanes')
export class LanesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Every rate-limited way to a provider, and whether it rests',
    description:
      'A lane rests when its provider says that nothing of it can be sent: its messages wait, and one is tried from time to time.',
  })
  @ApiPage(LaneView)
  @ApiProblems(new InvalidCursor())
  listLanes(@Query() query: ListLanesQuery): Promise<Page<LaneView>> {
    return this.queries.execute(new ListLanes(query));
  }

  @Post(':id/wake')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Try a resting lane again at once',
    description: 'For when what it rests for is mended. If it is not, the lane rests anew.',
  })
  @ApiNoContentResponse({ description: 'It is awake' })
  @ApiProblems(new LaneNotFound())
  wakeLane(@Caller() caller: Principal, @IdParam() id: string): Promise<void> {
    return this.commands.execute(new WakeLane(caller, id));
  }
}
