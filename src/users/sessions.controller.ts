/** Routes of the caller's sessions. */
import { Controller, Delete, Get, HttpCode, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  ApiPage,
  ApiProblems,
  Audited,
  Caller,
  IdParam,
  InvalidCursor,
  PageQuery,
  type Page,
  type Principal,
} from '../kernel/index.js';
import { EndSession } from './end-session.command.js';
import { ListSessions } from './read-sessions.query.js';
import { OwnSessionView } from './session.dto.js';
import { SessionNotFound } from './users.errors.js';

@ApiTags('Users')
@Controller('api/sessions')
export class SessionsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Your sessions that last, newest first',
    description: 'With a key: those that were begun with it.',
  })
  @ApiPage(OwnSessionView)
  @ApiProblems(new InvalidCursor())
  listSessions(@Caller() caller: Principal, @Query() page: PageQuery): Promise<Page<OwnSessionView>> {
    return this.queries.execute(new ListSessions(caller, page));
  }

  @Delete(':id')
  @HttpCode(204)
  @Audited({ action: 'session.end', details: ['id'] })
  @ApiOperation({ summary: 'End one of your sessions' })
  @ApiNoContentResponse()
  @ApiProblems(new SessionNotFound())
  async endSession(@Caller() caller: Principal, @IdParam() id: string): Promise<void> {
    await this.commands.execute(new EndSession(caller, id));
  }
}
