/** Reads escalations: one, or a page. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { decodeCursor, encodeCursor, isUuid, pageOf, type Page } from '../kernel/index.js';
import type { EscalationView, ListCallsQuery } from './calls.dto.js';
import { EscalationViews } from './escalation.view.js';
import { Escalations } from './escalations.js';

export class GetCall extends Query<EscalationView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
  ) {
    super();
  }
}

export class ListCalls extends Query<Page<EscalationView>> {
  constructor(
    readonly tenantId: string,
    readonly filter: ListCallsQuery,
  ) {
    super();
  }
}

@QueryHandler(GetCall)
export class GetCallHandler implements IQueryHandler<GetCall> {
  constructor(
    private readonly escalations: Escalations,
    private readonly views: EscalationViews,
  ) {}

  /** Raises CallNotFound. */
  async execute({ tenantId, id }: GetCall): Promise<EscalationView> {
    return this.views.one(await this.escalations.find(tenantId, id));
  }
}

@QueryHandler(ListCalls)
export class ListCallsHandler implements IQueryHandler<ListCalls> {
  constructor(
    private readonly escalations: Escalations,
    private readonly views: EscalationViews,
  ) {}

  /** Newest first. Raises InvalidCursor. */
  async execute({ tenantId, filter: { limit, cursor, ...filter } }: ListCalls): Promise<Page<EscalationView>> {
    const [before] = cursor ? decodeCursor(cursor, 1, isUuid) : [];
    const rows = await this.escalations.page(tenantId, { ...filter, before }, limit);
    return pageOf(rows, limit, ({ id }) => encodeCursor(id), await this.views.of(rows));
  }
}
