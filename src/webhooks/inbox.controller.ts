/** Routes of the inbox, for operators. */
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AdminOnly, Caller, type Principal } from '../kernel/index.js';
import { ReplayBody, ReplayedView } from './inbox.dto.js';
import { ReplayEvents } from './replay-events.command.js';

@ApiTags('Operator’s desk')
@AdminOnly()
@Controller('api/inbox')
export class InboxController {
  constructor(private readonly commands: CommandBus) {}

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
