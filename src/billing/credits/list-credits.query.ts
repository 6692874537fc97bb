/** Reads a tenant's credits. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { decodeCursor, encodeCursor, isUuid, pageOf, type Page, type PageQuery } from '../../kernel/index.js';
import { CreditNotes } from './credit-notes.js';
import { creditView, type CreditView } from './credits.dto.js';

export class ListCredits extends Query<Page<CreditView>> {
  constructor(
    readonly tenantId: string,
    readonly page: PageQuery,
  ) {
    super();
  }
}

@QueryHandler(ListCredits)
export class ListCreditsHandler implements IQueryHandler<ListCredits> {
  constructor(private readonly notes: CreditNotes) {}

  /** Newest first. Raises InvalidCursor. */
  async execute({ tenantId, page: { limit, cursor } }: ListCredits): Promise<Page<CreditView>> {
    const [below] = cursor ? decodeCursor(cursor, 1, isUuid) : [];
    return pageOf(await this.notes.page(tenantId, below, limit + 1), limit, ({ id }) => encodeCursor(id), creditView);
  }
}
