/** The host in a PostgreSQL database: the contract, and what only a database does. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { HostRecords } from '../../src/host-data/index.js';
import { HostReader } from '../../src/host-data/host-reader.js';
import { readQueries, SAMPLE_QUERIES, type HostQueries } from '../../src/host-data/host-queries.js';
import { SqlHostSource } from '../../src/host-data/sql.adapter.js';
import { PostgresServer } from '../../harness/postgres-server.js';
import { query, withClient } from '../../harness/query.js';
import { until } from '../../harness/until.js';
import { emptyDatabase } from '../support/databases.js';
import { Pooler } from '../support/pooler.js';
import { hostDataContract } from './host-data.contract.js';
import { SqlHost } from './sql-host.js';

hostDataContract('PostgreSQL', async () => SqlHost.in(await emptyDatabase()));

let host: SqlHost;
beforeAll(async () => {
  host = await SqlHost.in(await emptyDatabase());
});
afterAll(() => host.close());

const order = (id: string): { kind: 'order'; id: string } => ({ kind: 'order', id });

/** Reads orders by other queries than the sample's. */
async function reading<T>(queries: Partial<HostQueries>, work: (data: HostReader) => Promise<T>): Promise<T> {
  const data = new HostReader(host.asking(queries));
  try {
    return await work(data);
  } finally {
    await data.onApplicationShutdown();
  }
}

const orderQuery = (columns: string): string =>
  `select ${columns} from sample_host.orders where tenant_id = $1 and id = any($2)`;

describe('Types of columns', () => {
  test('may be any that have the values: numbers as ids, times with a zone', async () => {
    const orders = `select id, 'open' as status, 7::bigint as customer_id from (values (41::bigint), (42)) as rows (id) where $1 <> '' and id = any($2)`;
    const events = `select id, 'Opening' as name, '2026-05-01 20:00+02'::timestamptz as starts_at, '2026-05-01 23:00'::timestamp as ends_at,
      'America/New_York' as timezone, 'scheduled' as status from (values (1)) as rows (id) where $1 <> '' and id = any($2)`;
    await reading({ orders, events }, async (data) => {
      const found = await data.read(randomUUID(), [order('42'), order('43'), { kind: 'event', id: '1' }]);
      expect(found.get('order', '42')).toMatchObject({ id: '42', customerId: '7' });
      expect(found.get('order', '43')).toBeUndefined();
      expect(found.get('event', '1')).toMatchObject({
        startsAt: new Date('2026-05-01T18:00:00Z'),
        endsAt: new Date('2026-05-02T03:00:00Z'),
      });
    });
  });

  test('are read alike whatever the role has set', async () => {
    const role = new URL(host.url).username;
    await query(host.ownerUrl, `alter role ${role} set datestyle = 'SQL, DMY'`);
    await query(host.ownerUrl, `alter role ${role} set timezone = 'Asia/Tokyo'`);
    const events = `select '1' as id, 'Opening' as name, '2026-05-02 20:00Z'::timestamptz as starts_at, 'UTC' as timezone,
      'scheduled' as status where $1 <> '' and '1' = any($2)`;
    await reading({ events }, async (data) => {
      const found = await data.read(randomUUID(), [{ kind: 'event', id: '1' }]);
      expect(found.get('event', '1')?.startsAt).toEqual(new Date('2026-05-02T20:00:00Z'));
    });
  });

  test('that a foreign id does not fit keep nobody from reading, where the form of ids is known', async () => {
    const orders = `select id, 'open' as status, 1 as customer_id from (values (42)) as rows (id) where $1 <> '' and id = any($2)`;
    const ids = [order('42'), order('forty-three')];
    await reading({ orders }, async (data) => {
      await expect(data.read(randomUUID(), ids)).rejects.toMatchObject({ reason: 'orders: SQLSTATE 22P02' });
    });
    await reading({ orders, ids: { orders: /^\d{1,9}$/ } }, async (data) => {
      const found = await data.read(randomUUID(), ids);
      expect(found.get('order', '42')).toBeDefined();
      expect(found.get('order', 'forty-three')).toBeUndefined();
    });
  });
});

