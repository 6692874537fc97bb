/** Pages through everything ever recorded for one address at one venue, newest first. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Database, decodeCursor, encodeCursor, iso, isUuid, pageOf, type Page } from '../kernel/index.js';
import { ConsentEvent } from './consent-event.entity.js';
import { ConsentSubjects } from './consent-subject.js';
import type { ConsentEventView, ConsentLogQuery } from './consent.dto.js';

export class ListConsentLog extends Query<Page<ConsentEventView>> {
  constructor(
    readonly tenantId: string,
    readonly venueId: string,
    readonly address: string,
    readonly query: ConsentLogQuery,
  ) {
    super();
  }
}

@QueryHandler(ListConsentLog)
export class ListConsentLogHandler implements IQueryHandler<ListConsentLog> {
  constructor(
    private readonly database: Database,
    private readonly subjects: ConsentSubjects,
  ) {}

  /** Raises VenueNotFound and InvalidAddress. */
  async execute({ tenantId, venueId, address, query }: ListConsentLog): Promise<Page<ConsentEventView>> {
    const { channel, limit, cursor } = query;
    const subject = await this.subjects.find(tenantId, venueId, address, channel);
    const [before] = cursor ? decodeCursor(cursor, 1, isUuid) : [];
    const rows = await this.database
      .em()
      .find(
        ConsentEvent,
        { ...subject, ...(before && { id: { $lt: before } }) },
        { orderBy: { id: 'desc' }, limit: limit + 1 },
      );
    return pageOf(rows, limit, ({ id }) => encodeCursor(id), eventView);
  }
}

/** One entry of the log as the API shows it. */
export const eventView = ({
  id,
  status,
  category = null,
  previousStatus,
  source,
  evidence = null,
  actor,
  occurredAt,
  recordedAt,
}: ConsentEvent): ConsentEventView => ({
  id,
  status,
  category,
  previousStatus,
  source,
  evidence,
  actor,
  occurredAt: iso(occurredAt),
  recordedAt: iso(recordedAt),
});
