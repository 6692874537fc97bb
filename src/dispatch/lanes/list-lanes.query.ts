/** Pages through the lanes. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Database, decodeCursor, encodeCursor, iso, isUuid, pageOf, type Page } from '../../kernel/index.js';
import type { Channel, ProviderName } from '../../tenants/index.js';
import type { OpenReason } from './circuit-breaker.rules.js';
import type { LaneView, ListLanesQuery } from './lanes.dto.js';

export class ListLanes extends Query<Page<LaneView>> {
  constructor(readonly filter: ListLanesQuery) {
    super();
  }
}

interface LaneRow {
  readonly id: string;
  readonly provider_account_id: string;
  readonly provider: ProviderName;
  readonly channel: Channel;
  readonly sender_address: string;
  readonly rate_per_second: number;
  readonly resting: boolean;
  readonly rest_until: string;
  readonly rest_reason: OpenReason | null;
  readonly rest_code: string | null;
}

@QueryHandler(ListLanes)
export class ListLanesHandler implements IQueryHandler<ListLanes> {
  constructor(private readonly database: Database) {}

  /** Raises InvalidCursor. */
  async execute({ filter: { limit, cursor, resting } }: ListLanes): Promise<Page<LaneView>> {
    const [after = null] = cursor ? decodeCursor(cursor, 1, isUuid) : [];
    const rows = await this.database.query<LaneRow>(
      `select *, rest_until > now() as resting from lane
       where state <> 'waiting' and ($1::uuid is null or id > $1) and ($2::boolean is null or (rest_until > now()) = $2)
       order by id limit $3`,
      [after, resting ?? null, limit + 1],
    );
    return pageOf(rows, limit, ({ id }) => encodeCursor(id), laneView);
  }
}

const laneView = (lane: LaneRow): LaneView => ({
  id: lane.id,
  providerAccountId: lane.provider_account_id,
  provider: lane.provider,
  channel: lane.channel,
  sender: lane.sender_address === '' ? null : lane.sender_address,
  ratePerSecond: lane.rate_per_second,
  resting: lane.resting,
  restsUntil: lane.resting ? iso(lane.rest_until) : null,
  reason: lane.rest_reason,
  code: lane.rest_code,
});
