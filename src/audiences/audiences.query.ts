/** Reads a tenant's audiences: one, or a page. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { decodeCursor, encodeCursor, isUuid, pageOf, type Page, type PageQuery } from '../kernel/index.js';
import type { AudienceView } from './audience.dto.js';
import { AudienceStore } from './audience-store.js';

export class GetAudience extends Query<AudienceView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
  ) {
    super();
  }
}

export class ListAudiences extends Query<Page<AudienceView>> {
  constructor(
    readonly tenantId: string,
    readonly page: PageQuery,
  ) {
    super();
  }
}

@QueryHandler(GetAudience)
export class GetAudienceHandler implements IQueryHandler<GetAudience> {
  constructor(private readonly audiences: AudienceStore) {}

  /** Raises AudienceNotFound. */
  execute({ tenantId, id }: GetAudience): Promise<AudienceView> {
    return this.audiences.get(tenantId, id);
  }
}

@QueryHandler(ListAudiences)
export class ListAudiencesHandler implements IQueryHandler<ListAudiences> {
  constructor(private readonly audiences: AudienceStore) {}

  /** Raises InvalidCursor. */
  async execute({ tenantId, page: { limit, cursor } }: ListAudiences): Promise<Page<AudienceView>> {
    const [after] = cursor ? decodeCursor(cursor, 1, isUuid) : [];
    const rows = await this.audiences.page(tenantId, after, limit + 1);
    return pageOf(
      rows,
      limit,
      ({ id }) => encodeCursor(id),
      (audience) => audience,
    );
  }
}
