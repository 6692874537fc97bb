/** The host's data in a PostgreSQL database: read by configured queries, and never written. */
import { Pool, types, type FieldDef, type PoolClient } from 'pg';
import { clientOf, closestName, retireFormer, sqlStateOf } from '../kernel/index.js';
import type { Finding } from '../providers/index.js';
import type { HostDatabase } from './host-data-config.js';
import { HostDataUnavailable } from './host-data.errors.js';
import { HOST_KINDS } from './host-data.port.js';
import { COLUMNS, QUERY_NAMES, type HostQueries, type QueryName } from './host-queries.js';
import {
  NO_ROWS,
  QUERY_OF,
  type AttendeesAfter,
  type HostIds,
  type HostRow,
  type HostRows,
  type HostSource,
  type StatusWords,
} from './host-source.js';

export interface SqlOptions extends HostDatabase {
  /** Of one statement, in milliseconds. */
  readonly timeoutMs?: number;
}

/** Reading is a small part of the work, and the host has other readers. */
const CONNECTIONS = 4;
const CONNECT_MS = 5_000;
const STATEMENT_MS = 5_000;
/** The server's own limit comes first, where the server is still there. */
const GRACE_MS = 2_000;

/** Times stay texts: one without a zone is local to its event, and not to this process. */
const TIMES: ReadonlySet<number> = new Set([types.builtins.DATE, types.builtins.TIMESTAMP, types.builtins.TIMESTAMPTZ]);
const parserOf = types.getTypeParser as (oid: number) => (text: string) => unknown;
const PARSERS = { getTypeParser: (oid: number) => (TIMES.has(oid) ? String : parserOf(oid)) };

const CANCELLED = '57014';

export class SqlHostSource implements HostSource {
  readonly statuses: StatusWords;
  private readonly pool: Pool;
  private readonly queries: HostQueries;
  private readonly timeoutMs: number;

  /** Connects when it is first asked. */
  constructor(options: SqlOptions) {
    const { queries, timeoutMs = STATEMENT_MS } = options;
    const url = (): string => options.databaseUrl; // its password may become another
    this.queries = queries;
    this.statuses = queries.statuses;
    this.timeoutMs = timeoutMs;
    this.pool = new Pool({
      Client: clientOf(url),
      max: CONNECTIONS,
      application_name: 'callboard-host-data',
      connectionTimeoutMillis: CONNECT_MS,
      idleTimeoutMillis: 30_000,
      keepAlive: true,
      query_timeout: timeoutMs + GRACE_MS,
      types: PARSERS,
    });
    retireFormer(this.pool, url);
    this.pool.on('error', () => undefined); // an idle connection was lost: the pool has already dropped it
    this.pool.on('connect', (client) => client.on('error', () => undefined)); // its query reports it to its caller
  }

  spell(field: string): string {
    return field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  }

  async rows(tenantId: string, all: HostIds): Promise<HostRows> {
    const asked = HOST_KINDS.map((kind) => {
      const form = this.queries.ids[QUERY_OF[kind]];
      return [kind, form ? all[kind].filter((id) => form.test(id)) : all[kind]] as const;
    }).filter(([, ids]) => ids.length > 0);
    if (asked.length === 0) return NO_ROWS;
    return this.reading(async (run) => {
      const rows: Record<string, readonly HostRow[]> = {};
      for (const [kind, ids] of asked) rows[kind] = await run(QUERY_OF[kind], [tenantId, ids], ids.length + 1);
      return { ...NO_ROWS, ...rows };
    });
  }

  async attendeesOf(tenantId: string, { eventId, after, limit }: AttendeesAfter): Promise<readonly HostRow[]> {
    const form = this.queries.ids.attendees_of;
    if (form && !form.test(eventId)) return [];
    return this.reading((run) => run('attendees_of', [tenantId, eventId, after, limit], limit + 1));
  }

  async ping(): Promise<void> {
    await this.reading(() => Promise.resolve());
  }

