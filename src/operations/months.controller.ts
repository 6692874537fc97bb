/** Routes of the ledger's monthly partitions, for operators. */
import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AdminOnly, Audited } from '../kernel/index.js';
import { EnsureMonths } from './ensure-months.command.js';
import { ListMonths } from './list-months.query.js';
import { EnsureMonthsBody, LedgerMonthView } from './months.dto.js';

@ApiTags('Operator’s desk')
@AdminOnly('finance')
@Controller('api/months')
export class MonthsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Months that the ledger has partitions for, with their size' })
  @ApiOkResponse({ type: [LedgerMonthView] })
  listMonths(): Promise<LedgerMonthView[]> {
    return this.queries.execute(new ListMonths());
  }

  @Post('ensure')
  @HttpCode(200)
  @Audited({ action: 'months.ensure', details: ['ahead'] })
  @ApiOperation({
    summary: 'Make the ledger’s partitions of the coming months now',
    description: 'A worker does so every minute; this is for when none runs.',
  })
  @ApiOkResponse({ type: [LedgerMonthView] })
  ensureMonths(@Body() { ahead }: EnsureMonthsBody): Promise<LedgerMonthView[]> {
    return this.commands.execute(new EnsureMonths(ahead));
  }
}
