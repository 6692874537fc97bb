/** Deliveries of events to endpoints, as stored. */
import { Injectable } from '@nestjs/common';
import { isFetching } from '../conversations/index.js';
import { Database } from '../kernel/index.js';
import type { Attempt, Delivery, DeliveryState } from './delivery.js';
import { FAILURES_TO_PROBE } from './endpoint.rules.js';

/** What is recorded of an attempt; `pauseMs` until the next, if there is to be one. */
export interface Result {
  readonly id: string;
  readonly claim: string;
  readonly state: DeliveryState;
  readonly attempt: Attempt;
  readonly pauseMs: number | null;
}

/** A delivery as it is listed. Times are PostgreSQL text. */
export interface ListedDelivery extends Omit<Delivery, 'claim' | 'fact' | 'seq'> {
  readonly state: DeliveryState;
  readonly log: readonly Attempt[];
  readonly dueAt: string | null;
  readonly finishedAt: string | null;
}

export interface DeliveryFilter {
  readonly endpointId: string;
  readonly id?: string | undefined;
  readonly type?: string | undefined;
  readonly state?: DeliveryState | undefined;
  readonly subjectId?: string | undefined;
  readonly before?: string | undefined;
}

/** A claim is for so long: the calls of a batch end well before. Whoever has not recorded it by then is dead, and it is made again. */
const LEASE_SECONDS = 90;
/** Attempts that are kept of a delivery. */
const LOGGED = 20;
export const KEPT_DAYS = 30;
const PURGED_AT_ONCE = 10_000;

const COLUMNS = `id, type, subject_id as "subjectId", is_test as "isTest", happened_at as "happenedAt", attempts`;

/** Events of one subject arrive in their order: one waits until all before it have. */
const IS_NEXT = `not exists (
  select from webhook_delivery as earlier
  where earlier.endpoint_id = delivery.endpoint_id and earlier.subject_id = delivery.subject_id and earlier.fact < delivery.fact
    and earlier.due_at is not null)`;

/** What people sent is fetched first, if that takes no longer than this: `message.received` tells of it. */
const IS_WHOLE = `not (
  delivery.type = 'message.received' and delivery.happened_at > clock_timestamp() - interval '15 seconds' and ${isFetching('delivery.subject_id')})`;

@Injectable()
export class DeliveryStore {
  constructor(private readonly database: Database) {}

  /**
   * Up to `limit` deliveries to an endpoint, that nobody else has claimed: no two of one subject, only one of an endpoint that keeps failing, and none of one
   * that is not to be called now. They count as attempts from now on.
   */
  claim(endpointId: string, claim: string, limit: number): Promise<Delivery[]> {
    return this.database.query<Delivery>(
      `with endpoint as (
         select id, failures >= ${FAILURES_TO_PROBE} as is_probed from webhook_endpoint
         where id = $1 and disabled_at is null and retry_at <= clock_timestamp()
       ), probed as (
         update webhook_endpoint set retry_at = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
         where id in (select id from endpoint where is_probed) and retry_at <= clock_timestamp() returning id
       ), next as (
         select delivery.id from webhook_delivery as delivery
         where endpoint_id = $1 and due_at <= clock_timestamp() and ${IS_NEXT} and ${IS_WHOLE}
         order by due_at, fact limit coalesce(
           (select case when is_probed then (select count(*) from probed) else $3 end from endpoint), 0)
         for update skip locked
       )
       update webhook_delivery set attempts = attempts + 1, claim = $2, due_at = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
       where endpoint_id = $1 and id in (select id from next)
       returning ${COLUMNS}, claim, fact, seq`,
      [endpointId, claim, limit],
    );
  }

  /**
   * What there is no time left for to be tried again is given up. What comes after another of its subject that is put off is due no earlier. A claim that
   * was lost records nothing.
   */
  async record(endpointId: string, results: readonly Result[]): Promise<void> {
    await this.database.query(
      `with done as (
         update webhook_delivery as delivery
         set state = after.state, claim = null, due_at = case after.state when 'waiting' then after.at end,
           finished_at = case when after.state <> 'waiting' then clock_timestamp() end,
           log = case when jsonb_array_length(before.log) < ${LOGGED} then before.log else before.log - 0 end || result.attempt
         from jsonb_to_recordset($2::jsonb) as result (id uuid, claim uuid, state text, attempt jsonb, pause float8)
         join webhook_delivery as before on before.endpoint_id = $1 and before.id = result.id
         cross join lateral (select clock_timestamp() + make_interval(secs => coalesce(pause, 0) / 1000) as at) as next
         cross join lateral (
           select at, case when result.state = 'waiting' and at > before.give_up_at then 'given_up' else result.state end as state) as after
         where delivery.endpoint_id = $1 and delivery.id = result.id and delivery.claim = result.claim
         returning delivery.subject_id, delivery.fact, delivery.due_at
       )
       update webhook_delivery as follower set due_at = done.due_at from done
       where follower.endpoint_id = $1 and follower.subject_id = done.subject_id and follower.fact > done.fact
         and follower.due_at < done.due_at and follower.claim is null`,
      [endpointId, JSON.stringify(results.map(({ pauseMs, ...result }) => ({ ...result, pause: pauseMs })))],
    );
  }

