/** Endpoints of tenants, as stored, and how each is doing. */
import { Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import type { Language } from '../notices/index.js';
import { DAYS_TO_DISABLE, FAILURES_TO_DISABLE } from './endpoint.rules.js';
import type { EventType } from './event-types.js';

/** `failing`: it took nothing for days. `gone`: it answered 410. */
export const DISABLED_REASONS = ['by_hand', 'failing', 'gone'] as const;
export type DisabledReason = (typeof DISABLED_REASONS)[number];

/** What a tenant says of an endpoint. */
export interface EndpointTerms {
  readonly url: string;
  /** Null: all types, also those to come. */
  readonly events: readonly EventType[] | null;
  readonly description: string | null;
  /** Who is written to when it is disabled. Normalised. */
  readonly notifyEmails: readonly string[];
  readonly notifyLanguage: Language;
}

/** Times are PostgreSQL text. */
export interface EndpointRow extends EndpointTerms {
  readonly id: string;
  readonly tenantId: string;
  readonly disabledReason: DisabledReason | null;
  readonly disabledAt: string | null;
  /** Attempts since the last that was taken. */
  readonly failures: number;
  readonly failingSince: string | null;
  readonly deliveredAt: string | null;
  readonly createdAt: string;
}

/** An endpoint that was just disabled. */
export type Disabled = Omit<EndpointRow, 'disabledReason' | 'disabledAt'> & {
  readonly disabledReason: DisabledReason;
  readonly disabledAt: string;
};

const COLUMNS = `id, tenant_id as "tenantId", url, events, description, notify_emails as "notifyEmails", notify_language as "notifyLanguage",
  disabled_reason as "disabledReason", disabled_at as "disabledAt", failures, failing_since as "failingSince",
  delivered_at as "deliveredAt", created_at as "createdAt"`;

/** SQL, after `from`: enabled endpoints to which something is due, and the `first` of that. It costs an index look-up each, however much waits. */
const DUE_ENDPOINTS = `webhook_endpoint as endpoint cross join lateral (
  select due_at from webhook_delivery as first where endpoint_id = endpoint.id and due_at <= clock_timestamp()
  order by due_at limit 1) as first
  where disabled_at is null and retry_at <= clock_timestamp()`;

/** SQL: whether there is any such endpoint. */
export const ANY_ENDPOINT_DUE = `exists (select from ${DUE_ENDPOINTS})`;

@Injectable()
export class EndpointStore {
  constructor(private readonly database: Database) {}

  async insert(tenantId: string, terms: EndpointTerms): Promise<EndpointRow> {
    const [row] = await this.database.query<EndpointRow>(
      `insert into webhook_endpoint (tenant_id, url, events, description, notify_emails, notify_language)
       values ($1, $2, $3, $4, $5, $6) returning ${COLUMNS}`,
      [tenantId, ...valuesOf(terms)],
    );
    if (!row) throw new Error('an insert answers its row');
    return row;
  }

  /** Of an endpoint that was found. */
  async update(id: string, terms: EndpointTerms): Promise<void> {
    await this.database.query(
      `update webhook_endpoint set url = $2, events = $3, description = $4, notify_emails = $5, notify_language = $6 where id = $1`,
      [id, ...valuesOf(terms)],
    );
  }

  /** By hand. One that is enabled is called at once, as if it had never failed. */
  async enable(id: string, isEnabled: boolean): Promise<void> {
    await this.database.query(
      isEnabled
        ? `update webhook_endpoint set disabled_reason = null, disabled_at = null, failures = 0, failing_since = null, retry_at = '-infinity'
           where id = $1`
        : `update webhook_endpoint set disabled_reason = 'by_hand', disabled_at = clock_timestamp() where id = $1 and disabled_at is null`,
      [id],
    );
  }

  /** Whether there was one. */
  async remove(tenantId: string, id: string): Promise<boolean> {
    const rows = await this.database.query(
      `delete from webhook_endpoint where id = $1 and tenant_id = $2 returning id`,
      [id, tenantId],
    );
    return rows.length > 0;
  }

  async find(tenantId: string, id: string): Promise<EndpointRow | undefined> {
    const [row] = await this.database.query<EndpointRow>(
      `select ${COLUMNS} from webhook_endpoint where id = $1 and tenant_id = $2`,
      [id, tenantId],
    );
    return row;
  }

  /** Newest first, from before an id. */
  page(tenantId: string, before: string | undefined, limit: number): Promise<EndpointRow[]> {
    return this.database.query<EndpointRow>(
      `select ${COLUMNS} from webhook_endpoint where tenant_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3`,
      [tenantId, before ?? null, limit],
    );
  }

  /** How many a tenant has. Whoever counts at the same time waits until the open transaction ends. */
  async count(tenantId: string): Promise<number> {
    await this.database.query(`select pg_advisory_xact_lock(hashtextextended('webhook_endpoint ' || $1, 0))`, [
      tenantId,
    ]);
    const [row] = await this.database.query<{ count: number }>(
      `select count(*)::int as count from webhook_endpoint where tenant_id = $1`,
      [tenantId],
    );
    return row?.count ?? 0;
  }

  /** Whether a tenant has an enabled endpoint that wants one of these types. */
  async wants(tenantId: string, types: readonly EventType[]): Promise<boolean> {
    const rows = await this.database.query(
      `select from webhook_endpoint where tenant_id = $1 and disabled_at is null and (events is null or events && $2) limit 1`,
      [tenantId, types],
    );
    return rows.length > 0;
  }

  /** Where it is and whose; undefined if it is no more. */
  async target(id: string): Promise<Pick<EndpointRow, 'url' | 'tenantId'> | undefined> {
    const [row] = await this.database.query<Pick<EndpointRow, 'url' | 'tenantId'>>(
      `select url, tenant_id as "tenantId" from webhook_endpoint where id = $1`,
      [id],
    );
    return row;
  }

  /** Enabled endpoints to which something is due, that which waits for longest first. */
  async due(): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      `select endpoint.id from ${DUE_ENDPOINTS} order by first.due_at`,
    );
    return rows.map(({ id }) => id);
  }

  /** How many are well, fail, or are disabled. */
  states(): Promise<{ readonly state: string; readonly count: number }[]> {
    return this.database.query(
      `select state, count(endpoint.id)::int as count from unnest(array['well', 'failing', 'disabled']) as state
       left join webhook_endpoint as endpoint
         on state = case when disabled_at is not null then 'disabled' when failures > 0 then 'failing' else 'well' end
       group by state order by state`,
    );
  }

  /** Seconds since an event has been due, and not called, to an endpoint that does not fail; 0 if there is none. */
  async delay(): Promise<number> {
    const [row] = await this.database.query<{ seconds: number }>(
      `select coalesce(max(extract(epoch from clock_timestamp() - due_at)), 0)::float8 as seconds
       from webhook_endpoint as endpoint cross join lateral (
         select due_at from webhook_delivery as first where endpoint_id = endpoint.id and due_at <= clock_timestamp()
         order by due_at limit 1) as first
       where disabled_at is null and failures = 0`,
    );
    return row?.seconds ?? 0;
  }

  /** It has taken something: it is well. Answers whether it was only probed until now. */
  async noteTaken(id: string, failuresToProbe: number): Promise<boolean> {
    const [row] = await this.database.query<{ wasProbed: boolean }>(
      `update webhook_endpoint set failures = 0, failing_since = null, retry_at = '-infinity', delivered_at = clock_timestamp()
       where id = $1 and (failures > 0 or delivered_at is null or delivered_at < clock_timestamp() - interval '1 minute')
       returning old.failures >= $2 as "wasProbed"`,
      [id, failuresToProbe],
    );
    return row?.wasProbed ?? false;
  }

  /** It took none of so many. Answers how often it has failed in a row. */
  async noteFailed(id: string, failures: number): Promise<number> {
    const [row] = await this.database.query<{ failures: number }>(
      `update webhook_endpoint set failures = failures + $2, failing_since = coalesce(failing_since, clock_timestamp())
       where id = $1 returning failures`,
      [id, failures],
    );
    return row?.failures ?? 0;
  }

  /** It is not called for so long. */
  async pause(id: string, ms: number): Promise<void> {
    await this.database.query(
      `update webhook_endpoint set retry_at = clock_timestamp() + make_interval(secs => $2::float8 / 1000) where id = $1`,
      [id, ms],
    );
  }

  /** Disables one that is gone, or that has failed for days. Answers it if it was enabled until now. */
  async disable(id: string, reason: 'failing' | 'gone'): Promise<Disabled | undefined> {
    const [row] = await this.database.query<Disabled>(
      `update webhook_endpoint set disabled_reason = $2, disabled_at = clock_timestamp()
       where id = $1 and disabled_at is null and ($2 = 'gone' or (
         failures >= ${FAILURES_TO_DISABLE} and failing_since < clock_timestamp() - interval '${DAYS_TO_DISABLE} days'))
       returning ${COLUMNS}`,
      [id, reason],
    );
    return row;
  }
}

const valuesOf = (terms: EndpointTerms): unknown[] => [
  terms.url,
  terms.events,
  terms.description,
  terms.notifyEmails,
  terms.notifyLanguage,
];