  async examine(): Promise<Finding[]> {
    try {
      const role = await this.reading((_, client) => examineRole(client));
      const queries: Finding[] = [];
      for (const name of QUERY_NAMES) queries.push(await this.examineQuery(name));
      return [{ subject: '', result: 'ok', detail: 'the database answers' }, role, ...queries];
    } catch (error) {
      return [failed('', error, 'Does the server of HOST_DATABASE_URL run, and may the role log in?')];
    }
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  /** It is asked for nothing, and tells its columns. */
  private async examineQuery(name: QueryName): Promise<Finding> {
    const nothing = name === 'attendees_of' ? [null, null, null, 0] : [null, []];
    try {
      const { fields } = await this.reading((_, client) => this.ask(client, name, nothing, 0));
      return columnsFinding(name, fields);
    } catch (error) {
      return failed(name, error, 'See docs/host-data.md#sql for what a query is given, and what it answers.');
    }
  }

  /** A transaction that can write nothing and sees one moment. A connection that has met an error is not used again. */
  private async reading<T>(
    work: (
      run: (name: QueryName, values: unknown[], most: number) => Promise<HostRow[]>,
      client: PoolClient,
    ) => Promise<T>,
  ): Promise<T> {
    const client = await this.pool.connect().catch((error: unknown) => {
      throw this.unavailable(error);
    });
    try {
      await client.query(
        `begin isolation level repeatable read read only;
         set local statement_timeout = ${this.timeoutMs}; set local datestyle = 'ISO'; set local timezone = 'UTC'`,
      );
      const result = await work(async (name, values, most) => {
        const { fields, rows } = await this.ask(client, name, values, most);
        const [missing] = missingColumns(name, fields);
        if (missing !== undefined) throw new HostDataUnavailable(`${name} answers no column ${missing}`);
        return rows.map(camelCased);
      }, client);
      await client.query('commit');
      client.release();
      return result;
    } catch (error) {
      client.release(true);
      throw this.unavailable(error);
    }
  }

  /** As a subquery it is one SELECT whatever it says, and its answer has an end. */
  private async ask(
    client: PoolClient,
    name: QueryName,
    values: unknown[],
    most: number,
  ): Promise<{ fields: FieldDef[]; rows: HostRow[] }> {
    try {
      return await client.query<HostRow>(`select * from (\n${this.queries[name]}\n) as host limit ${most}`, values);
    } catch (error) {
      throw this.unavailable(error, `${name}: `);
    }
  }

  private unavailable(error: unknown, place = ''): unknown {
    if (error instanceof HostDataUnavailable || error instanceof TypeError || !(error instanceof Error)) return error;
    const state = sqlStateOf(error);
    if (state === CANCELLED) return new HostDataUnavailable(`${place}no answer within ${this.timeoutMs} ms`);
    if (state !== undefined) return new HostDataUnavailable(`${place}SQLSTATE ${state}`);
    return new HostDataUnavailable(`${place}${'code' in error ? String(error.code) : 'no answer'}`);
  }
}

function failed(subject: string, error: unknown, advice: string): Finding {
  if (!(error instanceof HostDataUnavailable)) throw error;
  return { subject, result: 'failed', detail: error.reason.replace(`${subject}: `, ''), advice };
}

const camelCased = (row: HostRow): HostRow =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  );

const missingColumns = (name: QueryName, fields: readonly FieldDef[]): string[] =>
  COLUMNS[name].needed.filter((column) => !fields.some((field) => field.name === column));

function columnsFinding(name: QueryName, fields: readonly FieldDef[]): Finding {
  const { needed, optional } = COLUMNS[name];
  const missing = missingColumns(name, fields);
  if (missing.length > 0) {
    const advice = `Let the query "${name}" answer the columns ${needed.join(', ')}.`;
    return { subject: name, result: 'failed', detail: `lacks the column ${missing.join(', ')}`, advice };
  }
  const [unknown] = fields.map((field) => field.name).filter((column) => ![...needed, ...optional].includes(column));
  if (unknown === undefined) return { subject: name, result: 'ok', detail: 'answers the columns it should' };
  const meant = closestName(unknown, optional);
  const advice = meant === undefined ? 'What is not a field of its own belongs into attributes.' : `Is it ${meant}?`;
  return { subject: name, result: 'warning', detail: `the column ${unknown} is not read`, advice };
}

async function examineRole(client: PoolClient): Promise<Finding> {
  const { rows } = await client.query<{ all: boolean }>(
    `select rolsuper as "all" from pg_roles where rolname = current_user`,
  );
  if (rows[0]?.all !== true) return { subject: 'role', result: 'ok', detail: 'is no superuser' };
  const advice = 'Let HOST_DATABASE_URL name a role that may select from the tables of the queries, and no more.';
  return { subject: 'role', result: 'warning', detail: 'is a superuser', advice };
}