  /** What waits for its next attempt does so no longer: the endpoint takes events again. */
  async hurry(endpointId: string): Promise<void> {
    await this.database.query(
      `update webhook_delivery set due_at = clock_timestamp()
       where endpoint_id = $1 and due_at > clock_timestamp() and claim is null`,
      [endpointId],
    );
  }

  /** Gives up what is due for longer than its day, and in nobody's hands. */
  async giveUp(endpointId: string): Promise<void> {
    await this.database.query(
      `update webhook_delivery set state = 'given_up', due_at = null, finished_at = clock_timestamp()
       where endpoint_id = $1 and due_at is not null and claim is null and give_up_at < clock_timestamp()`,
      [endpointId],
    );
  }

  /** The same of all endpoints that are disabled, and not called any more. */
  async giveUpOfDisabled(): Promise<void> {
    await this.database.query(
      `update webhook_delivery as delivery set state = 'given_up', due_at = null, claim = null, finished_at = clock_timestamp()
       from webhook_endpoint as endpoint
       where endpoint.id = endpoint_id and disabled_at is not null and due_at is not null and give_up_at < clock_timestamp()`,
    );
  }

  /** How many wait. */
  async waiting(endpointId: string): Promise<number> {
    const [row] = await this.database.query<{ waiting: number }>(
      `select count(*)::int as waiting from webhook_delivery where endpoint_id = $1 and due_at is not null`,
      [endpointId],
    );
    return row?.waiting ?? 0;
  }

  /** Newest first. */
  page({ endpointId, id, type, state, subjectId, before }: DeliveryFilter, limit: number): Promise<ListedDelivery[]> {
    return this.database.query<ListedDelivery>(
      `select ${COLUMNS}, state, log, due_at as "dueAt", finished_at as "finishedAt" from webhook_delivery
       where endpoint_id = $1 and ($2::uuid is null or id = $2) and ($3::text is null or type = $3) and ($4::text is null or state = $4)
         and ($5::uuid is null or subject_id = $5) and ($6::uuid is null or id < $6)
       order by id desc limit $7`,
      [endpointId, id ?? null, type ?? null, state ?? null, subjectId ?? null, before ?? null, limit],
    );
  }

  /** Makes one due, with another day's time. Answers whether it is: a call that is under way is left alone. */
  async retry(endpointId: string, id: string): Promise<boolean> {
    const rows = await this.database.query(
      `update webhook_delivery set state = 'waiting', attempts = 0, due_at = clock_timestamp(),
         give_up_at = clock_timestamp() + interval '24 hours', finished_at = null
       where endpoint_id = $1 and id = $2 and claim is null returning id`,
      [endpointId, id],
    );
    return rows.length > 0;
  }

  /** Writes an event of our own making, which is due at once. Answers the id of its delivery. */
  async writeTest(endpointId: string, type: string): Promise<string> {
    const [row] = await this.database.query<{ id: string }>(
      `insert into webhook_delivery (endpoint_id, type, subject_id, fact, is_test, happened_at)
       select $1, $2, made.id, made.id, true, clock_timestamp() from (select uuidv7() as id) as made returning id`,
      [endpointId, type],
    );
    if (!row) throw new Error('an insert answers its row');
    return row.id;
  }

  /** Forgets some of what is older than 30 days and waits for nothing, and all of endpoints that are no more. Answers whether there may be more. */
  async purge(): Promise<boolean> {
    const rows = await this.database.query(
      `with recursive known as (
         (select endpoint_id from webhook_delivery order by endpoint_id limit 1)
         union all
         select (select next.endpoint_id from webhook_delivery as next where next.endpoint_id > known.endpoint_id
                 order by next.endpoint_id limit 1)
         from known where known.endpoint_id is not null
       ), old as (
         select endpoint_id, delivery.id from known
         left join webhook_endpoint as endpoint on endpoint.id = known.endpoint_id
         cross join lateral (
           select id from webhook_delivery as one
           where one.endpoint_id = known.endpoint_id
             and (endpoint.id is null or (due_at is null and one.id < uuidv7_floor(now() - interval '${KEPT_DAYS} days')))
           order by id limit ${PURGED_AT_ONCE}) as delivery
         limit ${PURGED_AT_ONCE}
       )
       delete from webhook_delivery as delivery using old
       where delivery.endpoint_id = old.endpoint_id and delivery.id = old.id returning delivery.id`,
    );
    return rows.length === PURGED_AT_ONCE;
  }
}
