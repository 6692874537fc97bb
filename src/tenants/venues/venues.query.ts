/** Reads a tenant's venues: one, or a page. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Database, decodeCursor, encodeCursor, isUuid, lookingUp, pageOf, type Page } from '../../kernel/index.js';
import { SenderDirectory } from '../senders/sender-directory.js';
import { Venue } from './venue.entity.js';
import { venueView, type VenuesQuery, type VenueView } from './venues.dto.js';

export class GetVenue extends Query<VenueView> {
  constructor(
    readonly tenantId: string,
    readonly named: string,
  ) {
    super();
  }
}

export class ListVenues extends Query<Page<VenueView>> {
  constructor(
    readonly tenantId: string,
    readonly query: VenuesQuery,
  ) {
    super();
  }
}

@QueryHandler(GetVenue)
export class GetVenueHandler implements IQueryHandler<GetVenue> {
  constructor(
    private readonly database: Database,
    private readonly directory: SenderDirectory,
  ) {}

  /** By its id or externalId. Raises VenueNotFound, also for another tenant's. */
  async execute({ tenantId, named }: GetVenue): Promise<VenueView> {
    const id = await lookingUp('id', this.directory.venueOf(tenantId, named));
    return venueView(await this.database.em().findOneOrFail(Venue, { id, tenantId }));
  }
}

@QueryHandler(ListVenues)
export class ListVenuesHandler implements IQueryHandler<ListVenues> {
  constructor(private readonly database: Database) {}

  async execute({ tenantId, query: { limit, cursor, externalId } }: ListVenues): Promise<Page<VenueView>> {
    const [after] = cursor ? decodeCursor(cursor, 1, isUuid) : [];
    const where = { tenantId, ...(externalId && { externalId }), ...(after && { id: { $gt: after } }) };
    const rows = await this.database.em().find(Venue, where, { orderBy: { id: 'asc' }, limit: limit + 1 });
    return pageOf(rows, limit, ({ id }) => encodeCursor(id), venueView);
  }
}
