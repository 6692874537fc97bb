/** Events of services as received, each once by its own id. */
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { Database, JointWrites, type TraceParent } from '../../kernel/index.js';
import type { HostRefs } from '../../host-data/index.js';
import { RETRY_PAUSE } from '../retry-pause.js';
import type { EventReceipt } from './events.dto.js';
import { aboutText, subjectsNamed, type EventOrigin, type Subjects, type TypedEvent } from './inbound-event.js';

export interface NewInboundEvent extends TypedEvent {
  readonly tenantId: string;
  /** The sender's own id of it. */
  readonly externalId: string;
  readonly venueId: string;
  readonly subjects: Subjects;
  readonly occurredAt: Date | null;
  readonly correlationId: string | null;
  /** Its place in a trace that is recorded; null without one. */
  readonly trace: TraceParent | null;
  readonly origin: EventOrigin;
}

/** An event that has been taken up. Times are PostgreSQL text. */
export interface InboundEventRow extends HostRefs {
  readonly id: string;
  /** Its place in the order in which all were said: what was answered before another was sent has the smaller one. */
  readonly seq: string;
  readonly tenant_id: string;
  readonly type: string;
  readonly data: TypedEvent['data'];
  readonly venue_id: string;
  readonly correlation_id: string | null;
  readonly trace: TraceParent | null;
}

export interface EventBacklog {
  /** Counted up to 10,000. */
  readonly events: number;
  /** When the oldest came, as PostgreSQL text. */
  readonly oldest: string | null;
}

interface KeyOfEvent {
  readonly tenant_id: string;
  readonly external_id: string;
}

interface Offered {
  readonly row: KeyOfEvent & { readonly id: string };
  /** Undefined until it is known whether it is new. */
  receipt: EventReceipt | undefined;
}

const COUNTED = 10_000;
/** Single events per statement. */
const JOINT_EVENTS = 200;

/** Counted as they were said; inserted in key order, so that concurrent inserts of the same events do not deadlock. */
const INSERT = `
  with said as materialized (
    select nextval('inbound_event_seq') as seq, event.*
    from jsonb_to_recordset($1::jsonb) as event (tenant_id uuid, external_id text, id uuid, type text, data jsonb, venue_id uuid,
      order_ref text, customer_ref text, event_ref text, attendee_ref text, about text, occurred_at timestamptz,
      correlation_id text, trace text, origin text)
  ), stored as (
    insert into inbound_event (seq, id, tenant_id, external_id, type, data, venue_id, order_ref, customer_ref, event_ref,
      attendee_ref, about, occurred_at, correlation_id, trace, origin)
    select seq, id, tenant_id, external_id, type, data, venue_id, order_ref, customer_ref, event_ref, attendee_ref, about,
      coalesce(occurred_at, now()), correlation_id, trace, origin
    from said order by tenant_id, external_id, seq
    on conflict (tenant_id, external_id) do nothing
    returning seq, id
  ), waiting as (
    insert into pending_event (seq, event_id) select seq, id from stored
  )
  select count(*)::int as count from stored`;

const KNOWN = `
  select tenant_id, external_id, id from inbound_event
  where (tenant_id, external_id) in (select tenant_id, external_id from jsonb_to_recordset($1::jsonb) as said (tenant_id uuid, external_id text))`;

const COLUMNS = `id, seq, tenant_id, type, data, venue_id, order_ref, customer_ref, event_ref, attendee_ref, correlation_id, trace`;

/** Who takes up events holds it alone, and who must not miss one that is taken up meanwhile holds it with others. */
const TAKING = `hashtextextended('inbound events', 0)`;

/** SQL: whether any waits to be taken up. */
export const ANY_EVENT_WAITS = `exists (select from pending_event where next_try_at <= clock_timestamp())`;

@Injectable()
export class InboundEvents {
  private readonly joint = new JointWrites<Offered>(JOINT_EVENTS, (offered) => this.write(offered), 1);

  constructor(private readonly database: Database) {}

  /** One receipt each, in order, once they have committed. Of two with one id in one call, the first counts. */
  async add(events: readonly NewInboundEvent[]): Promise<EventReceipt[]> {
    const offered = events.map(offer);
    const isSingle = offered.length === 1 && !this.database.inTransaction;
    await (isSingle ? this.joint.add(offered) : this.write(offered)); // one of many has a statement of its own
    return offered.map(({ receipt }) => {
      if (!receipt) throw new Error('each event that was written has a receipt');
      return receipt;
    });
  }

