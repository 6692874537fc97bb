/** Routes of daily caps. */
import { Body, Controller, Get, Put } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AdminKeyRequired, ApiProblems, Caller, TenantId, type Principal } from '../../kernel/index.js';
import { NoticeEmailMissing, NoticeSecretMissing, NoticeUrlForbidden } from '../../notices/index.js';
import { Scope } from '../../tenants/index.js';
import { DailyCapsView, PutDailyCapBody } from './daily-caps.dto.js';
import { GetDailyCaps } from './get-daily-caps.query.js';
import { PutDailyCap } from './put-daily-cap.command.js';

@ApiTags('Budgets')
@Controller('api/daily-caps')
export class DailyCapsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @Scope('usage:read')
  @ApiOperation({ summary: 'The tenant’s daily caps, and what the day has used of them' })
  @ApiOkResponse({ type: DailyCapsView })
  getDailyCaps(@TenantId() tenantId: string): Promise<DailyCapsView> {
    return this.queries.execute(new GetDailyCaps(tenantId));
  }

  @Put()
  @Scope('settings:write')
  @ApiOperation({
    summary: 'Put a daily cap for a channel and a category',
    description: `Messages beyond it wait as \`over_daily_cap\`, and campaigns are held: until it is raised, or the tenant’s next day begins. It counts
within a second. What the admin key has put is changed by the admin key alone. Answers all caps.`,
  })
  @ApiOkResponse({ type: DailyCapsView })
  @ApiProblems(new AdminKeyRequired(), new NoticeUrlForbidden(), new NoticeSecretMissing(), new NoticeEmailMissing())
  async putDailyCap(
    @Caller() caller: Principal,
    @TenantId() tenantId: string,
    @Body() body: PutDailyCapBody,
  ): Promise<DailyCapsView> {
    await this.commands.execute(new PutDailyCap(caller, tenantId, body));
    return this.queries.execute(new GetDailyCaps(tenantId));
  }
}
