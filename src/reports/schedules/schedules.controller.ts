/** Routes of scheduled reports. */
import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import {
  ApiAcceptedResponse,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import {
  ApiPage,
  ApiProblems,
  Audited,
  IdParam,
  InvalidCursor,
  PageQuery,
  TenantId,
  type Page,
} from '../../kernel/index.js';
import { NoticeEmailMissing } from '../../notices/index.js';
import { Scope, VenueNotFound } from '../../tenants/index.js';
import { ListReportSchedules } from './list-schedules.query.js';
import { CreateReportSchedule, DeleteReportSchedule, UpdateReportSchedule } from './save-schedule.command.js';
import { REPORT_SCHEDULE } from './schedules.audit.js';
import {
  CreateReportScheduleBody,
  ReportScheduleView,
  TestedReportView,
  UpdateReportScheduleBody,
} from './schedules.dto.js';
import { ReportScheduleNotFound } from './schedules.errors.js';
import { TestReportSchedule } from './test-schedule.command.js';

@ApiTags('Reports')
@Controller('api/report-schedules')
export class ReportSchedulesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @Scope('usage:read')
  @ApiOperation({ summary: 'Reports that are sent by email, newest first' })
  @ApiPage(ReportScheduleView)
  @ApiProblems(new InvalidCursor())
  listReportSchedules(@TenantId() tenantId: string, @Query() page: PageQuery): Promise<Page<ReportScheduleView>> {
    return this.queries.execute(new ListReportSchedules(tenantId, page));
  }

  @Post()
  @Scope('settings:write')
  @Audited({ action: 'report_schedule.create', object: REPORT_SCHEDULE })
  @ApiOperation({
    summary: 'Have a report sent by email every day, week or month',
    description:
      'At an hour of the tenant’s time zone. The email has up to 100 lines, the total, and where the CSV is.',
  })
  @ApiCreatedResponse({ type: ReportScheduleView })
  @ApiProblems(new VenueNotFound(), new NoticeEmailMissing())
  createReportSchedule(
    @TenantId() tenantId: string,
    @Body() body: CreateReportScheduleBody,
  ): Promise<ReportScheduleView> {
    return this.commands.execute(new CreateReportSchedule(tenantId, body));
  }

  @Patch(':id')
  @HttpCode(200)
  @Scope('settings:write')
  @Audited({ action: 'report_schedule.update', object: REPORT_SCHEDULE, param: 'id' })
  @ApiOperation({ summary: 'Change a scheduled report, or stop it', description: 'What is left out stays as it is.' })
  @ApiOkResponse({ type: ReportScheduleView })
  @ApiProblems(new ReportScheduleNotFound(), new VenueNotFound(), new NoticeEmailMissing())
  updateReportSchedule(
    @TenantId() tenantId: string,
    @IdParam() id: string,
    @Body() body: UpdateReportScheduleBody,
  ): Promise<ReportScheduleView> {
    return this.commands.execute(new UpdateReportSchedule(tenantId, id, body));
  }

  @Delete(':id')
  @HttpCode(204)
  @Scope('settings:write')
  @Audited({ action: 'report_schedule.delete', object: REPORT_SCHEDULE, param: 'id' })
  @ApiOperation({ summary: 'Remove a scheduled report' })
  @ApiNoContentResponse()
  @ApiProblems(new ReportScheduleNotFound())
  deleteReportSchedule(@TenantId() tenantId: string, @IdParam() id: string): Promise<void> {
    return this.commands.execute(new DeleteReportSchedule(tenantId, id));
  }

  @Post(':id/test')
  @HttpCode(202)
  @Scope('settings:write')
  @Audited({ action: 'report_schedule.test', object: REPORT_SCHEDULE, param: 'id' })
  @ApiOperation({
    summary: 'Send a scheduled report now',
    description: 'As if it were due today. When it is due stays as it is.',
  })
  @ApiAcceptedResponse({ type: TestedReportView })
  @ApiProblems(new ReportScheduleNotFound())
  testReportSchedule(@TenantId() tenantId: string, @IdParam() id: string): Promise<TestedReportView> {
    return this.commands.execute(new TestReportSchedule(tenantId, id));
  }
}
