/** Credit routes. */
import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  actorOf,
  AdminOnly,
  ApiPage,
  ApiProblems,
  Audited,
  Caller,
  InvalidCursor,
  PageQuery,
  TenantId,
  type Page,
  type Principal,
} from '../../kernel/index.js';
import { Scope } from '../../tenants/index.js';
import { CREDIT_NOTE } from './credits.audit.js';
import { CreditBody, CreditView } from './credits.dto.js';
import { UnclearAmount } from './credits.errors.js';
import { GrantCredit } from './grant-credit.command.js';
import { ListCredits } from './list-credits.query.js';

@ApiTags('Statements')
@Controller('api/credits')
export class CreditsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @Scope('usage:read')
  @ApiOperation({ summary: 'The tenant’s credits, newest first' })
  @ApiPage(CreditView)
  @ApiProblems(new InvalidCursor())
  listCredits(@TenantId() tenantId: string, @Query() page: PageQuery): Promise<Page<CreditView>> {
    return this.queries.execute(new ListCredits(tenantId, page));
  }

  @Post()
  @AdminOnly('finance')
  @Audited({ action: 'credit.grant', object: CREDIT_NOTE })
  @ApiOperation({
    summary: 'Grant a credit, on the statement of the first month that is open',
    description: 'It cannot be taken back. Send an `Idempotency-Key`, so that a repeat does not grant it twice.',
  })
  @ApiCreatedResponse({ type: CreditView })
  @ApiProblems(new UnclearAmount())
  grantCredit(
    @Caller() caller: Principal,
    @TenantId() tenantId: string,
    @Body() body: CreditBody,
  ): Promise<CreditView> {
    return this.commands.execute(new GrantCredit(tenantId, body, actorOf(caller)));
  }
}