describe('A query', () => {
  test.each([
    ['of a table that is not there', `select * from nowhere where $1 = any($2)`, 'orders: SQLSTATE 42P01'],
    ['that the role may not make', `select * from pg_authid where $1 = any($2)`, 'orders: SQLSTATE 42501'],
    ['without a column it needs', orderQuery('id, status'), 'orders answers no column customer_id'],
    ['that takes more parameters', `select $1 as id, $2 as status, $3 as customer_id`, /^orders: SQLSTATE 08P01$/],
  ])('%s says nothing of any record', async (_, orders, reason) => {
    await reading({ orders }, async (data) => {
      await expect(data.read(randomUUID(), [order('o-1')])).rejects.toMatchObject({
        code: 'host_data_unavailable',
        reason: typeof reason === 'string' ? reason : expect.stringMatching(reason),
      });
      await expect(data.read(randomUUID(), [{ kind: 'customer', id: 'c-1' }])).resolves.toBeDefined();
    });
  });

  test('that multiplies rows leaves no record for missing', async () => {
    const tenant = randomUUID();
    await host.put(tenant, 'order', ...['o-1', 'o-2'].map((id) => ({ id, status: 'open', customerId: 'c-1' })));
    const orders = `${orderQuery('id, status, customer_id')} and id = 'o-1' union all select 'o-1', 'open', 'c-1' from generate_series(1, 1000)`;
    await reading({ orders }, async (data) => {
      const found = await data.read(tenant, [order('o-1'), order('o-2')]);
      expect(() => found.get('order', 'o-1')).toThrow('orders answers a row more than once');
      expect(() => found.get('order', 'o-2')).toThrow('orders answers a row more than once');
    });
  });

  test('that never ends is read to its bound, and believed in nothing', async () => {
    const orders = `with recursive n (i) as (select 1 union all select i + 1 from n)
      select i::text as id, 'open' as status, 'c-1' as customer_id from n where $1 <> '' and cardinality($2::text[]) > 0`;
    await reading({ orders }, async (data) => {
      const found = await data.read(randomUUID(), [order('o-1')]);
      expect(() => found.get('order', 'o-1')).toThrow('orders answers rows that were not asked for');
    });
  });

  test('that does not page is not followed in circles', async () => {
    const tenant = randomUUID();
    const rows = ['a-1', 'a-2', 'a-3'].map((id) => ({ id, eventId: 'e-1', customerId: 'c-1', status: 'in' }));
    await host.put(tenant, 'attendee', ...rows);
    const attendees_of = `select id, event_id, customer_id, status from sample_host.attendees
      where tenant_id = $1 and event_id = $2 and $3 <> 'never' order by id limit $4`;
    await reading({ attendees_of }, async (data) => {
      const { next } = await data.attendeesOf(tenant, 'e-1', { limit: 2 });
      await expect(data.attendeesOf(tenant, 'e-1', { after: next, limit: 2 })).rejects.toThrow('does not page');
    });
  });

  test('sees one moment, with all the others of its read', async () => {
    const tenant = randomUUID();
    await host.put(tenant, 'order', { id: 'o-1', status: 'open', customerId: 'c-1' });
    const data = new HostReader(host.source());
    const reader = new URL(host.url).username;
    await withClient(host.ownerUrl, async (client) => {
      await client.query('begin; lock table sample_host.attendees in access exclusive mode');
      const reads = data.read(tenant, [order('o-1'), { kind: 'attendee', id: 'a-1' }]);
      const waiting = `select from pg_stat_activity where usename = '${reader}' and wait_event_type = 'Lock'`;
      await until(async () => (await query(host.ownerUrl, waiting)).length > 0);
      await client.query(
        `insert into sample_host.attendees (tenant_id, id, event_id, customer_id) values ('${tenant}', 'a-1', 'e-1', 'c-1'); commit`,
      );
      const found = await reads;
      expect(found.get('order', 'o-1')).toBeDefined();
      expect(found.get('attendee', 'a-1')).toBeUndefined();
    });
    await data.onApplicationShutdown();
  });
});

