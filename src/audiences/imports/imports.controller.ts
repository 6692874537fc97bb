/** Import routes: contacts into an audience, and the results. */
import { Controller, Get, HttpCode, Post, Query, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import {
  actorOf,
  ApiPage,
  ApiProblems,
  BodyStream,
  Caller,
  IdParam,
  InvalidCursor,
  MissingScope,
  PageQuery,
  requireScope,
  StreamedBody,
  TenantId,
  type Page,
  type Principal,
  type StreamedRequestBody,
} from '../../kernel/index.js';
import { ListInterrupted, ListUnreadable, TooManyLists } from '../../lists/index.js';
import { Scope, VenueNotFound } from '../../tenants/index.js';
import { AudienceNotFound } from '../audience.errors.js';
import { ImportContacts } from './import-contacts.command.js';
import {
  ContactImportPreview,
  ContactImportView,
  IMPORT_BODY,
  ImportContactsQuery,
  ImportErrorView,
} from './import.dto.js';
import { ImportNotFound, ImportTakenOver } from './import.errors.js';
import { PreviewImport } from './preview-import.command.js';
import { GetImport, ListImportErrors, ListImports } from './imports.query.js';

@ApiTags('Audiences')
@Controller('api/audiences/:id')
export class ImportsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post('contacts')
  @HttpCode(200)
  @Scope('audiences:write')
  @StreamedBody(IMPORT_BODY)
  @ApiOperation({
    summary: 'Import contacts, of which there may be millions',
    description: `Answers when all are in; meanwhile the import can be followed. Contacts are matched by address: a later row counts.
A row that is wrong is listed in the import’s errors, and stops no other. Sent again with the same \`Idempotency-Key\`, an import
that was interrupted goes on where it was, and one that is finished is answered again.`,
  })
  @ApiOkResponse({ type: ContactImportView })
  @ApiProblems(
    new AudienceNotFound(),
    new VenueNotFound().at('consentVenueId'),
    new ListUnreadable(),
    new TooManyLists(2),
  )
  @ApiProblems(new ImportTakenOver(), new ListInterrupted(), new MissingScope('consent:write'))
  async importContacts(
    @TenantId() tenantId: string,
    @IdParam() id: string,
    @Query() query: ImportContactsQuery,
    @BodyStream() body: StreamedRequestBody,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ContactImportView> {
    if (query.consentVenueId !== undefined) requireScope(caller, 'consent:write');
    const { view, isReplay } = await this.commands.execute(
      new ImportContacts(tenantId, id, body, query, actorOf(caller)),
    );
    if (isReplay) void reply.header('idempotency-replayed', 'true');
    return view;
  }

  @Post('contacts/dry-run')
  @HttpCode(200)
  @Scope('audiences:write')
  @StreamedBody(IMPORT_BODY)
  @ApiOperation({
    summary: 'What an import would take and refuse; nothing is written',
    description:
      'Reads the whole list. Answers the columns as they are understood, the first rows, and the first errors.',
  })
  @ApiOkResponse({ type: ContactImportPreview })
  @ApiProblems(
    new AudienceNotFound(),
    new VenueNotFound().at('consentVenueId'),
    new ListUnreadable(),
    new TooManyLists(2),
  )
  previewImport(
    @TenantId() tenantId: string,
    @IdParam() id: string,
    @Query() query: ImportContactsQuery,
    @BodyStream() body: StreamedRequestBody,
  ): Promise<ContactImportPreview> {
    return this.commands.execute(new PreviewImport(tenantId, id, body, query));
  }

  @Get('imports')
  @Scope('audiences:read')
  @ApiOperation({ summary: 'The imports into an audience, newest first' })
  @ApiPage(ContactImportView)
  @ApiProblems(new AudienceNotFound(), new InvalidCursor())
  listImports(
    @TenantId() tenantId: string,
    @IdParam() id: string,
    @Query() page: PageQuery,
  ): Promise<Page<ContactImportView>> {
    return this.queries.execute(new ListImports(tenantId, id, page));
  }

  @Get('imports/:importId')
  @Scope('audiences:read')
  @ApiOperation({ summary: 'One import, also while it runs' })
  @ApiOkResponse({ type: ContactImportView })
  @ApiProblems(new AudienceNotFound(), new ImportNotFound())
  getImport(
    @TenantId() tenantId: string,
    @IdParam() id: string,
    @IdParam('importId') importId: string,
  ): Promise<ContactImportView> {
    return this.queries.execute(new GetImport(tenantId, id, importId));
  }

  @Get('imports/:importId/errors')
  @Scope('audiences:read')
  @ApiOperation({ summary: 'The first 1,000 errors of an import, in the order of its rows' })
  @ApiPage(ImportErrorView)
  @ApiProblems(new AudienceNotFound(), new ImportNotFound(), new InvalidCursor())
  listImportErrors(
    @TenantId() tenantId: string,
    @IdParam() id: string,
    @IdParam('importId') importId: string,
    @Query() page: PageQuery,
  ): Promise<Page<ImportErrorView>> {
    return this.queries.execute(new ListImportErrors(tenantId, id, importId, page));
  }
}
