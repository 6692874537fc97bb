/**
 * Routes about numbers that belong to no venue: who said STOP to them. They belong to the platform, since all tenants send from
 * them.
 */
import { Body, Controller, Get, Param, Put, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  AdminOnly,
  ApiPage,
  ApiProblems,
  Audited,
  Caller,
  InvalidCursor,
  actorOf,
  type Page,
  type Principal,
} from '../../kernel/index.js';
import { ADDRESS_PROBLEMS } from '../../tenants/index.js';
import { ConsentEventView } from '../consent.dto.js';
import { ListNumberOptOutLog } from './list-number-opt-out-log.query.js';
import { ListNumberOptOuts } from './list-number-opt-outs.query.js';
import {
  NumberOptOutLogQuery,
  NumberOptOutPath,
  NumberOptOutView,
  NumberOptOutsQuery,
  SetNumberOptOutBody,
} from './number-opt-outs.dto.js';
import { SetNumberOptOut } from './set-number-opt-out.command.js';

@AdminOnly('operations')
@ApiTags('Consent')
@Controller('api/number-opt-outs')
export class NumberOptOutsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Who said STOP to a shared number, by channel, number and address' })
  @ApiPage(NumberOptOutView)
  @ApiProblems(...ADDRESS_PROBLEMS, new InvalidCursor())
  listNumberOptOuts(@Query() query: NumberOptOutsQuery): Promise<Page<NumberOptOutView>> {
    return this.queries.execute(new ListNumberOptOuts(query));
  }

  @Put(':number/:address')
  @Audited({ action: 'number_opt_out.set', details: ['channel', 'status'] })
  @ApiOperation({
    summary: 'Record what a person decided about a shared number otherwise than by keyword',
    description:
      'Lifts an opt-out, or makes one, for every tenant’s messages from this number. Answers the state that follows: the newest decision counts. The provider’s own list stays as it is: only the person’s START changes that.',
  })
  @ApiOkResponse({ type: NumberOptOutView })
  @ApiProblems(...ADDRESS_PROBLEMS)
  setNumberOptOut(
    @Caller() caller: Principal,
    @Param() { number, address }: NumberOptOutPath,
    @Body() body: SetNumberOptOutBody,
  ): Promise<NumberOptOutView> {
    return this.commands.execute(new SetNumberOptOut(number, address, body, actorOf(caller)));
  }

  @Get(':number/:address/log')
  @ApiOperation({ summary: 'Everything a person decided about a shared number, newest first' })
  @ApiPage(ConsentEventView)
  @ApiProblems(...ADDRESS_PROBLEMS, new InvalidCursor())
  listNumberOptOutLog(
    @Param() { number, address }: NumberOptOutPath,
    @Query() query: NumberOptOutLogQuery,
  ): Promise<Page<ConsentEventView>> {
    return this.queries.execute(new ListNumberOptOutLog(number, address, query));
  }
}
