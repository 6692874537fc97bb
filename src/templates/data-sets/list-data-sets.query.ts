/** Lists the data that a template is tried with. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { DataSetsView } from './data-sets.dto.js';
import { DataSets } from './data-sets.js';

export class ListDataSets extends Query<DataSetsView> {
  constructor(
    readonly tenantId: string,
    readonly key: string,
  ) {
    super();
  }
}

@QueryHandler(ListDataSets)
export class ListDataSetsHandler implements IQueryHandler<ListDataSets> {
  constructor(private readonly sets: DataSets) {}

  /** Raises TemplateNotFound. */
  async execute({ tenantId, key }: ListDataSets): Promise<DataSetsView> {
    return { items: await this.sets.of(tenantId, key) };
  }
}
