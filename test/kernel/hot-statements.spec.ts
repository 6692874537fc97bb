/**
 * Which statements of a message's path a database that is distributed by tenant (Citus) could not send to one place: PostgreSQL itself
 * counts them. A new one fails here, and is either given its tenant or lane, or listed with the reason. docs/scaling.md reads from it.
 */
import { PostgresServer } from '../../harness/postgres-server.js';
import { query } from '../../harness/query.js';
import { act, audience, draft, template, whenState } from '../campaigns/campaign.support.js';
import { email, list, send, sendAll, text, whenStatus } from '../support/messages.js';
import { openTestApp } from '../support/test-app.js';

/** By how they begin, with why each has neither a tenant nor a lane. */
const APART: Readonly<Record<string, string>> = {
  'insert into inbox (provider, dedupe_key':
    'a webhook is stored before anybody knows whose it is, for many tenants at once, and only once by its provider’s own key',
  'with batch as ( select id from inbox where applied_at is null':
    'the inbox is emptied in order, whoever’s its events are',
  'with moved as ( update message set status =':
    'outcomes and reports of a batch are for messages of many tenants, found by id: one statement for all of them',
  'with begun as ( update message set status =': 'the calls of a batch begin together, found by id, whoever’s they are',
  'select tx, seq from event_cursor where name =': 'a consumer’s place: one row for each, on the node that counts',
  'update event_cursor set tx =': 'the same',
  'select coalesce(cut.tx, last.tx) as tx':
    'a consumer takes the events of all tenants in the order of their transactions, which only one server has',
  'with place as materialized ( select cursor.name': 'which of them need not run, of all at once',
  'with asked as materialized ( select * from unnest($1::text[], $2::float8[]) as asked (name':
    'when each schedule last ran: a row for each, no tenant’s',
};

/** Not of our tables: the queue’s, and what reads no table. */
const FOREIGN =
  /^(begin|commit|rollback|set|start|--|select (pg_|set_config|clock_timestamp))|\bbullmq\b|add_job|move_to|next_(signal|delay)|\bfrom job\b/i;
const LANE = /\blane_id = \$|\bfrom lane where id = \$|^update lane .* where id = \$/;

/** A filter by tenant, or rows that bring theirs along. */
function hasTenant(statement: string): boolean {
  const columns = /insert into \w+ \(([^)]*)\)/.exec(statement)?.[1] ?? '';
  return /\btenant_id"? = /.test(statement) || columns.includes('tenant_id');
}

interface Ran {
  readonly statement: string;
  readonly calls: number;
}

/** What PostgreSQL has run in this database since it was last asked to forget. */
async function ran(databaseUrl: string): Promise<Ran[]> {
  const rows = await query<Ran>(
    databaseUrl,
    `select query as statement, calls::int as calls from pg_stat_statements
     where toplevel and dbid = (select oid from pg_database where datname = current_database())`,
  );
  return rows
    .map(({ statement, calls }) => ({ statement: statement.replaceAll(/\s+/g, ' ').trim(), calls }))
    .filter(({ statement }) => !FOREIGN.test(statement));
}

test('every hot statement names its tenant or its lane, or is known not to', async () => {
  const settings = { shared_preload_libraries: 'pg_stat_statements' };
  const server = await PostgresServer.open({ durable: false, settings });
  const databaseUrl = await server.createMigrated('statements', ['pg_stat_statements']);
  const app = await openTestApp({ databaseUrl });
  try {
    const tenant = await app.tenant();
    const people = { templateKey: await template(app, tenant, 'email'), audienceId: await audience(app, tenant, 300) };
    const campaign = await draft(app, tenant, people);
    await whenStatus(app, tenant, await send(app, tenant, text()), 'delivered'); // makes the lanes, and fills the caches
    await query(databaseUrl, 'select pg_stat_statements_reset()');
    const began = performance.now();
    await act(app, tenant, campaign.id, 'launch');
    const single: string[] = [];
    for (let each = 0; each < 60; each += 1) single.push(await send(app, tenant, text()));
    const many = await sendAll(
      app,
      tenant,
      Array.from({ length: 100 }, () => email()),
    );
    await whenState(app, tenant, campaign.id, 'SENT');
    for (const id of [...single, ...many]) await whenStatus(app, tenant, id, 'delivered');
    for (let each = 0; each < 20; each += 1) await list(app, tenant, {});
    const seconds = (performance.now() - began) / 1_000;
    const statements = await ran(databaseUrl);

    const isHot = ({ calls }: Ran): boolean => calls >= Math.max(10, 2 * seconds); // most schedules run once a second at most
    const isApart = ({ statement }: Ran): boolean => !hasTenant(statement) && !LANE.test(statement);
    const hot = statements.filter(isHot);
    const starts = Object.keys(APART);
    const unknown = hot.filter(isApart).filter(({ statement }) => !starts.some((start) => statement.startsWith(start)));
    expect(unknown.map(({ statement }) => statement.slice(0, 300))).toEqual([]);
    const gone = starts.filter((start) => !statements.some((one) => one.statement.startsWith(start) && isApart(one)));
    expect(gone).toEqual([]);
    expect(hot.some((one) => !isApart(one))).toBe(true);
  } finally {
    await app.close();
    await server.close();
  }
});
