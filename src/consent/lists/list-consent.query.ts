/** Lists the decisions in force at a venue: a page, or all as CSV. */
import { pipeline, type Readable } from 'node:stream';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { decodeCursor, encodeCursor, pageOf, streamOf, type Page } from '../../kernel/index.js';
import { SenderDirectory } from '../../tenants/index.js';
import type { ConsentExportQuery, ConsentStatesQuery, ConsentStateView } from './consent-list.dto.js';
import { ConsentStates, type ConsentPlace } from './consent-states.js';
import { csvList } from './csv-list.js';

/** Rows read at a time. */
const PAGE = 2_000;

export class ListConsent extends Query<Page<ConsentStateView>> {
  constructor(
    readonly tenantId: string,
    readonly venue: string,
    readonly query: ConsentStatesQuery,
  ) {
    super();
  }
}

export class ExportConsent extends Query<Readable> {
  constructor(
    readonly tenantId: string,
    readonly venue: string,
    readonly query: ConsentExportQuery,
  ) {
    super();
  }
}

@QueryHandler(ListConsent)
export class ListConsentHandler implements IQueryHandler<ListConsent> {
  constructor(
    private readonly directory: SenderDirectory,
    private readonly states: ConsentStates,
  ) {}

  /** Raises VenueNotFound and InvalidCursor. */
  async execute({
    tenantId,
    venue,
    query: { limit, cursor, ...filter },
  }: ListConsent): Promise<Page<ConsentStateView>> {
    const venueId = await this.directory.venueOf(tenantId, venue);
    const place = cursor ? (decodeCursor(cursor, 2) as [string, string]) : undefined;
    const rows = await this.states.after({ ...filter, venueId }, place, limit + 1);
    return pageOf(
      rows,
      limit,
      ({ channel, address }) => encodeCursor(channel, address),
      (row) => row,
    );
  }
}

@QueryHandler(ExportConsent)
export class ExportConsentHandler implements IQueryHandler<ExportConsent> {
  constructor(
    private readonly directory: SenderDirectory,
    private readonly states: ConsentStates,
  ) {}

  /** CSV that an import takes again, read from the database as fast as it is taken. Raises VenueNotFound. */
  async execute({ tenantId, venue, query }: ExportConsent): Promise<Readable> {
    const venueId = await this.directory.venueOf(tenantId, venue);
    const list = csvList([
      ['address', 'address'],
      ['channel', 'channel'],
      ['status', 'status'],
      ['category', 'category'],
      ['source', 'source'],
      ['occurredAt', 'occurred_at'],
      ['updatedAt', 'updated_at'],
    ]);
    pipeline(streamOf(this.rows(venueId, query)), list, () => undefined); // a reader that goes away ends it; an error ends the response
    return list;
  }

  private async *rows(venueId: string, filter: ConsentExportQuery): AsyncGenerator<ConsentStateView> {
    for (let place: ConsentPlace | undefined; ;) {
      const rows = await this.states.after({ ...filter, venueId }, place, PAGE);
      yield* rows;
      const last = rows.at(-1);
      if (!last || rows.length < PAGE) return;
      place = [last.channel, last.address];
    }
  }
}
