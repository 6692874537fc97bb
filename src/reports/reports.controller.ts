/** Report routes: figures as JSON, a page at a time, or all of them as CSV. */
import { applyDecorators, Controller, Get, HttpCode, Post, Query, StreamableFile, type Type } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { AdminOnly, ApiProblems, Caller, InvalidCursor, TenantId, type Principal } from '../kernel/index.js';
import { Scope } from '../tenants/index.js';
import { ExportReport, ReadReport, type ReportPage } from './read-report.query.js';
import { RebuildReports } from './rebuild-reports.command.js';
import type { ReportName } from './report.js';
import {
  CostLine,
  DeliveryLine,
  EngagementLine,
  FailuresLine,
  FailuresQuery,
  LatencyLine,
  LatencyQuery,
  RebuildReportsQuery,
  RebuiltReportsView,
  ReportFrame,
  UsageReportQuery,
} from './reports.dto.js';

/** A report in one of its forms. */
type Answer = Promise<ReportPage | StreamableFile>;

/** Documents a report of such lines. */
function ApiReport(line: Type<unknown>, csv: string): MethodDecorator {
  const $ref = getSchemaPath(line);
  const lines = { total: { $ref }, items: { type: 'array', items: { $ref } } } as const;
  return applyDecorators(
    ApiExtraModels(ReportFrame, line),
    ApiOkResponse({
      content: {
        'application/json': {
          schema: {
            allOf: [
              { $ref: getSchemaPath(ReportFrame) },
              { type: 'object', required: ['total', 'items'], properties: lines },
            ],
          },
        },
        'text/csv': { schema: { type: 'string' }, example: csv },
      },
    }),
    ApiProblems(new InvalidCursor()),
  );
}

@ApiTags('Reports')
@Controller('api/reports')
export class ReportsController {
  constructor(
    private readonly queries: QueryBus,
    private readonly commands: CommandBus,
  ) {}

  @Get('delivery')
  @Scope('usage:read')
  @ApiOperation({ summary: 'Messages that were sent, delivered, failed and stopped' })
  @ApiReport(
    DeliveryLine,
    'day,messages,segments,delivered,failed,stopped,delivery_rate,failure_rate\n2026-11-29,1042,1310,1020,12,10,0.9789,0.0116\n',
  )
  getDelivery(@Caller() caller: Principal, @TenantId() tenantId: string, @Query() query: UsageReportQuery): Answer {
    return this.answer('delivery', caller, tenantId, query);
  }

  @Get('engagement')
  @Scope('usage:read')
  @ApiOperation({
    summary: 'Messages that were opened, clicked, answered and read, and after which people unsubscribed',
    description: 'What machines did is told apart: privacy proxies, previews, and scanners of links.',
  })
  @ApiReport(
    EngagementLine,
    'day,delivered,opened,clicked,answered,open_rate,click_rate,click_to_open_rate,answer_rate,read,unsubscribed,unsubscribe_rate,machine_opened,machine_clicked\n2026-11-29,1020,410,96,8,0.402,0.0941,0.2341,0.0078,0,2,0.002,120,31\n',
  )
  getEngagement(@Caller() caller: Principal, @TenantId() tenantId: string, @Query() query: UsageReportQuery): Answer {
    return this.answer('engagement', caller, tenantId, query);
  }

  @Get('cost')
  @Scope('usage:read')
  @ApiOperation({
    summary: 'What messages are charged, in all and for each that was delivered',
    description: 'With the admin key also what they cost. The CSV has a row for each currency of a line.',
  })
  @ApiReport(
    CostLine,
    'day,messages,delivered,received,currency,charge_micros,charge_per_delivered_micros,without_charge\n2026-11-29,1042,1020,31,EUR,8290000,8127,0\n',
  )
  getCost(@Caller() caller: Principal, @TenantId() tenantId: string, @Query() query: UsageReportQuery): Answer {
    return this.answer('cost', caller, tenantId, query);
  }

  @Get('failures')
  @Scope('usage:read')
  @ApiOperation({
    summary: 'Why messages did not arrive',
    description: 'Each message once, under its last end. One that turns out to have arrived is taken out again.',
  })
  @ApiReport(FailuresLine, 'kind,reason,code,messages\nundelivered,provider_report,30003,12\n')
  getFailures(@Caller() caller: Principal, @TenantId() tenantId: string, @Query() query: FailuresQuery): Answer {
    return this.answer('failures', caller, tenantId, query);
  }

  @Get('latency')
  @Scope('usage:read')
  @ApiOperation({ summary: 'How long messages took to a provider, and from there to the person' })
  @ApiReport(LatencyLine, 'day,to_provider_messages,to_provider_p50_ms,…\n2026-11-29,1042,420,…\n')
  getLatency(@Caller() caller: Principal, @TenantId() tenantId: string, @Query() query: LatencyQuery): Answer {
    return this.answer('latency', caller, tenantId, query);
  }

  @Post('rebuild')
  @HttpCode(200)
  @AdminOnly()
  @ApiOperation({
    summary: 'Add failures and latencies of a tenant’s month up again from their facts',
    description:
      'Answers how many sums were wrong. Those of the other reports are usage’s: `POST /api/usage/rebuild`. Every night those of the last days are compared.',
  })
  @ApiOkResponse({ type: RebuiltReportsView })
  rebuildReports(
    @Caller() caller: Principal,
    @TenantId() tenantId: string,
    @Query() { month }: RebuildReportsQuery,
  ): Promise<RebuiltReportsView> {
    return this.commands.execute(new RebuildReports(caller, tenantId, month));
  }

  private async answer(
    name: ReportName,
    caller: Principal,
    tenantId: string,
    { format, ...wish }: UsageReportQuery | FailuresQuery | LatencyQuery,
  ): Answer {
    if (format === 'json') return this.queries.execute(new ReadReport(name, caller, tenantId, wish));
    const csv = await this.queries.execute(new ExportReport(name, caller, tenantId, wish));
    return new StreamableFile(csv, {
      type: 'text/csv; charset=utf-8',
      disposition: `attachment; filename="${name}.csv"`,
    });
  }
}
