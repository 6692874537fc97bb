/** Usage routes. */
import { Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AdminOnly, Caller, TenantId, type Principal } from '../../kernel/index.js';
import { Scope } from '../../tenants/index.js';
import { ListUnpriced } from '../reratings/list-unpriced.query.js';
import { UnpricedLine } from '../reratings/unpriced.dto.js';
import { GetUsage } from './get-usage.query.js';
import { RebuildUsage } from './rebuild-usage.command.js';
import { RebuildUsageQuery, RebuiltView, UsageQuery, UsageView } from './usage.dto.js';

@ApiTags('Usage')
@Controller('api/usage')
export class UsageController {
  constructor(
    private readonly queries: QueryBus,
    private readonly commands: CommandBus,
  ) {}

  @Get()
  @Scope('usage:read')
  @ApiOperation({
    summary: 'What the tenant used in a month',
    description:
      'Added up from the ledger’s facts exactly once. Each count belongs to the day on which it became known.',
  })
  @ApiOkResponse({ type: UsageView })
  getUsage(@TenantId() tenantId: string, @Query() { month }: UsageQuery): Promise<UsageView> {
    return this.queries.execute(new GetUsage(tenantId, month));
  }

  @Get('unpriced')
  @AdminOnly('finance')
  @ApiOperation({
    summary: 'What has no known price, of all tenants, and why',
    description:
      'The largest groups first, at most 1,000. What a new version of a price list has a price for is priced within seconds.',
  })
  @ApiOkResponse({ type: [UnpricedLine] })
  listUnpriced(): Promise<UnpricedLine[]> {
    return this.queries.execute(new ListUnpriced());
  }

  @Post('rebuild')
  @HttpCode(200)
  @AdminOnly('finance')
  @ApiOperation({
    summary: 'Add a tenant’s month up again from its facts',
    description:
      'Answers how many sums were wrong. Every night those of the last days are compared; see the operations guide.',
  })
  @ApiOkResponse({ type: RebuiltView })
  rebuildUsage(
    @Caller() caller: Principal,
    @TenantId() tenantId: string,
    @Query() { month }: RebuildUsageQuery,
  ): Promise<RebuiltView> {
    return this.commands.execute(new RebuildUsage(caller, tenantId, month));
  }
}
