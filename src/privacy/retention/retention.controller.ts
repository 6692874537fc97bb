/** The route of retention. */
import { Controller, Get } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { TenantId } from '../../kernel/index.js';
import { Scope } from '../../tenants/index.js';
import { GetRetention } from './get-retention.query.js';
import { RetentionView } from './retention.dto.js';

@ApiTags('Privacy')
@Controller('api/privacy/retention')
export class RetentionController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Scope('privacy:read')
  @ApiOperation({
    summary: 'How long data are kept, and how far they have been erased',
    description: 'It is set by `PATCH /api/tenants/{id}/settings`, as `retention`.',
  })
  @ApiOkResponse({ type: RetentionView })
  getRetention(@TenantId() tenantId: string): Promise<RetentionView> {
    return this.queries.execute(new GetRetention(tenantId));
  }
}
