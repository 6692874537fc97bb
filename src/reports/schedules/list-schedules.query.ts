/** Pages through a tenant's scheduled reports, newest first. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { decodeCursor, encodeCursor, isUuid, pageOf, type Page, type PageQuery } from '../../kernel/index.js';
import { ScheduleStore } from './schedule-store.js';
import { scheduleView, type ReportScheduleView } from './schedules.dto.js';

export class ListReportSchedules extends Query<Page<ReportScheduleView>> {
  constructor(
    readonly tenantId: string,
    readonly page: PageQuery,
  ) {
    super();
  }
}

@QueryHandler(ListReportSchedules)
export class ListReportSchedulesHandler implements IQueryHandler<ListReportSchedules> {
  constructor(private readonly store: ScheduleStore) {}

  /** Raises InvalidCursor. */
  async execute({ tenantId, page: { limit, cursor } }: ListReportSchedules): Promise<Page<ReportScheduleView>> {
    const [before] = cursor ? decodeCursor(cursor, 1, isUuid) : [];
    const rows = await this.store.page(tenantId, before, limit + 1);
    return pageOf(rows, limit, ({ id }) => encodeCursor(id), scheduleView);
  }
}
