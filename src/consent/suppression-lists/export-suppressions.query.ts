/** Streams a tenant's suppressed addresses as CSV. */
import { pipeline, type Readable } from 'node:stream';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { streamOf } from '../../kernel/index.js';
import { csvList } from '../lists/csv-list.js';
import { suppressionView } from '../suppressions/list-suppressions.query.js';
import type { SuppressionView } from '../suppressions/suppressions.dto.js';
import { Suppressions, type SuppressionPlace } from '../suppressions/suppressions.js';
import type { SuppressionExportQuery } from './suppression-list.dto.js';

/** Rows read at a time. */
const PAGE = 2_000;

export class ExportSuppressions extends Query<Readable> {
  constructor(
    readonly tenantId: string,
    readonly query: SuppressionExportQuery,
  ) {
    super();
  }
}

@QueryHandler(ExportSuppressions)
export class ExportSuppressionsHandler implements IQueryHandler<ExportSuppressions> {
  constructor(private readonly suppressions: Suppressions) {}

  /** CSV that an import takes again, read from the database as fast as it is taken. */
  execute({ tenantId, query }: ExportSuppressions): Promise<Readable> {
    const list = csvList([
      ['address', 'address'],
      ['channel', 'channel'],
      ['reason', 'reason'],
      ['expiresAt', 'expires_at'],
      ['actor', 'actor'],
      ['createdAt', 'created_at'],
    ]);
    pipeline(streamOf(this.rows(tenantId, query)), list, () => undefined); // a reader that goes away ends it; an error ends the response
    return Promise.resolve(list);
  }

  private async *rows(tenantId: string, { channel }: SuppressionExportQuery): AsyncGenerator<SuppressionView> {
    for (let place: SuppressionPlace | undefined; ;) {
      const rows = await this.suppressions.after({ tenantId, channel }, place, PAGE);
      yield* rows.map(suppressionView);
      const last = rows.at(-1);
      if (!last || rows.length < PAGE) return;
      place = [last.channel, last.address];
    }
  }
}
