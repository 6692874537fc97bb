/** Pages through notices, newest first. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { decodeCursor, encodeCursor, isUuid, pageOf, type Page, type Principal } from '../kernel/index.js';
import { noticeView } from './notice.view.js';
import { NoticeStore } from './notice-store.js';
import type { ListNoticesQuery, NoticeView } from './notices.dto.js';

export class ListNotices extends Query<Page<NoticeView>> {
  constructor(
    readonly caller: Principal,
    readonly filter: ListNoticesQuery,
  ) {
    super();
  }
}

@QueryHandler(ListNotices)
export class ListNoticesHandler implements IQueryHandler<ListNotices> {
  constructor(private readonly store: NoticeStore) {}

  /** Raises InvalidCursor. */
  async execute({ caller, filter: { limit, cursor, kind, state } }: ListNotices): Promise<Page<NoticeView>> {
    const [before] = cursor ? decodeCursor(cursor, 1, isUuid) : [];
    const { tenantId } = caller;
    const isOperator = caller.kind === 'admin';
    const rows = await this.store.page({ tenantId, kind, state, before, isOperator }, limit + 1);
    return pageOf(rows, limit, ({ id }) => encodeCursor(id), noticeView);
  }
}
