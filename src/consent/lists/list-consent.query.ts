/** Lists the decisions in force at a venue: a page, or all as CSV. */
import { pipeline, Readable } from 'node:stream';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { stringify, type Stringifier } from 'csv-stringify';
import { decodeCursor, encodeCursor, pageOf, type Page } from '../../kernel/index.js';
import { SenderDirectory } from '../../tenants/index.js';
import type { ConsentExportQuery, ConsentStatesQuery, ConsentStateView } from './consent-list.dto.js';
import { ConsentStates, type ConsentPlace } from './consent-states.js';

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
    const list = csv();
    pipeline(Readable.from(this.rows(venueId, query)), list, () => undefined); // a reader that goes away ends it; an error ends the response
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

/** What a spreadsheet would take for a formula gets an apostrophe, which imports take off; a number keeps its plus. */
const csv = (): Stringifier =>
  stringify({
    header: true,
    columns: [
      { key: 'address', header: 'address' },
      { key: 'channel', header: 'channel' },
      { key: 'status', header: 'status' },
      { key: 'source', header: 'source' },
      { key: 'occurredAt', header: 'occurred_at' },
      { key: 'updatedAt', header: 'updated_at' },
    ],
    escape_formulas: true,
    cast: {
      string: (value, { column }) =>
        column === 'address' && value.startsWith('+') ? { value, escape_formulas: false } : value,
    },
  });
