/** Budget routes. */
import { Body, Controller, Get, Put } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, Caller, TenantId, type Principal } from '../../kernel/index.js';
import { NoticeEmailMissing, NoticeSecretMissing, NoticeUrlForbidden } from '../../notices/index.js';
import { Scope } from '../../tenants/index.js';
import { BudgetsView, PutBudgetBody } from './budgets.dto.js';
import { BudgetCurrencyDiffers, BudgetCurrencyMisplaced } from './budgets.errors.js';
import { GetBudgets } from './get-budgets.query.js';
import { PutBudget } from './put-budget.command.js';

@ApiTags('Budgets')
@Controller('api/budgets')
export class BudgetsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @Scope('usage:read')
  @ApiOperation({ summary: 'The tenant’s budgets, and what this month has used of them' })
  @ApiOkResponse({ type: BudgetsView })
  getBudgets(@TenantId() tenantId: string): Promise<BudgetsView> {
    return this.queries.execute(new GetBudgets(tenantId));
  }

  @Put()
  @Scope('settings:write')
  @ApiOperation({
    summary: 'Put a budget for each month, of messages or of money',
    description: `Beyond a hard budget messages wait as \`over_budget\`, and campaigns are held: until it is raised, or the next month begins. It counts
within a second. Answers all budgets.`,
  })
  @ApiOkResponse({ type: BudgetsView })
  @ApiProblems(
    new BudgetCurrencyMisplaced(),
    new BudgetCurrencyDiffers('USD'),
    new NoticeUrlForbidden(),
    new NoticeSecretMissing(),
    new NoticeEmailMissing(),
  )
  async putBudget(
    @Caller() caller: Principal,
    @TenantId() tenantId: string,
    @Body() body: PutBudgetBody,
  ): Promise<BudgetsView> {
    await this.commands.execute(new PutBudget(caller, tenantId, body));
    return this.queries.execute(new GetBudgets(tenantId));
  }
}
