/** Routes of the audit log. */
import { Controller, Get, Query, StreamableFile } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { AnyTenantId, ApiPage, ApiProblems, InvalidCursor, PageQuery, type Page } from '../kernel/index.js';
import { Scope } from '../tenants/index.js';
import { AuditHeadView, AuditView, ExportAuditQuery, ListAuditQuery } from './audit.dto.js';
import { ExportAudit } from './export-audit.query.js';
import { ListAudit } from './list-audit.query.js';
import { ListAuditHeads } from './list-audit-heads.query.js';

const MEDIA_TYPES = { jsonl: 'application/jsonl', csv: 'text/csv; charset=utf-8' } as const;

@ApiTags('Operator’s desk')
@Scope('desk:read')
@Controller('api/audit')
export class AuditController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @ApiOperation({ summary: 'Who changed what, newest first' })
  @ApiPage(AuditView)
  @ApiProblems(new InvalidCursor())
  listAudit(@AnyTenantId() tenantId: string | undefined, @Query() query: ListAuditQuery): Promise<Page<AuditView>> {
    return this.queries.execute(new ListAudit(tenantId, query));
  }

  @Get('heads')
  @ApiOperation({
    summary: 'Where the chains of the audit log end',
    description:
      'Keep them elsewhere, as anchors: whatever is altered or cut off before such an end is told by `npm run callboard -- audit verify --anchor`.',
  })
  @ApiPage(AuditHeadView)
  @ApiProblems(new InvalidCursor())
  listAuditHeads(@AnyTenantId() tenantId: string | undefined, @Query() page: PageQuery): Promise<Page<AuditHeadView>> {
    return this.queries.execute(new ListAuditHeads(tenantId, page));
  }

  @Get('export')
  @ApiOperation({
    summary: 'The audit log as a file, oldest first',
    description:
      'JSON Lines holds what is hashed of each record, with `previousHash` and `hash`: `npm run callboard -- audit verify --file` checks it without the database. It is streamed.',
  })
  @ApiProduces('application/jsonl', 'text/csv')
  @ApiOkResponse({
    content: {
      'application/jsonl': {
        schema: { type: 'string' },
        example:
          '{"seq":1,"id":"0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12","at":"2026-11-28T18:04:11.204117Z","actor":"admin","origin":"public","tenantId":null,"action":"lane.wake","objectKind":"lane","objectId":"0199f3a0-9e4f-7c55-a1b2-c3d4e5f60718","details":{},"previousHash":"…","hash":"…"}\n',
      },
      'text/csv': {
        schema: { type: 'string' },
        example: 'seq,id,at,actor,origin,tenant_id,action,object_kind,object_id,details,previous_hash,hash\n',
      },
    },
  })
  async exportAudit(
    @AnyTenantId() tenantId: string | undefined,
    @Query() query: ExportAuditQuery,
  ): Promise<StreamableFile> {
    const { format } = query;
    const records = await this.queries.execute(new ExportAudit(tenantId, query));
    return new StreamableFile(records, {
      type: MEDIA_TYPES[format],
      disposition: `attachment; filename="audit.${format}"`,
    });
  }
}
