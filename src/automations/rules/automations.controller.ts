/** Automation routes: what follows from which event. */
import { Body, Controller, Get, HttpCode, Patch, Post, Put, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  actorOf,
  ApiPage,
  ApiProblems,
  Audited,
  Caller,
  IdParam,
  InvalidCursor,
  TenantId,
  type Page,
  type Principal,
} from '../../kernel/index.js';
import { Scope, VenueNotFound } from '../../tenants/index.js';
import { TemplateNotFound } from '../../templates/index.js';
import { AUTOMATION } from './automations.audit.js';
import {
  AutomationView,
  CreateAutomationBody,
  ListAutomationsQuery,
  PatchAutomationBody,
  ReplaceAutomationBody,
} from './automations.dto.js';
import { AutomationKeyTaken, AutomationNotFound, InvalidAutomation } from './automations.errors.js';
import { GetAutomation, ListAutomations } from './read-automations.query.js';
import { CreateAutomation, ReplaceAutomation } from './save-automation.command.js';
import { SwitchAutomation } from './switch-automation.command.js';

const INVALID = new InvalidAutomation([{ path: 'steps[0]', message: 'must do exactly one thing: send, wait, …' }]);

@ApiTags('Automations')
@Controller('api/automations')
export class AutomationsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @Scope('automations:write')
  @Audited({ action: 'automation.create', object: AUTOMATION })
  @ApiOperation({
    summary: 'Say what follows from an event',
    description: 'Checked as a whole before it is stored: its steps, its conditions, and that its templates exist.',
  })
  @ApiCreatedResponse({ type: AutomationView })
  @ApiProblems(INVALID, new TemplateNotFound(), new AutomationKeyTaken(), new VenueNotFound())
  createAutomation(
    @TenantId() tenantId: string,
    @Caller() caller: Principal,
    @Body() body: CreateAutomationBody,
  ): Promise<AutomationView> {
    return this.commands.execute(new CreateAutomation(tenantId, actorOf(caller), body));
  }

  @Get()
  @Scope('automations:read')
  @ApiOperation({ summary: 'Automations, newest first' })
  @ApiPage(AutomationView)
  @ApiProblems(new InvalidCursor())
  listAutomations(@TenantId() tenantId: string, @Query() filter: ListAutomationsQuery): Promise<Page<AutomationView>> {
    return this.queries.execute(new ListAutomations(tenantId, filter));
  }

  @Get(':id')
  @Scope('automations:read')
  @ApiOperation({ summary: 'One automation' })
  @ApiOkResponse({ type: AutomationView })
  @ApiProblems(new AutomationNotFound())
  getAutomation(@TenantId() tenantId: string, @IdParam() id: string): Promise<AutomationView> {
    return this.queries.execute(new GetAutomation(tenantId, id));
  }

  @Put(':id')
  @Scope('automations:write')
  @Audited({ action: 'automation.replace', object: AUTOMATION, param: 'id' })
  @ApiOperation({
    summary: 'Change what an automation does',
    description: 'A new version, where the definition differs. Runs go on by the version that they began with.',
  })
  @ApiOkResponse({ type: AutomationView })
  @ApiProblems(INVALID, new TemplateNotFound(), new AutomationNotFound(), new VenueNotFound())
  replaceAutomation(
    @TenantId() tenantId: string,
    @Caller() caller: Principal,
    @IdParam() id: string,
    @Body() body: ReplaceAutomationBody,
  ): Promise<AutomationView> {
    return this.commands.execute(new ReplaceAutomation(tenantId, actorOf(caller), id, body));
  }

  @Patch(':id')
  @HttpCode(200)
  @Scope('automations:write')
  @Audited({ action: 'automation.switch', object: AUTOMATION, param: 'id' })
  @ApiOperation({ summary: 'Switch an automation on or off', description: 'What runs goes on.' })
  @ApiOkResponse({ type: AutomationView })
  @ApiProblems(new AutomationNotFound())
  switchAutomation(
    @TenantId() tenantId: string,
    @IdParam() id: string,
    @Body() { enabled }: PatchAutomationBody,
  ): Promise<AutomationView> {
    return this.commands.execute(new SwitchAutomation(tenantId, id, enabled));
  }
}
