/** Reconciliation routes, for the operator. */
import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiAcceptedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  AdminOnly,
  ApiPage,
  ApiProblems,
  Audited,
  Caller,
  InvalidCursor,
  type Page,
  type Principal,
} from '../../kernel/index.js';
import { AccountNotThere, DayNotOver, NoBooks, ReconciliationNotFound } from './reconciliation.errors.js';
import {
  DifferencesQuery,
  DifferenceView,
  ReconciliationBody,
  ReconciliationRequested,
  ReconciliationsQuery,
  ReconciliationView,
} from './reconciliations.dto.js';
import { ListDifferences, ListReconciliations } from './reconciliations.query.js';
import { RequestReconciliation } from './request-reconciliation.command.js';

@ApiTags('Reconciliations')
@AdminOnly('finance')
@Controller('api/reconciliations')
export class ReconciliationsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Comparisons of days with the providers’ own books, newest first',
    description: 'One for each account and day that is over, made by itself, and those that were asked for.',
    operationId: 'listReconciliations',
  })
  @ApiPage(ReconciliationView)
  @ApiProblems(new InvalidCursor())
  list(@Query() query: ReconciliationsQuery): Promise<Page<ReconciliationView>> {
    return this.queries.execute(new ListReconciliations(query));
  }

  @Post()
  @HttpCode(202)
  @Audited({
    action: 'reconciliation.request',
    details: ['provider', 'providerAccountId', 'day', 'everyMessage'],
  })
  @ApiOperation({ summary: 'Compare a day with a provider’s own books now', operationId: 'requestReconciliation' })
  @ApiAcceptedResponse({ type: ReconciliationRequested })
  @ApiProblems(new DayNotOver(), new NoBooks(), new AccountNotThere())
  request(@Caller() caller: Principal, @Body() input: ReconciliationBody): Promise<ReconciliationRequested> {
    return this.commands.execute(new RequestReconciliation(caller, input));
  }

  @Get('differences')
  @ApiOperation({
    summary: 'What a reconciliation found, in the order in which it was found',
    description: 'The first 10,000 of one; its `differences` count all.',
    operationId: 'listDifferences',
  })
  @ApiPage(DifferenceView)
  @ApiProblems(new ReconciliationNotFound(), new InvalidCursor())
  listDifferences(@Query() query: DifferencesQuery): Promise<Page<DifferenceView>> {
    return this.queries.execute(new ListDifferences(query));
  }
}
