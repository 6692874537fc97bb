/** Notices and their deliveries, as stored. */
import { Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import { BY_EMAIL, type Delivery, type DeliveryChannel, type DeliveryState } from './delivery.js';
import type { Language, Letters } from './letter.js';

/** A notice to be written. */
export interface NoticeRow {
  readonly kind: string;
  readonly subject: string;
  readonly tenantId: string | null;
  readonly payload: object;
  readonly letters: Letters;
}

/** Where one goes. */
export interface TargetRow {
  readonly channel: DeliveryChannel;
  readonly address: string;
  readonly language: Language;
  readonly toOperator: boolean;
}

/** What is recorded of an attempt; `pauseMs` until the next, if there is to be one. */
export interface Result {
  readonly id: string;
  readonly claim: string;
  readonly state: DeliveryState;
  readonly error: string | null;
  readonly pauseMs: number | null;
  /** Through which provider account it went, if it is an email. */
  readonly accountId: string | null;
}

/** Emails that went through provider accounts, for reconciliations. */
export const NOTICE_EMAILS = `(
  select provider_account_id, finished_at as sent_at from notice_delivery where provider_account_id is not null)`;

/** A delivery as it is listed. */
export interface ListedDelivery {
  readonly id: string;
  readonly channel: DeliveryChannel;
  readonly toOperator: boolean;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly error: string | null;
  readonly dueAt: string | null;
  readonly finishedAt: string | null;
}

export interface ListedNotice {
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
  readonly tenantId: string | null;
  readonly payload: Readonly<Record<string, unknown>>;
  /** PostgreSQL text. */
  readonly createdAt: string;
  readonly deliveries: readonly ListedDelivery[];
}

export interface NoticeFilter {
  /** Undefined: all. */
  readonly tenantId?: string | undefined;
  readonly id?: string | undefined;
  readonly kind?: string | undefined;
  readonly state?: DeliveryState | undefined;
  readonly before?: string | undefined;
  /** Whether deliveries to the operator are shown too. */
  readonly isOperator: boolean;
}

/** A claim is for so long. Every call ends well before; whoever has not recorded it by then is dead, and it is made again. */
const LEASE_SECONDS = 60;
const KEPT_DAYS = 90;

/** SQL: whether any delivery is due. */
export const ANY_NOTICE_DUE = `exists (select from notice_delivery where due_at <= clock_timestamp())`;

@Injectable()
export class NoticeStore {
  constructor(private readonly database: Database) {}

  /** Answers the new notice's id; undefined if there is one of this kind and subject already. */
  async insert({ kind, subject, tenantId, payload, letters }: NoticeRow): Promise<string | undefined> {
    const [row] = await this.database.query<{ id: string }>(
      `insert into notice (kind, subject, tenant_id, payload, letters) values ($1, $2, $3, $4::jsonb, $5::jsonb)
       on conflict on constraint notice_unique do nothing returning id`,
      [kind, subject, tenantId, JSON.stringify(payload), JSON.stringify(letters)],
    );
    return row?.id;
  }

  /** Each is due at once. */
  async address(noticeId: string, targets: readonly TargetRow[]): Promise<void> {
    await this.database.query(
      `insert into notice_delivery (notice_id, to_operator, channel, address, host, language)
       select $1, to_operator, channel, address, host, language
       from jsonb_to_recordset($2::jsonb) as row (to_operator boolean, channel text, address text, host text, language text)`,
      [
        noticeId,
        JSON.stringify(
          targets.map(({ toOperator, channel, address, language }) => ({
            to_operator: toOperator,
            channel,
            address,
            host: channel === 'email' ? BY_EMAIL : new URL(address).host,
            language,
          })),
        ),
      ],
    );
  }

  /** Hosts to which something is due, that which waits for longest first. It costs an index look-up each, however much waits. */
  async dueHosts(): Promise<string[]> {
    const rows = await this.database.query<{ host: string }>(
      `with recursive waiting as (
         (select host from notice_delivery where due_at is not null order by host limit 1)
         union all
         select (select next.host from notice_delivery as next where next.due_at is not null and next.host > waiting.host
                 order by next.host limit 1)
         from waiting where waiting.host is not null
       )
       select waiting.host from waiting cross join lateral (
         select due_at from notice_delivery as first where first.host = waiting.host and first.due_at <= clock_timestamp()
         order by due_at limit 1) as first
       order by first.due_at`,
    );
    return rows.map(({ host }) => host);
  }

  /** Up to `limit` deliveries to a host, that nobody else has claimed: for a minute. They count as attempts from now on. */
  claim(host: string, claim: string, limit: number): Promise<Delivery[]> {
    return this.database
      .query<Omit<Delivery, 'createdAt'> & { createdAt: string }>(
        `with claimed as (
         update notice_delivery set attempts = attempts + 1, claim = $2,
           due_at = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
         where id in (
           select id from notice_delivery where host = $1 and due_at <= clock_timestamp()
           order by due_at limit $3 for update skip locked)
         returning id, claim, notice_id, to_operator, address, language, attempts
       )
       select claimed.id, claim, notice_id as "noticeId", kind, tenant_id as "tenantId", to_operator as "toOperator", address, language,
         attempts, payload, letters, uuid_extract_timestamp(notice.id) as "createdAt"
       from claimed join notice on notice.id = notice_id order by claimed.id`,
        [host, claim, limit],
      )
      .then((rows) => rows.map((row) => ({ ...row, createdAt: new Date(row.createdAt) })));
  }

  /** Answers the ids of those that are given up: there is no time left for another attempt. A claim that was lost records nothing. */
  async record(results: readonly Result[]): Promise<string[]> {
    const rows = await this.database.query<{ id: string; state: DeliveryState }>(
      `update notice_delivery as delivery
       set state = after.state, error = result.error, claim = null,
         provider_account_id = coalesce(account_id, delivery.provider_account_id),
         due_at = case after.state when 'waiting' then after.at end,
         finished_at = case when after.state <> 'waiting' then clock_timestamp() end
       from jsonb_to_recordset($1::jsonb) as result (id uuid, claim uuid, state text, error text, pause float8, account_id uuid)
       join notice_delivery as before on before.id = result.id
       cross join lateral (select clock_timestamp() + make_interval(secs => coalesce(pause, 0) / 1000) as at) as next
       cross join lateral (
         select at, case when result.state = 'waiting' and at > before.give_up_at then 'given_up' else result.state end as state) as after
       where delivery.id = result.id and delivery.claim = result.claim
       returning delivery.id, delivery.state`,
      [
        JSON.stringify(
          results.map(({ pauseMs, accountId, ...result }) => ({ ...result, pause: pauseMs, account_id: accountId })),
        ),
      ],
    );
    return rows.filter(({ state }) => state === 'given_up').map(({ id }) => id);
  }

  /** Newest first, with their deliveries. */
  page({ tenantId, id, kind, state, before, isOperator }: NoticeFilter, limit: number): Promise<ListedNotice[]> {
    return this.database.query<ListedNotice>(
      `select id, kind, subject, tenant_id as "tenantId", payload, uuid_extract_timestamp(id) as "createdAt", deliveries
       from notice cross join lateral (
         select coalesce(json_agg(json_build_object('id', id, 'channel', channel, 'toOperator', to_operator, 'state', state,
           'attempts', attempts, 'error', error, 'dueAt', due_at, 'finishedAt', finished_at) order by id), '[]') as deliveries,
           coalesce(bool_or(state = $5), false) as fits
         from notice_delivery where notice_id = notice.id and ($6 or not to_operator)) as shown
       where ($1::uuid is null or tenant_id = $1) and ($2::uuid is null or id = $2) and ($3::text is null or kind = $3)
         and ($4::uuid is null or id < $4) and ($5::text is null or fits)
       order by id desc limit $7`,
      [tenantId ?? null, id ?? null, kind ?? null, before ?? null, state ?? null, isOperator, limit],
    );
  }

  /**
   * Makes deliveries of a notice due, with another day's time; without an id those that have not arrived. Answers how many: a call that is
   * under way is none.
   */
  async redeliver(noticeId: string, deliveryId: string | undefined, isOperator: boolean): Promise<number> {
    const rows = await this.database.query(
      `update notice_delivery set state = 'waiting', attempts = 0, error = null, claim = null, due_at = clock_timestamp(),
         give_up_at = clock_timestamp() + interval '24 hours', finished_at = null
       where notice_id = $1 and ($3 or not to_operator) and claim is null
         and (id = $2 or ($2::uuid is null and state <> 'delivered'))
       returning id`,
      [noticeId, deliveryId ?? null, isOperator],
    );
    return rows.length;
  }

  /** Forgets notices of more than 90 days ago of which nothing waits. */
  async purge(): Promise<void> {
    await this.database.query(
      `delete from notice where uuid_extract_timestamp(id) < now() - make_interval(days => ${KEPT_DAYS})
         and not exists (select from notice_delivery where notice_id = notice.id and due_at is not null)`,
    );
  }

  /** Deliveries that were given up in the last day, and seconds since the oldest came that still waits. */
  async lateness(): Promise<{ readonly givenUp: number; readonly oldest: number }> {
    const [late] = await this.database.query<{ givenUp: number; oldest: number }>(
      `select (select count(*)::int from notice_delivery
               where state = 'given_up' and finished_at > now() - interval '1 day') as "givenUp",
         coalesce((select extract(epoch from now() - min(uuid_extract_timestamp(id)))
                   from notice_delivery where due_at is not null), 0)::float8 as oldest`,
    );
    return late ?? { givenUp: 0, oldest: 0 };
  }
}
