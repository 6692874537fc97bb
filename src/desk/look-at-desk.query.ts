/** What is stuck, and why. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Database, iso, SqlValues } from '../kernel/index.js';
import type { DeskView, InboxState, SlowLaneView, StuckView } from './desk-views.dto.js';

/** Counting an inbox further tells nobody more. */
const COUNTED = 10_000;

export class LookAtDesk extends Query<DeskView> {
  /** Undefined: all tenants. */
  constructor(readonly tenantId: string | undefined) {
    super();
  }
}

@QueryHandler(LookAtDesk)
export class LookAtDeskHandler implements IQueryHandler<LookAtDesk> {
  constructor(private readonly database: Database) {}

  async execute({ tenantId }: LookAtDesk): Promise<DeskView> {
    return {
      waiting: await this.waiting(tenantId),
      doubts: await this.doubts(tenantId),
      lanes: tenantId === undefined ? await this.slowLanes() : null,
      inbox: tenantId === undefined ? await this.inbox() : null,
    };
  }

  private waiting(tenantId: string | undefined): Promise<StuckView[]> {
    const values = new SqlValues();
    const ofTenant = values.all([[(place) => `pending.tenant_id = ${place}`, tenantId]]);
    return this.stuck(
      `select waits_for as reason, channel, provider, message_id as id
       from pending join lane on lane.id = lane_id where waits_for is not null ${ofTenant && `and ${ofTenant}`}`,
      values,
    );
  }

  private doubts(tenantId: string | undefined): Promise<StuckView[]> {
    const values = new SqlValues();
    const ofTenant = values.all([[(place) => `doubt.tenant_id = ${place}`, tenantId]]);
    return this.stuck(
      `select reason, channel, provider, message.id
       from doubt join message on message.id = message_id where status = 'unknown' ${ofTenant && `and ${ofTenant}`}`,
      values,
    );
  }

  /** Counts rows of reason, channel, provider and id; an id holds the time the message was accepted. */
  private async stuck(rows: string, { list }: SqlValues): Promise<StuckView[]> {
    const found = await this.database.query<StuckView>(
      `select reason, channel, provider, count(*)::int as messages, min(uuid_extract_timestamp(id)) as oldest
       from (${rows}) as stuck group by reason, channel, provider order by messages desc, reason, channel, provider`,
      list,
    );
    return found.map((view) => ({ ...view, oldest: iso(view.oldest) }));
  }

  /** The first of each crowd is looked at, as a claim does. Scheduled messages and campaigns that are held do not wait. */
  private async slowLanes(): Promise<SlowLaneView[]> {
    const found = await this.database.query<SlowLaneView>(
      `select lane.id as "laneId", channel, provider, rest_until > now() as resting, rest_reason as reason, since as "waitingSince"
       from lane, lateral lane_waits_since(lane.id) as since
       where since < now() - interval '1 minute' order by since limit 100`,
    );
    return found.map((view) => ({ ...view, waitingSince: iso(view.waitingSince) }));
  }

  private async inbox(): Promise<InboxState> {
    const [state] = await this.database.query<InboxState>(
      `select count(*)::int as events, min(received_at) as oldest
       from (select received_at from inbox where applied_at is null order by id limit ${COUNTED}) as waiting`,
    );
    return { events: state?.events ?? 0, oldest: iso(state?.oldest ?? null) };
  }
}
