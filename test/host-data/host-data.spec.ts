/** The host's data in the running service: the sample of the sandbox, none at all, and what readiness says. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { openDatabase } from '../../src/app.database.js';
import { HostData, HostDataNotConfigured } from '../../src/host-data/index.js';
import { SAMPLE_QUERIES } from '../../src/host-data/host-queries.js';
import { HostReader } from '../../src/host-data/host-reader.js';
import { HttpHostSource } from '../../src/host-data/http.adapter.js';
import { SampleHostSource } from '../../src/host-data/sample.adapter.js';
import { SqlHostSource } from '../../src/host-data/sql.adapter.js';
import { query } from '../../harness/query.js';
import { cloneDatabase } from '../support/databases.js';
import { openTestApp, type TestApp } from '../support/test-app.js';
import { HttpHost, SECRET } from './http-host.js';
import { SqlHost } from './sql-host.js';

const isMade = (app: TestApp): Promise<object[]> =>
  app.database.query(`select nspname from pg_namespace where nspname = 'sample_host'`);

describe('In the sandbox', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await openTestApp();
  });
  afterAll(() => app.close());

  test('nothing is made before somebody reads', async () => {
    const { body } = await app.http.get('/health/ready').expect(200);
    expect(body).toMatchObject({ status: 'ok' });
    expect(Object.keys((body as { checks: object }).checks)).not.toContain('host');
    expect(await isMade(app)).toEqual([]);
  });

  test('every tenant finds a few records of its own, however many readers come first', async () => {
    const [one, other] = [await app.tenant(), await app.tenant()];
    const data = app.nest.get(HostData);
    const refs = [
      { kind: 'order', id: 'order-1' },
      { kind: 'customer', id: 'customer-2' },
      { kind: 'event', id: 'event-2' },
      { kind: 'attendee', id: 'attendee-3' },
    ] as const;
    const reads = [one, one, other, one, other].map(({ id }) => data.read(id, refs));
    for (const found of await Promise.all(reads)) {
      expect(found.get('order', 'order-1')).toMatchObject({ status: 'confirmed', attributes: { currency: 'USD' } });
      expect(found.get('customer', 'customer-2')).toMatchObject({ email: 'ben@example.com', preferredChannel: 'sms' });
      expect(found.get('event', 'event-2')).toMatchObject({ status: 'rescheduled', timezone: 'Europe/Berlin' });
      expect(found.get('attendee', 'attendee-3')).toMatchObject({ status: 'cancelled' });
    }
    const page = await data.attendeesOf(other.id, 'event-1', { limit: 10 });
    expect(page.attendees.map(({ id }) => id)).toEqual(['attendee-1', 'attendee-2']);
    const rows = await query(app.config.databaseUrl, 'select from sample_host.customers');
    expect(rows).toHaveLength(6);
  });

  test('a record of the sample that cannot be read says which field is at fault', async () => {
    const { id } = await app.tenant();
    const data = app.nest.get(HostData);
    await data.read(id, [{ kind: 'event', id: 'event-1' }]);
    await app.database.query(`update sample_host.events set timezone = 'Mars/Base' where tenant_id = $1`, [id]);
    const found = await data.read(id, [{ kind: 'event', id: 'event-1' }]);
    expect(() => found.get('event', 'event-1')).toThrow(/events\.timezone /);
  });

  test('what a tenant has there already is left as it is', async () => {
    const { id } = await app.tenant();
    await app.nest.get(HostData).read((await app.tenant()).id, [{ kind: 'order', id: 'order-1' }]);
    await query(
      app.config.databaseUrl,
      `insert into sample_host.orders (tenant_id, id, status, customer_id) values ($1, 'mine', 'open', 'c-1')`,
      [id],
    );
    const found = await app.nest.get(HostData).read(id, [
      { kind: 'order', id: 'mine' },
      { kind: 'order', id: 'order-1' },
    ]);
    expect(found.get('order', 'mine')).toBeDefined();
    expect(found.get('order', 'order-1')).toBeUndefined();
  });

  test('a transaction that reads and is rolled back takes nothing of it away', async () => {
    const { id } = await app.tenant();
    const data = app.nest.get(HostData);
    const refs = [{ kind: 'order', id: 'order-1' }] as const;
    const work = app.database.transaction(async () => {
      expect((await data.read(id, refs)).get('order', 'order-1')).toBeDefined();
      throw new Error('rolled back');
    });
    await expect(work).rejects.toThrow('rolled back');
    expect((await data.read(id, refs)).get('order', 'order-1')).toBeDefined();
  });
});

test('A role that may make no schema is told that there is no sample', async () => {
  const owner = await cloneDatabase();
  const role = `bare_${randomBytes(6).toString('hex')}`;
  await query(owner, `create role ${role} login password 'secret'`);
  const databaseUrl = Object.assign(new URL(owner), { username: role, password: 'secret' }).href;
  const opened = await openDatabase(databaseUrl);
  const data = new HostReader(
    new SampleHostSource(opened.database, new SqlHostSource({ databaseUrl, queries: SAMPLE_QUERIES })),
  );
  await expect(data.read('t', [{ kind: 'order', id: 'order-1' }])).rejects.toMatchObject({
    code: 'host_data_unavailable',
    reason: 'the sample cannot be made: SQLSTATE 42501',
  });
  await data.onApplicationShutdown();
  await opened.close();
});

describe('Without a host', () => {
  test('every read says what to set, and nothing is made', async () => {
    const app = await openTestApp({ sandbox: false, platform: {} });
    const data = app.nest.get(HostData);
    await expect(data.read('t', [])).rejects.toThrow(HostDataNotConfigured);
    await expect(data.attendeesOf('t', 'e-1', { limit: 1 })).rejects.toMatchObject({
      code: 'host_data_not_configured',
      message: expect.stringContaining('HOST_DATABASE_URL'),
    });
    expect(await isMade(app)).toEqual([]);
    await app.close();
  });
});

describe('Readiness', () => {
  type Ready = { readonly status: string; readonly checks: Record<string, { status: string; reason?: string }> };
  const ready = async (app: TestApp): Promise<Ready> => (await app.http.get('/health/ready').expect(200)).body as Ready;

  test('asks a host in a database, whose rows are read', async () => {
    const host = await SqlHost.in(await cloneDatabase());
    const app = await openTestApp({ hostData: { databaseUrl: host.url, queries: SAMPLE_QUERIES } });
    const { id } = await app.tenant();
    await host.put(id, 'order', { id: 'o-1', status: 'open', customerId: 'c-1' });
    expect((await ready(app)).checks['host']).toEqual({ status: 'up' });
    const found = await app.nest.get(HostData).read(id, [{ kind: 'order', id: 'o-1' }]);
    expect(found.get('order', 'o-1')).toMatchObject({ status: 'open' });
    expect(await isMade(app)).toEqual([]);
    await app.close();
    await host.close();
  });

  test('is degraded without the host, and asks it once for many probes', async () => {
    const host = await HttpHost.open();
    const app = await openTestApp({ hostData: { url: `${host.server.origin}/x`, secret: SECRET } });
    host.server.script = () => ({ status: 502, body: '<html>' });
    const answers = await Promise.all([ready(app), ready(app), ready(app)]);
    for (const { status, checks } of [...answers, await ready(app)]) {
      expect(status).toBe('degraded');
      expect(checks['host']).toEqual({ status: 'down', reason: expect.stringContaining('(HTTP 502)') });
    }
    expect(host.server.received.map(({ body }) => body)).toEqual(['{"tenantId":null}']);
    await app.close();
    await host.close();
  });
});

describe('The example of a host behind a URL', () => {
  let example: ChildProcess;
  let url: string;
  beforeAll(async () => {
    example = spawn(process.execPath, [resolve('examples/host/host.mjs')], {
      env: { HOST_DATA_SECRET: SECRET, PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(createInterface(example.stdout as NodeJS.ReadableStream), 'line')) as [string];
    url = line;
  });
  afterAll(async () => {
    example.kill();
    await once(example, 'exit');
  });

  test('answers what it is asked', async () => {
    const data = new HostReader(new HttpHostSource({ url, secret: SECRET }));
    const found = await data.read('t', [
      { kind: 'order', id: 'order-1' },
      { kind: 'customer', id: 'customer-1' },
      { kind: 'event', id: 'event-1' },
      { kind: 'event', id: 'event-2' },
    ]);
    expect(found.get('order', 'order-1')).toMatchObject({ status: 'confirmed' });
    expect(found.get('customer', 'customer-1')).toMatchObject({ attributes: { vip: true } });
    expect(found.get('event', 'event-1')?.startsAt).toEqual(new Date('2027-04-03T00:00:00Z'));
    expect(found.get('event', 'event-2')).toBeUndefined();
    const page = await data.attendeesOf('t', 'event-1', { limit: 10 });
    expect(page.attendees.map(({ id }) => id)).toEqual(['attendee-1']);
    await data.onApplicationShutdown();
  });

  test('refuses those who do not know the secret', async () => {
    const source = new HttpHostSource({ url, secret: `whsec_${Buffer.alloc(24, 'x').toString('base64')}` });
    await expect(source.ping()).rejects.toMatchObject({ reason: 'HTTP 401' });
    await source.close();
  });
});
