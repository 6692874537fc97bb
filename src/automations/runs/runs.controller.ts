/** Routes about runs of automations: what would happen, and what did. */
import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiPage, ApiProblems, IdParam, InvalidCursor, TenantId, type Page } from '../../kernel/index.js';
import { HostDataNotConfigured, HostDataUnavailable } from '../../host-data/index.js';
import { Scope, VenueNotFound } from '../../tenants/index.js';
import { AutomationNotFound, RunNotFound } from '../rules/automations.errors.js';
import { DryRunAutomation } from './dry-run.query.js';
import { GetRun, ListRuns } from './read-runs.query.js';
import { DryRunBody, DryRunView, ListRunsQuery, RunView } from './runs.dto.js';

@ApiTags('Automations')
@Controller('api')
export class RunsController {
  constructor(private readonly queries: QueryBus) {}

  @Post('automations/:id/dry-run')
  @HttpCode(200)
  @Scope('automations:read')
  @ApiOperation({
    summary: 'See what an automation would do after a sample event',
    description: 'What would be sent, when, and why not. Nothing is sent or stored.',
  })
  @ApiOkResponse({ type: DryRunView })
  @ApiProblems(
    new AutomationNotFound(),
    new VenueNotFound(),
    new HostDataNotConfigured(),
    new HostDataUnavailable('sql 57P03'),
  )
  dryRun(@TenantId() tenantId: string, @IdParam() id: string, @Body() body: DryRunBody): Promise<DryRunView> {
    return this.queries.execute(new DryRunAutomation(tenantId, id, body));
  }

  @Get('automation-runs')
  @Scope('automations:read')
  @ApiOperation({ summary: 'Runs of automations, newest first' })
  @ApiPage(RunView)
  @ApiProblems(new InvalidCursor())
  listRuns(@TenantId() tenantId: string, @Query() filter: ListRunsQuery): Promise<Page<RunView>> {
    return this.queries.execute(new ListRuns(tenantId, filter));
  }

  @Get('automation-runs/:id')
  @Scope('automations:read')
  @ApiOperation({ summary: 'One run: what it did, and why it did not' })
  @ApiOkResponse({ type: RunView })
  @ApiProblems(new RunNotFound())
  getRun(@TenantId() tenantId: string, @IdParam() id: string): Promise<RunView> {
    return this.queries.execute(new GetRun(tenantId, id));
  }
}
