/** Suppression routes: addresses that must not be written to. */
import { Controller, Delete, Get, HttpCode, Param, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiPage, ApiProblems, Audited, InvalidCursor, TenantId, type Page } from '../../kernel/index.js';
import { ADDRESS_PROBLEMS, Scope } from '../../tenants/index.js';
import { SuppressionNotFound } from '../consent.errors.js';
import { LiftSuppression } from './lift-suppression.command.js';
import { ListSuppressions } from './list-suppressions.query.js';
import { SuppressionPath, SuppressionView, SuppressionsQuery } from './suppressions.dto.js';

@ApiTags('Consent')
@Controller('api/suppressions')
export class SuppressionsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @Scope('consent:read')
  @ApiOperation({ summary: 'Addresses that must not be written to, by channel and address' })
  @ApiPage(SuppressionView)
  @ApiProblems(...ADDRESS_PROBLEMS, new InvalidCursor())
  listSuppressions(@TenantId() tenantId: string, @Query() query: SuppressionsQuery): Promise<Page<SuppressionView>> {
    return this.queries.execute(new ListSuppressions(tenantId, query));
  }

  @Delete(':channel/:address')
  @HttpCode(204)
  @Scope('consent:write')
  @Audited({ action: 'suppression.lift', details: ['channel'] })
  @ApiOperation({ summary: 'Let an address be written to again', description: 'Its consent stays as it is.' })
  @ApiNoContentResponse()
  @ApiProblems(new SuppressionNotFound(), ...ADDRESS_PROBLEMS)
  async liftSuppression(@TenantId() tenantId: string, @Param() { channel, address }: SuppressionPath): Promise<void> {
    await this.commands.execute(new LiftSuppression(tenantId, channel, address));
  }
}
