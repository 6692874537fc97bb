/** Tenant routes, with settings. */
import { Body, Controller, Get, Inject, Patch, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  AdminKeyRequired,
  AdminOnly,
  ApiPage,
  ApiProblems,
  Audited,
  Caller,
  CONFIG,
  IdParam,
  LiveOnly,
  RegionLoop,
  RegionUnavailable,
  requireOwnRegion,
  WrongRegion,
  type Page,
  type Principal,
  type ReadyConfig,
} from '../kernel/index.js';
import { Scope } from './api-keys/scopes.js';
import { CreateTenant } from './create-tenant.command.js';
import { GetTenant } from './get-tenant.query.js';
import { ListTenants } from './list-tenants.query.js';
import { ProviderNotConfigured, SlugTaken, TenantNotFound } from './tenants.errors.js';
import type { UnplacedTenant } from './tenant.view.js';
import { CreateTenantBody, ListTenantsQuery, TenantView, UpdateSettingsBody, UpdateTenantBody } from './tenants.dto.js';
import { UpdateTenant } from './update-tenant.command.js';
import { TENANT } from './tenants.audit.js';

@ApiTags('Tenants')
@Controller('api/tenants')
export class TenantsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    @Inject(CONFIG) private readonly config: Pick<ReadyConfig, 'region'>,
  ) {}

  @Post()
  @AdminOnly()
  @LiveOnly()
  @Audited({ action: 'tenant.create', object: TENANT, tenant: 'id' })
  @ApiOperation({ summary: 'Take a new tenant in' })
  @ApiCreatedResponse({ type: TenantView })
  @ApiProblems(new SlugTaken(), new WrongRegion(), new RegionUnavailable(), new RegionLoop())
  async createTenant(@Body() body: CreateTenantBody): Promise<TenantView> {
    requireOwnRegion(this.config, body.region);
    return this.placed(await this.commands.execute(new CreateTenant(body)));
  }

  @Get()
  @AdminOnly()
  @ApiOperation({ summary: 'All tenants of a region, oldest first' })
  @ApiPage(TenantView)
  @ApiProblems(new WrongRegion(), new RegionUnavailable(), new RegionLoop())
  async listTenants(@Query() query: ListTenantsQuery): Promise<Page<TenantView>> {
    requireOwnRegion(this.config, query.region);
    const { items, ...page } = await this.queries.execute(new ListTenants(query));
    return { ...page, items: items.map((tenant) => this.placed(tenant)) };
  }

  @Get(':id')
  @ApiOperation({ summary: 'One tenant with its settings' })
  @ApiOkResponse({ type: TenantView })
  @ApiProblems(new TenantNotFound())
  async getTenant(@Caller() caller: Principal, @IdParam() id: string): Promise<TenantView> {
    return this.placed(await this.queries.execute(new GetTenant(caller, id)));
  }

  @Patch(':id')
  @AdminOnly()
  @Audited({ action: 'tenant.update', object: TENANT, param: 'id', tenant: 'id' })
  @ApiOperation({ summary: 'Change a tenant’s name, time zone, currency or country' })
  @ApiOkResponse({ type: TenantView })
  @ApiProblems(new TenantNotFound())
  async updateTenant(
    @Caller() caller: Principal,
    @IdParam() id: string,
    @Body() body: UpdateTenantBody,
  ): Promise<TenantView> {
    return this.placed(await this.commands.execute(new UpdateTenant(caller, id, body)));
  }

  @Patch(':id/settings')
  @Scope('settings:write')
  @Audited({ action: 'tenant.settings', object: TENANT, param: 'id', tenant: 'id' })
  @ApiOperation({
    summary: 'Turn channels on and off, ask for opt-in, and choose providers',
    description: 'Switches take effect on messages already queued, a choice of providers on later ones.',
  })
  @ApiOkResponse({ type: TenantView })
  @ApiProblems(new TenantNotFound(), new ProviderNotConfigured('sendgrid'), new AdminKeyRequired().at('plan'))
  async updateSettings(
    @Caller() caller: Principal,
    @IdParam() id: string,
    @Body() body: UpdateSettingsBody,
  ): Promise<TenantView> {
    return this.placed(await this.commands.execute(new UpdateTenant(caller, id, body)));
  }

  private placed(tenant: UnplacedTenant): TenantView {
    return { ...tenant, region: this.config.region ?? null };
  }
}
