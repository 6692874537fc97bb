/** One automation, or a page of them. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { decodeCursor, encodeCursor, isUuid, pageOf, type Page } from '../../kernel/index.js';
import { viewOf } from './automation.view.js';
import { Automations } from './automations.js';
import type { AutomationView, ListAutomationsQuery } from './automations.dto.js';

export class GetAutomation extends Query<AutomationView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
  ) {
    super();
  }
}

export class ListAutomations extends Query<Page<AutomationView>> {
  constructor(
    readonly tenantId: string,
    readonly filter: ListAutomationsQuery,
  ) {
    super();
  }
}

@QueryHandler(GetAutomation)
export class GetAutomationHandler implements IQueryHandler<GetAutomation> {
  constructor(private readonly automations: Automations) {}

  /** Raises AutomationNotFound. */
  async execute({ tenantId, id }: GetAutomation): Promise<AutomationView> {
    return viewOf(await this.automations.find(tenantId, id));
  }
}

@QueryHandler(ListAutomations)
export class ListAutomationsHandler implements IQueryHandler<ListAutomations> {
  constructor(private readonly automations: Automations) {}

  /** Newest first. Raises InvalidCursor. */
  async execute({ tenantId, filter: { limit, cursor } }: ListAutomations): Promise<Page<AutomationView>> {
    const [before] = cursor ? decodeCursor(cursor, 1, isUuid) : [];
    const rows = await this.automations.page(tenantId, before, limit);
    return pageOf(rows, limit, ({ id }) => encodeCursor(id), viewOf);
  }
}
