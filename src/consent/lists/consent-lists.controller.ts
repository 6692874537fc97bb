/** Lists of decisions: import, dry run, list and export. */
import { Controller, Get, HttpCode, Param, Post, Query, StreamableFile } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import {
  actorOf,
  ApiPage,
  ApiProblems,
  BodyStream,
  Caller,
  InvalidCursor,
  StreamedBody,
  TenantId,
  type Page,
  type Principal,
  type StreamedRequestBody,
} from '../../kernel/index.js';
import { ListInterrupted, ListUnreadable, TooManyLists } from '../../lists/index.js';
import { ApiVenueParam, Scope, VenueNotFound } from '../../tenants/index.js';
import {
  CONSENT_LIST_BODY,
  ConsentExportQuery,
  ConsentListPreview,
  ConsentListQuery,
  ConsentListView,
  ConsentStatesQuery,
  ConsentStateView,
} from './consent-list.dto.js';
import { ImportConsentList, PreviewConsentList } from './import-consent-list.command.js';
import { ExportConsent, ListConsent } from './list-consent.query.js';

@ApiTags('Consent')
@Controller('api/consent/:venueId')
export class ConsentListsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post('import')
  @HttpCode(200)
  @Scope('consent:write')
  @ApiVenueParam()
  @StreamedBody(CONSENT_LIST_BODY)
  @ApiOperation({
    summary: 'Record the decisions of a list of any length',
    description: `Each row has an address, and may have its own channel, status, source and time; the query says what holds for the others.
A row that is wrong is listed in \`errors\`, and stops no other. Sent again, decisions that give their time are not recorded twice.`,
  })
  @ApiOkResponse({ type: ConsentListView })
  @ApiProblems(new VenueNotFound(), new ListUnreadable(), new TooManyLists(2), new ListInterrupted())
  importList(
    @TenantId() tenantId: string,
    @Param('venueId') venueId: string,
    @Query() query: ConsentListQuery,
    @BodyStream() body: StreamedRequestBody,
    @Caller() caller: Principal,
  ): Promise<ConsentListView> {
    return this.commands.execute(new ImportConsentList(tenantId, venueId, body, query, actorOf(caller)));
  }

  @Post('import/dry-run')
  @HttpCode(200)
  @Scope('consent:write')
  @ApiVenueParam()
  @StreamedBody(CONSENT_LIST_BODY)
  @ApiOperation({ summary: 'What an import of decisions would record and refuse; nothing is written' })
  @ApiOkResponse({ type: ConsentListPreview })
  @ApiProblems(new VenueNotFound(), new ListUnreadable(), new TooManyLists(2))
  previewList(
    @TenantId() tenantId: string,
    @Param('venueId') venueId: string,
    @Query() query: ConsentListQuery,
    @BodyStream() body: StreamedRequestBody,
  ): Promise<ConsentListPreview> {
    return this.commands.execute(new PreviewConsentList(tenantId, venueId, body, query));
  }

  @Get()
  @Scope('consent:read')
  @ApiVenueParam()
  @ApiOperation({ summary: 'The decisions in force at a venue, by channel and address' })
  @ApiPage(ConsentStateView)
  @ApiProblems(new VenueNotFound(), new InvalidCursor())
  list(
    @TenantId() tenantId: string,
    @Param('venueId') venueId: string,
    @Query() query: ConsentStatesQuery,
  ): Promise<Page<ConsentStateView>> {
    return this.queries.execute(new ListConsent(tenantId, venueId, query));
  }

  @Get('export')
  @Scope('consent:read')
  @ApiVenueParam()
  @ApiOperation({
    summary: 'All decisions in force at a venue, as CSV',
    description: 'In the form that an import takes. What changes meanwhile may be in it or not.',
  })
  @ApiProduces('text/csv')
  @ApiOkResponse({
    content: {
      'text/csv': {
        schema: { type: 'string' },
        example:
          'address,channel,status,category,source,occurred_at,updated_at\n+491713920001,sms,opted_in,,checkout,2026-01-31T10:30:00.000Z,2026-01-31T10:30:01.000Z\n',
      },
    },
  })
  @ApiProblems(new VenueNotFound())
  async export(
    @TenantId() tenantId: string,
    @Param('venueId') venueId: string,
    @Query() query: ConsentExportQuery,
  ): Promise<StreamableFile> {
    const rows = await this.queries.execute(new ExportConsent(tenantId, venueId, query));
    return new StreamableFile(rows, {
      type: 'text/csv; charset=utf-8',
      disposition: 'attachment; filename="consent.csv"',
    });
  }
}
