/** Usage routes. */
import { Controller, Get, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { TenantId } from '../../kernel/index.js';
import { Scope } from '../../tenants/index.js';
import { GetUsage } from './get-usage.query.js';
import { UsageQuery, UsageView } from './usage.dto.js';

@ApiTags('Usage')
@Controller('api/usage')
export class UsageController {
  constructor(private readonly queries: QueryBus) {}

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
}
