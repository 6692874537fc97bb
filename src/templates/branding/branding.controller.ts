/** Branding routes. */
import { Body, Controller, Get, Put } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, Audited, Caller, TenantId, actorOf, type Principal } from '../../kernel/index.js';
import { Scope } from '../../tenants/index.js';
import { InvalidTemplate } from '../template.errors.js';
import { BrandingView, PutBrandingBody } from './branding.dto.js';
import { GetBranding } from './get-branding.query.js';
import { PutBranding } from './put-branding.command.js';

@ApiTags('Templates')
@Controller('api/branding')
export class BrandingController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @Scope('templates:read')
  @ApiOperation({ summary: 'What `brand` stands for in the tenant’s templates' })
  @ApiOkResponse({ type: BrandingView })
  getBranding(@TenantId() tenantId: string): Promise<BrandingView> {
    return this.queries.execute(new GetBranding(tenantId));
  }

  @Put()
  @Scope('templates:write')
  @Audited({ action: 'branding.update', details: ['republish'] })
  @ApiOperation({
    summary: 'Change what `brand` stands for',
    description:
      'In versions published from now on: each keeps the branding that it was published with. With `republish`, every template that reads it gets a new version.',
  })
  @ApiOkResponse({ type: BrandingView })
  @ApiProblems(
    new InvalidTemplate([{ path: 'templates.order.brand.color', message: 'the branding has no `brand.color`' }]),
  )
  putBranding(
    @TenantId() tenantId: string,
    @Caller() caller: Principal,
    @Body() body: PutBrandingBody,
  ): Promise<BrandingView> {
    return this.commands.execute(new PutBranding(tenantId, actorOf(caller), body));
  }
}
