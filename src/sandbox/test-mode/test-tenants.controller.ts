/** The route by which a live deployment has a tenant made here, as its first test key is asked for. */
import { Body, Controller, HttpCode, Put } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { AdminOnly, Audited, IdParam } from '../../kernel/index.js';
import { CreateTenantBody, TENANT } from '../../tenants/index.js';
import { TestTenants } from './test-tenants.js';

@ApiExcludeController()
@AdminOnly()
@Controller('api/test-tenants')
export class TestTenantsController {
  constructor(private readonly tenants: TestTenants) {}

  @Put(':id')
  @HttpCode(204)
  @Audited({ action: 'tenant.create', object: TENANT, param: 'id', tenant: 'id' })
  open(@IdParam() id: string, @Body() body: CreateTenantBody): Promise<void> {
    return this.tenants.open(id, body);
  }
}
