/** What is stuck, and why. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { EventEntrances } from '../automations/index.js';
import { Lanes } from '../dispatch/index.js';
import { iso } from '../kernel/index.js';
import { Doubts, PendingQueue, type StuckMessages } from '../ledger/index.js';
import { Inbox } from '../webhooks/index.js';
import type { DeskView, InboxState, SlowLaneView, StuckView } from './operations-views.dto.js';

/** A lane in which a message has waited for this long is slow. */
const SLOW_AFTER_S = 60;
const MOST_LANES = 100;

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
    private readonly lanes: Lanes,
    private readonly inbox: Inbox,
    private readonly entrances: EventEntrances,
  ) {}

  async execute({ tenantId }: GetOverview): Promise<DeskView> {
    return {
      waiting: (await this.pending.stuck(tenantId)).map(stuckView),
      doubts: (await this.doubts.stuck(tenantId)).map(stuckView),
      lanes: tenantId === undefined ? await this.slowLanes() : null,
      inbox: tenantId === undefined ? await this.backlog() : null,
      events: tenantId === undefined ? await this.entrances.state() : null,
    };
  }

  private async slowLanes(): Promise<SlowLaneView[]> {
    const lanes = await this.lanes.slow(SLOW_AFTER_S, MOST_LANES);
    return lanes.map((lane) => ({ ...lane, waitingSince: iso(lane.waitingSince) }));
  }

  private async backlog(): Promise<InboxState> {
    const { events, oldest } = await this.inbox.backlog();
    return { events, oldest: iso(oldest) };
  }
}

const stuckView = (stuck: StuckMessages): StuckView => ({ ...stuck, oldest: iso(stuck.oldest) });
