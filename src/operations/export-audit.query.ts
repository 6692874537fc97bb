/** Streams the audit log as JSON Lines or CSV. */
import { pipeline, type Readable } from 'node:stream';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { stringify } from 'csv-stringify';
import { Audit, Replica, streamOf, type AuditFilter, type AuditRecord } from '../kernel/index.js';
import type { ExportAuditQuery } from './audit.dto.js';
import { filterOf } from './list-audit.query.js';

/** Records read at a time. */
const PAGE = 2_000;

const COLUMNS: readonly (readonly [key: keyof AuditRecord, header: string])[] = [
  ['seq', 'seq'],
  ['id', 'id'],
  ['at', 'at'],
  ['actor', 'actor'],
  ['origin', 'origin'],
  ['tenantId', 'tenant_id'],
  ['action', 'action'],
  ['objectKind', 'object_kind'],
  ['objectId', 'object_id'],
  ['details', 'details'],
  ['previousHash', 'previous_hash'],
  ['hash', 'hash'],
];

export class ExportAudit extends Query<Readable> {
  constructor(
    readonly tenantId: string | undefined,
    readonly query: ExportAuditQuery,
  ) {
    super();
  }
}

@QueryHandler(ExportAudit)
export class ExportAuditHandler implements IQueryHandler<ExportAudit> {
  constructor(
    private readonly audit: Audit,
    private readonly replica: Replica,
  ) {}

  /** Oldest first, read from the database as fast as it is taken. */
  execute({ tenantId, query }: ExportAudit): Promise<Readable> {
    const records = this.records(filterOf(tenantId, query));
    if (query.format === 'jsonl') return Promise.resolve(streamOf(lines(records)));
    const csv = stringify({
      header: true,
      columns: COLUMNS.map(([key, header]) => ({ key, header })),
      escape_formulas: true,
    });
    pipeline(streamOf(records), csv, () => undefined); // a reader that goes away ends it; an error ends the response
    return Promise.resolve(csv);
  }

  private async *records(filter: AuditFilter): AsyncGenerator<AuditRecord> {
    for (let above: string | undefined; ;) {
      const from = above;
      const records = await this.replica.read(() => this.audit.after(filter, from, PAGE));
      yield* records;
      above = records.at(-1)?.id;
      if (records.length < PAGE) return;
    }
  }
}

async function* lines(records: AsyncIterable<AuditRecord>): AsyncGenerator<string> {
  for await (const record of records) yield `${JSON.stringify(record)}\n`;
}
