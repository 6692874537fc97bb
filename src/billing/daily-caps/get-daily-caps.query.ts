/** Reads a tenant's daily caps with what the day has used of them. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { DailyCapStore } from './daily-cap-store.js';
import { dailyCapView, type DailyCapsView } from './daily-caps.dto.js';

export class GetDailyCaps extends Query<DailyCapsView> {
  constructor(readonly tenantId: string) {
    super();
  }
}

@QueryHandler(GetDailyCaps)
export class GetDailyCapsHandler implements IQueryHandler<GetDailyCaps> {
  constructor(private readonly store: DailyCapStore) {}

  async execute({ tenantId }: GetDailyCaps): Promise<DailyCapsView> {
    return { items: (await this.store.of([tenantId])).map(dailyCapView) };
  }
}
