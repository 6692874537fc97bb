/** Routes of the guard against SMS pumping: its mode, its alarms, and ranges that are allowed. */
import { Body, Controller, Delete, Get, HttpCode, Post, Put, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ALLOWED_RANGE, PUMPING_ALARM } from '../consent/index.js';
import {
  AdminKeyRequired,
  AnyTenantId,
  ApiPage,
  ApiProblems,
  Audited,
  Caller,
  IdParam,
  InvalidCursor,
  TenantId,
  type Page,
  type Principal,
} from '../kernel/index.js';
import { NoticeEmailMissing, NoticeSecretMissing, NoticeUrlForbidden } from '../notices/index.js';
import { Scope } from '../tenants/index.js';
import { AllowRange, MOST_ALLOWED_RANGES, RemoveAllowedRange } from './allowed-ranges.command.js';
import { LiftPumpingAlarm } from './lift-pumping-alarm.command.js';
import {
  AllowedRangesView,
  AllowedRangeView,
  AllowRangeBody,
  LiftPumpingAlarmBody,
  PumpingAlarmsQuery,
  PumpingAlarmView,
  PumpingGuardView,
  PutPumpingGuardBody,
} from './pumping-guard.dto.js';
import {
  AllowedRangeNotFound,
  PumpingAlarmNotFound,
  PumpingAlarmOver,
  TooManyAllowedRanges,
} from './pumping-guard.errors.js';
import { GetPumpingGuard, ListAllowedRanges, ListPumpingAlarms } from './pumping-guard.query.js';
import { PutPumpingGuard } from './put-pumping-guard.command.js';

@ApiTags('Pumping guard')
@Controller('api')
export class PumpingGuardController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get('pumping-guard')
  @Scope('usage:read')
  @ApiOperation({ summary: 'How the tenant is guarded against SMS pumping, and who is told' })
  @ApiOkResponse({ type: PumpingGuardView })
  getPumpingGuard(@TenantId() tenantId: string): Promise<PumpingGuardView> {
    return this.queries.execute(new GetPumpingGuard(tenantId));
  }

  @Put('pumping-guard')
  @Scope('settings:write')
  @ApiOperation({
    summary: 'Say how the tenant is guarded against SMS pumping, and who is told',
    description:
      'Open alarms follow the mode at once. A mode that the admin key has put is changed by the admin key alone.',
  })
  @ApiOkResponse({ type: PumpingGuardView })
  @ApiProblems(new AdminKeyRequired(), new NoticeUrlForbidden(), new NoticeSecretMissing(), new NoticeEmailMissing())
  async putPumpingGuard(
    @Caller() caller: Principal,
    @TenantId() tenantId: string,
    @Body() body: PutPumpingGuardBody,
  ): Promise<PumpingGuardView> {
    await this.commands.execute(new PutPumpingGuard(caller, tenantId, body));
    return this.queries.execute(new GetPumpingGuard(tenantId));
  }

  @Get('pumping-alarms')
  @Scope('usage:read')
  @ApiOperation({
    summary: 'Ranges of numbers that looked like SMS pumping, newest first; with the admin key of all tenants',
  })
  @ApiPage(PumpingAlarmView)
  @ApiProblems(new InvalidCursor())
  listPumpingAlarms(
    @AnyTenantId() tenantId: string | undefined,
    @Query() query: PumpingAlarmsQuery,
  ): Promise<Page<PumpingAlarmView>> {
    return this.queries.execute(new ListPumpingAlarms(tenantId, query));
  }

  @Post('pumping-alarms/:id/lift')
  @HttpCode(200)
  @Scope('settings:write')
  @Audited({ action: 'pumping_alarm.lift', object: PUMPING_ALARM, param: 'id' })
  @ApiOperation({
    summary: 'End an alarm: it was nothing',
    description: 'Messages to its numbers are sent again. Counting begins anew: there is another alarm if it goes on.',
  })
  @ApiOkResponse({ type: PumpingAlarmView })
  @ApiProblems(new PumpingAlarmNotFound(), new PumpingAlarmOver())
  liftPumpingAlarm(
    @Caller() caller: Principal,
    @TenantId() tenantId: string,
    @IdParam() id: string,
    @Body() { note }: LiftPumpingAlarmBody,
  ): Promise<PumpingAlarmView> {
    return this.commands.execute(new LiftPumpingAlarm(caller, tenantId, id, note ?? null));
  }

  @Get('allowed-ranges')
  @Scope('usage:read')
  @ApiOperation({ summary: 'Ranges of numbers that are never suspected of SMS pumping' })
  @ApiOkResponse({ type: AllowedRangesView })
  listAllowedRanges(@TenantId() tenantId: string): Promise<AllowedRangesView> {
    return this.queries.execute(new ListAllowedRanges(tenantId));
  }

  @Post('allowed-ranges')
  @Scope('settings:write')
  @Audited({ action: 'allowed_range.put', object: ALLOWED_RANGE })
  @ApiOperation({
    summary: 'Never suspect a range of numbers',
    description: `Alarms within it end, and wider ones no longer stop its numbers. ${MOST_ALLOWED_RANGES} at the most; one that is there takes the note.`,
  })
  @ApiCreatedResponse({ type: AllowedRangeView })
  @ApiProblems(new TooManyAllowedRanges(MOST_ALLOWED_RANGES))
  allowRange(
    @Caller() caller: Principal,
    @TenantId() tenantId: string,
    @Body() body: AllowRangeBody,
  ): Promise<AllowedRangeView> {
    return this.commands.execute(new AllowRange(caller, tenantId, body));
  }

  @Delete('allowed-ranges/:id')
  @HttpCode(204)
  @Scope('settings:write')
  @Audited({ action: 'allowed_range.delete', object: ALLOWED_RANGE, param: 'id' })
  @ApiOperation({ summary: 'No longer allow a range of numbers' })
  @ApiNoContentResponse()
  @ApiProblems(new AllowedRangeNotFound())
  removeAllowedRange(@TenantId() tenantId: string, @IdParam() id: string): Promise<void> {
    return this.commands.execute(new RemoveAllowedRange(tenantId, id));
  }
}
