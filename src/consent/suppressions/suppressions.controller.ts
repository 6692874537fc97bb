/** Suppression routes: addresses that must not be written to. */
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  ApiPage,
  ApiProblems,
  Caller,
  InvalidCursor,
  TenantId,
  type Page,
  type Principal,
} from '../../kernel/index.js';
import { ADDRESS_PROBLEMS, Scope } from '../../tenants/index.js';
import { ImportView } from '../consent.dto.js';
import { SuppressionNotFound } from '../consent.errors.js';
import { AddSuppression } from './add-suppression.command.js';
import { ImportSuppressions } from './import-suppressions.command.js';
import { LiftSuppression } from './lift-suppression.command.js';
import { ListSuppressions } from './list-suppressions.query.js';
import {
  AddSuppressionBody,
  ImportSuppressionsBody,
  SuppressionPath,
  SuppressionView,
  SuppressionsQuery,
} from './suppressions.dto.js';

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

  @Post()
  @HttpCode(200)
  @Scope('consent:write')
  @ApiOperation({
    summary: 'Let an address not be written to, whatever its consent',
    description:
      'For every venue of the tenant. Answers the suppression in force: an address that is on the list keeps its first reason and evidence.',
  })
  @ApiOkResponse({ type: SuppressionView })
  @ApiProblems(...ADDRESS_PROBLEMS)
  addSuppression(
    @TenantId() tenantId: string,
    @Caller() caller: Principal,
    @Body() body: AddSuppressionBody,
  ): Promise<SuppressionView> {
    return this.commands.execute(new AddSuppression(caller, tenantId, body));
  }

  @Post('import')
  @HttpCode(200)
  @Scope('consent:write')
  @ApiOperation({
    summary: 'Suppress up to 1,000 addresses',
    description: 'Contacts that cannot be read are answered in `errors`; the others are suppressed.',
  })
  @ApiOkResponse({ type: ImportView })
  importSuppressions(
    @TenantId() tenantId: string,
    @Caller() caller: Principal,
    @Body() body: ImportSuppressionsBody,
  ): Promise<ImportView> {
    return this.commands.execute(new ImportSuppressions(caller, tenantId, body));
  }

  @Delete(':channel/:address')
  @HttpCode(204)
  @Scope('consent:write')
  @ApiOperation({ summary: 'Let an address be written to again', description: 'Its consent stays as it is.' })
  @ApiNoContentResponse()
  @ApiProblems(new SuppressionNotFound(), ...ADDRESS_PROBLEMS)
  async liftSuppression(
    @TenantId() tenantId: string,
    @Caller() caller: Principal,
    @Param() { channel, address }: SuppressionPath,
  ): Promise<void> {
    await this.commands.execute(new LiftSuppression(caller, tenantId, channel, address));
  }
}
