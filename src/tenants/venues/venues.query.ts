/** Reads a tenant's venues: one, or a page. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Database, decodeCursor, encodeCursor, isUuid, pageOf, type Page, type PageQuery } from '../../kernel/index.js';
import { VenueNotFound } from '../tenants.errors.js';
import { Venue } from './venue.entity.js';
import { venueView, type VenueView } from './venues.dto.js';

export class GetVenue extends Query<VenueView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
  ) {
    super();
  }
}

export class ListVenues extends Query<Page<VenueView>> {
  constructor(
    readonly tenantId: string,
    readonly page: PageQuery,
  ) {
    super();
  }
}

@QueryHandler(GetVenue)
export class GetVenueHandler implements IQueryHandler<GetVenue> {
  constructor(private readonly database: Database) {}

  /** Raises VenueNotFound, also for another tenant's. */
  async execute({ tenantId, id }: GetVenue): Promise<VenueView> {
    const venue = await this.database.em().findOne(Venue, { id, tenantId });
    if (!venue) throw new VenueNotFound().at('id');
    return venueView(venue);
  }
}

@QueryHandler(ListVenues)
export class ListVenuesHandler implements IQueryHandler<ListVenues> {
  constructor(private readonly database: Database) {}

  async execute({ tenantId, page: { limit, cursor } }: ListVenues): Promise<Page<VenueView>> {
    const [after] = cursor ? decodeCursor(cursor, 1, isUuid) : [];
    const where = { tenantId, ...(after && { id: { $gt: after } }) };
    const rows = await this.database.em().find(Venue, where, { orderBy: { id: 'asc' }, limit: limit + 1 });
    return pageOf(rows, limit, ({ id }) => encodeCursor(id), venueView);
  }
}