  /** The places of the first that wait to be taken up. */
  async waiting(limit: number): Promise<string[]> {
    const rows = await this.database.query<{ seq: string }>(
      `select seq from pending_event where next_try_at <= clock_timestamp() order by seq limit $1`,
      [limit],
    );
    return rows.map(({ seq }) => seq);
  }

  /**
   * Takes those of these places that nobody has taken up, and answers the ids of their events. Nobody else takes any until the end of
   * the transaction, which must be that of what follows from them.
   */
  async take(places: readonly string[]): Promise<string[]> {
    await this.database.query(`select pg_advisory_xact_lock(${TAKING})`);
    const taken = await this.database.query<{ id: string }>(
      `delete from pending_event where seq = any($1::bigint[]) returning event_id as id`,
      [places],
    );
    return taken.map(({ id }) => id);
  }

  /** Those of these that are of a type which begins an automation of their tenant, in order. */
  triggersAmong(ids: readonly string[]): Promise<InboundEventRow[]> {
    return this.database.query<InboundEventRow>(
      `select ${COLUMNS} from inbound_event as event
       where id = any($1::uuid[])
         and exists (select from automation where automation.tenant_id = event.tenant_id and trigger = event.type and enabled)
       order by seq`,
      [ids],
    );
  }

  /** None is taken up until the end of the transaction; those that were can be seen. */
  async holdOff(): Promise<void> {
    await this.database.query(`select pg_advisory_xact_lock_shared(${TAKING})`);
  }

  /** One that could not be taken up is tried again later. */
  async putOff(place: string): Promise<void> {
    await this.database.query(
      `update pending_event set attempts = attempts + 1,
         next_try_at = clock_timestamp() + ${RETRY_PAUSE}
       where seq = $1`,
      [place],
    );
  }

  /** How many nobody has taken up yet. */
  async backlog(): Promise<EventBacklog> {
    const [backlog] = await this.database.query<EventBacklog>(
      `select count(*)::int as events, min(received_at) as oldest
       from (select received_at from pending_event order by seq limit ${COUNTED}) as waiting`,
    );
    return backlog ?? { events: 0, oldest: null };
  }

  /** Again for a repeated one whose first was purged in between. */
  private async write(offered: readonly Offered[]): Promise<void> {
    for (let open = offered; open.length > 0; open = open.filter(({ receipt }) => !receipt)) {
      const [stored] = await this.database.prepared<{ count: number }>(INSERT, [
        JSON.stringify(open.map(({ row }) => row)),
      ]);
      if (stored?.count !== open.length) await this.findStored(open);
      else for (const each of open) each.receipt = { id: each.row.id, status: 'accepted' };
    }
  }

  /** Some are repeated: those are stored by another id than theirs. */
  private async findStored(offered: readonly Offered[]): Promise<void> {
    const rows = await this.database.query<KeyOfEvent & { id: string }>(KNOWN, [
      JSON.stringify(offered.map(({ row: { tenant_id, external_id } }) => ({ tenant_id, external_id }))),
    ]);
    const stored = new Map(rows.map((row) => [keyText(row), row.id]));
    for (const each of offered) {
      const id = stored.get(keyText(each.row));
      if (id !== undefined) each.receipt = { id, status: id === each.row.id ? 'accepted' : 'duplicate' };
    }
  }
}

const keyText = ({ tenant_id, external_id }: KeyOfEvent): string => `${tenant_id} ${external_id}`;

function offer(event: NewInboundEvent): Offered {
  const { tenantId, externalId, type, data, venueId, subjects, occurredAt, correlationId, trace, origin } = event;
  const refs = {
    order_ref: subjects.orderId,
    customer_ref: subjects.customerId,
    event_ref: subjects.eventId,
    attendee_ref: subjects.attendeeId,
  };
  const [lead] = subjectsNamed(refs);
  const row = {
    id: uuidv7(),
    tenant_id: tenantId,
    external_id: externalId,
    type,
    data,
    venue_id: venueId,
    ...refs,
    about: lead ? aboutText(lead) : null,
    occurred_at: occurredAt,
    correlation_id: correlationId,
    trace,
    origin,
  };
  return { row, receipt: undefined };
}
