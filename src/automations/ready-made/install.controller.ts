/** The route that installs ready-made automations. */
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { actorOf, ApiProblems, Audited, Caller, TenantId, type Principal } from '../../kernel/index.js';
import { Scope, VenueNotFound } from '../../tenants/index.js';
import { InstallAutomations } from './install-automations.command.js';
import { InstallBody, InstalledView } from './install.dto.js';

@ApiTags('Automations')
@Controller('api/automations/install')
export class InstallController {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(200)
  @Scope('automations:write')
  @Audited({ action: 'automation.install', details: ['keys', 'languages', 'enabled'] })
  @ApiOperation({
    summary: 'Install the ready-made automations',
    description:
      'Order and registration confirmations, reminders, waiting list, changes, alerts and feedback, with their templates. What has the same key is left as it is: change it as your own.',
  })
  @ApiOkResponse({ type: InstalledView })
  @ApiProblems(new VenueNotFound())
  installAutomations(
    @TenantId() tenantId: string,
    @Caller() caller: Principal,
    @Body() body: InstallBody,
  ): Promise<InstalledView> {
    return this.commands.execute(new InstallAutomations(tenantId, actorOf(caller), body));
  }
}
