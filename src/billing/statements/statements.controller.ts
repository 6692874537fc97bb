/** Statement routes. */
import { Controller, Get, HttpCode, Post, Query, Res, StreamableFile } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import {
  actorOf,
  AdminOnly,
  ApiPage,
  ApiProblems,
  Audited,
  Caller,
  InvalidCursor,
  PageQuery,
  TenantId,
  type Page,
  type Principal,
} from '../../kernel/index.js';
import { Scope } from '../../tenants/index.js';
import { CloseMonth } from './close-month.command.js';
import { STATEMENT_PAGE_POLICY } from './statement-page.js';
import { STATEMENT } from './statements.audit.js';
import {
  ApiMonthParam,
  CloseMonthView,
  ClosingView,
  MonthParam,
  StatementExportQuery,
  StatementSummary,
  StatementView,
  summaryOf,
  type StatementFormat,
} from './statements.dto.js';
import { MonthNotNext, MonthNotOver, StatementNotFound, StatementTooLong, UsageBehind } from './statements.errors.js';
import { ExportStatement, GetStatement, ListClosing, ListStatements } from './statements.query.js';

const TYPES: Readonly<Record<StatementFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  html: 'text/html; charset=utf-8',
  pdf: 'application/pdf',
  json: 'application/json; charset=utf-8',
};
const FILE = { schema: { type: 'string', format: 'binary' } } as const;

@ApiTags('Statements')
@Controller('api/statements')
export class StatementsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @Scope('usage:read')
  @ApiOperation({ summary: 'The tenant’s statements, newest first' })
  @ApiPage(StatementSummary)
  @ApiProblems(new InvalidCursor())
  listStatements(@TenantId() tenantId: string, @Query() page: PageQuery): Promise<Page<StatementSummary>> {
    return this.queries.execute(new ListStatements(tenantId, page));
  }

  @Get('closing')
  @AdminOnly('finance')
  @ApiOperation({
    summary: 'Of all tenants, the month that is closed next, and what it comes to so far',
    description: 'Tenants without anything to bill, ever, are absent.',
  })
  @ApiPage(ClosingView)
  @ApiProblems(new InvalidCursor())
  listClosing(@Query() page: PageQuery): Promise<Page<ClosingView>> {
    return this.queries.execute(new ListClosing(page));
  }

  @Get(':month')
  @Scope('usage:read')
  @ApiMonthParam()
  @ApiOperation({ summary: 'A statement with its lines' })
  @ApiOkResponse({ type: StatementView })
  @ApiProblems(new StatementNotFound())
  getStatement(@TenantId() tenantId: string, @MonthParam() month: string): Promise<StatementView> {
    return this.queries.execute(new GetStatement(tenantId, month));
  }

  @Get(':month/export')
  @Scope('usage:read')
  @ApiMonthParam()
  @ApiOperation({
    summary: 'A statement as CSV, as a page to print, as PDF, or as the JSON that its hash is of',
    description: 'The same file each time. Amounts in CSV and JSON are exact decimal text.',
  })
  @ApiProduces('text/csv', 'text/html', 'application/pdf', 'application/json')
  @ApiOkResponse({
    content: {
      'text/csv': { schema: { type: 'string' }, example: 'kind,month,channel,…\r\nusage,2026-10,sms,…\r\n' },
      'text/html': { schema: { type: 'string' } },
      'application/pdf': FILE,
      'application/json': { schema: { type: 'object', additionalProperties: true } },
    },
  })
  @ApiProblems(new StatementNotFound(), new StatementTooLong())
  async exportStatement(
    @TenantId() tenantId: string,
    @MonthParam() month: string,
    @Query() query: StatementExportQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const file = await this.queries.execute(new ExportStatement(tenantId, month, query));
    const { format } = query;
    if (format === 'html') void reply.header('content-security-policy', STATEMENT_PAGE_POLICY);
    void reply.header('x-content-type-options', 'nosniff');
    return new StreamableFile(file, {
      type: TYPES[format],
      disposition: `${format === 'html' ? 'inline' : 'attachment'}; filename="statement-${month}.${format}"`,
    });
  }

  @Post(':month/close')
  @HttpCode(200)
  @AdminOnly('finance')
  @ApiMonthParam()
  @Audited({ action: 'statement.close', object: STATEMENT })
  @ApiOperation({
    summary: 'Close a month that has ended, without waiting for the rest of its grace period',
    description:
      'A month that is closed stays as it is (`isNew: false`). What becomes known later is on the next statement.',
  })
  @ApiOkResponse({ type: CloseMonthView })
  @ApiProblems(new MonthNotNext('2026-09'), new MonthNotOver(new Date('2026-11-01T00:00:00Z')), new UsageBehind())
  async closeMonth(
    @Caller() caller: Principal,
    @TenantId() tenantId: string,
    @MonthParam() month: string,
  ): Promise<CloseMonthView> {
    const { statement, isNew } = await this.commands.execute(new CloseMonth(tenantId, month, actorOf(caller)));
    return { ...summaryOf(statement), isNew };
  }
}