describe('The example of a host with tables and words of its own', () => {
  const guide = readFileSync(resolve('docs/host-data.md'), 'utf8');
  const file = /```json\n(\{\n {2}"orders": "select[^]*?)```/.exec(guide)?.[1] ?? '';
  const tenant = randomUUID();

  beforeAll(() =>
    query(
      host.ownerUrl,
      `create table accounts (id bigint, callboard_tenant_id uuid);
       create table orders (id bigint, account_id bigint, state text, customer_id bigint, show_id bigint, total numeric);
       create table customers (id bigint, callboard_tenant_id uuid, first_name text, last_name text, email text, mobile text, locale text);
       create table shows (id bigint, callboard_tenant_id uuid, title text, starts_at timestamptz, time_zone text, state text);
       create table tickets (id bigint, callboard_tenant_id uuid, show_id bigint, customer_id bigint, state text);
       insert into accounts values (1, '${tenant}'), (2, '${randomUUID()}');
       insert into orders values (10, 1, 'paid', 20, 30, 84.00), (11, 2, 'paid', 20, 30, 84.00);
       insert into customers values (20, '${tenant}', 'Ana', 'Example', 'ana@example.com', '+15555550101', 'pt_BR');
       insert into shows values (30, '${tenant}', 'Opening', '2026-05-01 20:00+02', 'Europe/Berlin', 'moved');
       insert into tickets select id, '${tenant}', 30, 20, 'sold' from generate_series(8, 12) as id;
       grant select on accounts, orders, customers, shows, tickets to ${new URL(host.url).username}`,
    ),
  );

  test('is read as the guide says', async () => {
    const problems: string[] = [];
    const queries = readQueries(file, (problem) => problems.push(problem));
    expect(problems).toEqual([]);
    await reading(queries, async (data) => {
      const found = await data.read(tenant, [
        ...['10', '11', 'order-1'].map(order),
        { kind: 'customer', id: '20' },
        { kind: 'event', id: '30' },
        { kind: 'attendee', id: '8' },
      ]);
      expect(found.get('order', '10')).toMatchObject({ status: 'confirmed', eventId: '30', attributes: { total: 84 } });
      expect([found.get('order', '11'), found.get('order', 'order-1')]).toEqual([undefined, undefined]);
      expect(found.get('customer', '20')).toMatchObject({ name: 'Ana Example', language: 'pt-BR' });
      expect(found.get('event', '30')).toMatchObject({
        status: 'rescheduled',
        startsAt: new Date('2026-05-01T18:00:00Z'),
      });
      expect(found.get('attendee', '8')).toMatchObject({ status: 'sold', customerId: '20' });
      const first = await data.attendeesOf(tenant, '30', { limit: 3 });
      const second = await data.attendeesOf(tenant, '30', { limit: 3, after: first.next });
      expect([...first.attendees, ...second.attendees].map(({ id }) => id)).toEqual(['8', '9', '10', '11', '12']);
      expect(second.next).toBeUndefined();
    });
  });
});

describe('Nothing can be written', () => {
  const tenant = randomUUID();
  beforeAll(async () => {
    await host.put(tenant, 'order', { id: 'o-1', status: 'open', customerId: 'c-1' });
    await query(
      host.ownerUrl,
      `create function sample_host.take(boolean) returns text language plpgsql security definer as $$
       begin
         if $1 then perform set_config('transaction_read_only', 'off', true); end if;
         delete from sample_host.orders;
         return 'taken';
       end $$`,
    );
  });

  const left = async (): Promise<number> => {
    const rows = await query(host.ownerUrl, 'select from sample_host.orders where tenant_id = $1', [tenant]);
    return rows.length;
  };

  test.each([
    ['by a statement', `delete from sample_host.orders where tenant_id = $1 and id = any($2) returning *`, '42601'],
    [
      'by a statement inside of a query',
      `with gone as (delete from sample_host.orders where tenant_id = $1 and id = any($2) returning *) select * from gone`,
      '0A000',
    ],
    ['by a second statement', `${orderQuery('*')}) as host; delete from sample_host.orders; select (1`, '42601'],
    ['by a function', orderQuery('id, sample_host.take(false) as status, customer_id'), '25006'],
    ['by one that asks to be allowed to', orderQuery('id, sample_host.take(true) as status, customer_id'), '25001'],
  ])('%s', async (_, orders, state) => {
    await reading({ orders }, async (data) => {
      await expect(data.read(tenant, [order('o-1')])).rejects.toMatchObject({ reason: `orders: SQLSTATE ${state}` });
    });
    expect(await left()).toBe(1);
  });
});

