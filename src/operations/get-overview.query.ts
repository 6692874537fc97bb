/** What is stuck, and why. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { iso } from '../kernel/index.js';
import { Doubts, PendingQueue, type StuckMessages } from '../ledger/index.js';
import type { DeskView, StuckView } from './operations-views.dto.js';
import { PlatformState } from './platform-state.js';

export class GetOverview extends Query<DeskView> {
  /** Undefined: all tenants. */
  constructor(readonly tenantId: string | undefined) {
    super();
  }
}

@QueryHandler(GetOverview)
export class GetOverviewHandler implements IQueryHandler<GetOverview> {
  constructor(
    private readonly pending: PendingQueue,
    private readonly doubts: Doubts,
    private readonly platform: PlatformState,
  ) {}

  async execute({ tenantId }: GetOverview): Promise<DeskView> {
    return {
      waiting: (await this.pending.stuck(tenantId)).map(stuckView),
      doubts: (await this.doubts.stuck(tenantId)).map(stuckView),
      ...(tenantId === undefined
        ? await this.platform.read()
        : { lanes: null, inbox: null, events: null, processes: null }),
    };
  }
}

const stuckView = (stuck: StuckMessages): StuckView => ({ ...stuck, oldest: iso(stuck.oldest) });
