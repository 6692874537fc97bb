/** Lists of suppressed addresses: import, dry run and export. */
import { Controller, Get, HttpCode, Post, Query, StreamableFile } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import {
  ApiProblems,
  BodyStream,
  Caller,
  StreamedBody,
  TenantId,
  type Principal,
  type StreamedRequestBody,
} from '../../kernel/index.js';
import { ListInterrupted, ListUnreadable, TooManyLists } from '../../lists/index.js';
import { Scope } from '../../tenants/index.js';
import { ExportSuppressions } from './export-suppressions.query.js';
import { ImportSuppressionList, PreviewSuppressionList } from './import-suppression-list.command.js';
import {
  SUPPRESSION_LIST_BODY,
  SuppressionExportQuery,
  SuppressionListPreview,
  SuppressionListQuery,
  SuppressionListView,
} from './suppression-list.dto.js';

@ApiTags('Consent')
@Controller('api/suppressions')
export class SuppressionListsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post('import/csv')
  @HttpCode(200)
  @Scope('consent:write')
  @StreamedBody(SUPPRESSION_LIST_BODY)
  @ApiOperation({
    summary: 'Suppress the addresses of a list of any length',
    description: `Such as that of a provider you come from. Each row has an address, and may have its own channel and reason; the query says what holds for
the others. A row that is wrong is listed in \`errors\`, and stops no other. The list may be sent again.`,
  })
  @ApiOkResponse({ type: SuppressionListView })
  @ApiProblems(new ListUnreadable(), new TooManyLists(2), new ListInterrupted())
  importSuppressionList(
    @TenantId() tenantId: string,
    @Caller() caller: Principal,
    @Query() query: SuppressionListQuery,
    @BodyStream() body: StreamedRequestBody,
  ): Promise<SuppressionListView> {
    return this.commands.execute(new ImportSuppressionList(caller, tenantId, body, query));
  }

  @Post('import/csv/dry-run')
  @HttpCode(200)
  @Scope('consent:write')
  @StreamedBody(SUPPRESSION_LIST_BODY)
  @ApiOperation({ summary: 'What an import of suppressed addresses would take and refuse; nothing is written' })
  @ApiOkResponse({ type: SuppressionListPreview })
  @ApiProblems(new ListUnreadable(), new TooManyLists(2))
  previewSuppressionList(
    @TenantId() tenantId: string,
    @Query() query: SuppressionListQuery,
    @BodyStream() body: StreamedRequestBody,
  ): Promise<SuppressionListPreview> {
    return this.commands.execute(new PreviewSuppressionList(tenantId, body, query));
  }

  @Get('export')
  @Scope('consent:read')
  @ApiOperation({
    summary: 'All suppressed addresses, as CSV',
    description: 'In the form that an import takes. What changes meanwhile may be in it or not.',
  })
  @ApiProduces('text/csv')
  @ApiOkResponse({
    content: {
      'text/csv': {
        schema: { type: 'string' },
        example:
          'address,channel,reason,expires_at,actor,created_at\nana@example.com,email,hard_bounce,,provider,2026-01-31T10:30:00.000Z\n',
      },
    },
  })
  async exportSuppressions(
    @TenantId() tenantId: string,
    @Query() query: SuppressionExportQuery,
  ): Promise<StreamableFile> {
    const rows = await this.queries.execute(new ExportSuppressions(tenantId, query));
    return new StreamableFile(rows, {
      type: 'text/csv; charset=utf-8',
      disposition: 'attachment; filename="suppressions.csv"',
    });
  }
}