describe('The connection', () => {
  test('is one of few, and is named', async () => {
    const data = new HostReader(host.source());
    await Promise.all(Array.from({ length: 30 }, (_, n) => data.read(randomUUID(), [order(`o-${n}`)])));
    const open = await query<{ count: number }>(
      host.ownerUrl,
      `select count(*)::int as count from pg_stat_activity where application_name = 'callboard-host-data' and usename = $1`,
      [new URL(host.url).username],
    );
    expect(open[0]?.count).toBeGreaterThan(0);
    expect(open[0]?.count).toBeLessThanOrEqual(4);
    await data.onApplicationShutdown();
  });

  test('goes through a pooler, which takes no settings of a session', async () => {
    const tenant = randomUUID();
    await host.put(tenant, 'order', { id: 'o-1', status: 'open', customerId: 'c-1' });
    const pooler = await Pooler.before(host.url, 'refuses options');
    const data = new HostReader(new SqlHostSource({ databaseUrl: pooler.url, queries: SAMPLE_QUERIES }));
    const read = await data.read(tenant, [order('o-1')]).catch((error: unknown) => error);
    await data.onApplicationShutdown();
    await pooler.close();
    expect(read).toBeInstanceOf(HostRecords);
  });

  test('comes back after a restart of the server, under the reads that go on', async () => {
    const server = await PostgresServer.open({ durable: false });
    const restarting = await SqlHost.in(server.url);
    const tenant = randomUUID();
    await restarting.put(tenant, 'order', { id: 'o-1', status: 'open', customerId: 'c-1' });
    const data = new HostReader(restarting.source());
    const read = async (): Promise<string | undefined> =>
      (await data.read(tenant, [order('o-1')])).get('order', 'o-1')?.status;
    expect(await read()).toBe('open');
    await server.halt();
    await expect(read()).rejects.toMatchObject({ code: 'host_data_unavailable' });
    await server.resume();
    restarting.proxy.pointTo(server.port);
    expect(await read()).toBe('open');
    await data.onApplicationShutdown();
    await restarting.close();
    await server.close();
  });
});

describe('An examination', () => {
  const examined = async (queries: Partial<HostQueries>): Promise<string[]> => {
    const source = host.asking(queries);
    const findings = await source.examine();
    await source.close();
    return findings.map(({ subject, result, detail }) => `${result} ${subject}: ${detail}`);
  };

  test('finds the sample well, for a role that may only read', async () => {
    expect(await examined({})).toEqual([
      'ok : the database answers',
      'ok role: is no superuser',
      ...['orders', 'customers', 'events', 'attendees', 'attendees_of'].map(
        (name) => `ok ${name}: answers the columns it should`,
      ),
    ]);
  });

  test('names columns that are missing, and those that are not read', async () => {
    const said = await examined({
      orders: orderQuery('id, customer_id'),
      customers: 'select id, email as e_mail from sample_host.customers where tenant_id = $1 and id = any($2)',
    });
    expect(said).toContain('failed orders: lacks the column status');
    expect(said).toContain('warning customers: the column e_mail is not read');
  });

  test('says which queries cannot be made', async () => {
    const said = await examined({
      orders: 'select * from nowhere where $1 = any($2)',
      events: 'select nothing from sample_host.events where $1 = any($2)',
    });
    expect(said.filter((line) => !line.startsWith('ok '))).toEqual([
      'failed orders: SQLSTATE 42P01',
      'failed events: SQLSTATE 42703',
    ]);
  });
});
