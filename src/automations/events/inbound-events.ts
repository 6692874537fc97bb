/** Events of services as received, each once by its own id. */
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { Database, JointWrites } from '../../kernel/index.js';
import type { EventReceipt } from './events.dto.js';
import type { EventOrigin, Subjects, TypedEvent } from './inbound-event.js';

export interface NewInboundEvent extends TypedEvent {
  readonly tenantId: string;
  /** The sender's own id of it. */
  readonly externalId: string;
  readonly venueId: string;
  readonly subjects: Subjects;
  readonly occurredAt: Date | null;
  readonly correlationId: string | null;
  readonly origin: EventOrigin;
}

/** An event that has been taken up, in the order of acceptance. Times are PostgreSQL text. */
export interface InboundEventRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly type: string;
  readonly data: TypedEvent['data'];
  readonly venue_id: string;
  readonly order_ref: string | null;
  readonly customer_ref: string | null;
  readonly event_ref: string | null;
  readonly attendee_ref: string | null;
  readonly occurred_at: string;
  readonly correlation_id: string | null;
}

export interface EventBacklog {
  /** Counted up to 10,000. */
  readonly events: number;
  /** When the oldest came, as PostgreSQL text. */
  readonly oldest: string | null;
}

interface Offered {
  readonly row: object;
  readonly id: string;
  isNew: boolean;
}

const COUNTED = 10_000;
/** Requests per statement: each may bring a megabyte. */
const JOINT_REQUESTS = 50;

/** In key order, then as they were said, so that concurrent inserts of the same events do not deadlock. */
const INSERT = `
  insert into inbound_event (id, tenant_id, external_id, type, data, venue_id, order_ref, customer_ref, event_ref, attendee_ref,
    occurred_at, correlation_id, origin)
  select id, tenant_id, external_id, type, data, venue_id, order_ref, customer_ref, event_ref, attendee_ref,
    coalesce(occurred_at, now()), correlation_id, origin
  from jsonb_to_recordset($1::jsonb) as event (id uuid, tenant_id uuid, external_id text, type text, data jsonb, venue_id uuid,
    order_ref text, customer_ref text, event_ref text, attendee_ref text, occurred_at timestamptz, correlation_id text, origin text)
  order by tenant_id, external_id, id
  on conflict (tenant_id, external_id) do nothing
  returning id`;

const COLUMNS = `id, tenant_id, type, data, venue_id, order_ref, customer_ref, event_ref, attendee_ref, occurred_at, correlation_id`;

@Injectable()
export class InboundEvents {
  private readonly joint = new JointWrites<Offered>(JOINT_REQUESTS, (offered) => this.write(offered));

  constructor(private readonly database: Database) {}

  /** One receipt each, in order, once they have committed. Of two with one id in one call, the first counts. */
  async add(events: readonly NewInboundEvent[]): Promise<EventReceipt[]> {
    const offered = events.map(offer);
    if (offered.length > 0) await (this.database.inTransaction ? this.write(offered) : this.joint.add(offered));
    return offered.map(({ id, isNew }) => ({ id, status: isNew ? 'accepted' : 'duplicate' }));
  }

  /** Marks the oldest that nobody has taken up, and answers them. Call it in the transaction of what follows from them. */
  async take(limit: number): Promise<InboundEventRow[]> {
    const rows = await this.database.query<InboundEventRow>(
      `with batch as materialized (
         select id from inbound_event where taken_at is null and next_try_at <= clock_timestamp()
         order by id limit $1 for no key update skip locked
       )
       update inbound_event set taken_at = clock_timestamp() where id = any (array(select id from batch)) returning ${COLUMNS}`,
      [limit],
    );
    return rows.sort((one, other) => (one.id < other.id ? -1 : 1));
  }

  /** One that could not be taken up is tried again later, and keeps no other from it. Null if none was due. */
  async putOff(): Promise<string | null> {
    const [row] = await this.database.query<{ id: string }>(
      `with first as materialized (
         select id from inbound_event where taken_at is null and next_try_at <= clock_timestamp()
         order by id limit 1 for no key update skip locked
       )
       update inbound_event set attempts = attempts + 1,
         next_try_at = clock_timestamp() + make_interval(secs => least(600, 5 * power(2, least(attempts, 10))))
       where id = any (array(select id from first)) returning id`,
    );
    return row?.id ?? null;
  }

  /** How many nobody has taken up yet. */
  async backlog(): Promise<EventBacklog> {
    const [backlog] = await this.database.query<EventBacklog>(
      `select count(*)::int as events, min(received_at) as oldest
       from (select received_at from inbound_event where taken_at is null order by id limit ${COUNTED}) as waiting`,
    );
    return backlog ?? { events: 0, oldest: null };
  }

  private async write(offered: readonly Offered[]): Promise<void> {
    const rows = await this.database.prepared<{ id: string }>(INSERT, [JSON.stringify(offered.map(({ row }) => row))]);
    const stored = new Set(rows.map(({ id }) => id));
    for (const each of offered) each.isNew = stored.has(each.id);
  }
}

function offer(event: NewInboundEvent): Offered {
  const id = uuidv7();
  const { tenantId, externalId, type, data, venueId, subjects, occurredAt, correlationId, origin } = event;
  const row = {
    id,
    tenant_id: tenantId,
    external_id: externalId,
    type,
    data,
    venue_id: venueId,
    order_ref: subjects.orderId,
    customer_ref: subjects.customerId,
    event_ref: subjects.eventId,
    attendee_ref: subjects.attendeeId,
    occurred_at: occurredAt,
    correlation_id: correlationId,
    origin,
  };
  return { row, id, isNew: false };
}
