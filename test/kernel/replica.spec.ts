/** Reads that may be some seconds old, from a real standby. */
import type { AppConfig } from '../../src/app.config.js';
import { Replica } from '../../src/kernel/index.js';
import { ReplicatedServers } from '../../harness/replicated-servers.js';
import { query } from '../../harness/query.js';
import { until } from '../../harness/until.js';
import { list, read, send, text, whenStatus } from '../support/messages.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';

let servers: ReplicatedServers;
let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  servers = await ReplicatedServers.open();
  await query(servers.primary.url, 'alter system reset synchronous_standby_names'); // as a replica for reads, it may lag
  await query(servers.primary.url, 'select pg_reload_conf()');
  await servers.primary.createMigrated('callboard_replicated');
  app = await openTestApp({ ...place(), databaseReplicaLagSeconds: 3_600 });
  tenant = await app.tenant();
});
afterAll(async () => {
  await app.close();
  await servers.close();
});

const place = (): Pick<AppConfig, 'databaseUrl' | 'databaseReplicaUrl'> => ({
  databaseUrl: servers.primary.urlOf('callboard_replicated'),
  databaseReplicaUrl: servers.standby.urlOf('callboard_replicated'),
});
const onStandby = (sql: string): Promise<object[]> => query(servers.standby.url, sql);

/** How many reads each has answered. */
async function reads(of = app): Promise<{ replica: number; primary: number }> {
  const { text: metrics } = await of.http.get('/metrics').expect(200);
  const count = (by: string): number =>
    Number(new RegExp(`^callboard_replica_reads_total\\{by="${by}"\\} (\\d+)`, 'm').exec(metrics)?.[1] ?? 0);
  return { replica: count('replica'), primary: count('primary') };
}

/** Why no reads go to it; undefined if they do. */
async function obstacle(of = app): Promise<string | undefined> {
  const { body } = await of.http.get('/health/ready').expect(200);
  return (body as { checks: { replica: { reason?: string } } }).checks.replica.reason;
}

const whenFresh = (): Promise<boolean> => until(async () => (await obstacle()) === undefined);

const ids = async (of = app): Promise<string[]> => (await list(of, tenant, {})).items.map(({ id }) => id);

test.each([
  '/api/messages',
  '/api/history',
  '/api/usage',
  '/api/reports/delivery',
  '/api/reports/delivery?format=csv',
  '/api/statements',
  '/api/audit',
])('GET %s is answered by the standby', async (path) => {
  await whenFresh();
  const before = await reads();
  await app.as(tenant).get(path).expect(200);
  const after = await reads();
  expect([after.replica - before.replica, after.primary - before.primary]).toEqual([1, 0]);
});

describe('While the standby is behind', () => {
  let behind: string;
  beforeAll(async () => {
    await whenFresh();
    await onStandby('select pg_wal_replay_pause()');
    behind = await send(app, tenant, text());
    await whenStatus(app, tenant, behind, 'delivered');
  });
  afterAll(() => onStandby('select pg_wal_replay_resume()'));

  test('a message that was just accepted is found by its id, and not yet in the list', async () => {
    expect(await read(app, tenant, behind)).toMatchObject({ id: behind });
    expect(await ids()).not.toContain(behind);
  });

  test('longer than it may be, the primary answers, and the process says so', async () => {
    const strict = await openTestApp({ ...place(), databaseReplicaLagSeconds: 1, role: 'api' });
    try {
      expect(await obstacle(strict)).toBe('too far behind');
      expect(await ids(strict)).toContain(behind);
      expect(await reads(strict)).toEqual({ replica: 0, primary: 1 });
    } finally {
      await strict.close();
    }
  });
});

test('a query that the standby ends, as it has to replay, is made on the primary', async () => {
  await whenFresh();
  const before = await reads();
  const cancelled = app.nest.get(Replica).read(async () => {
    const [{ standby } = { standby: false }] = await app.database.query<{ standby: boolean }>(
      'select pg_is_in_recovery() as standby',
    );
    if (standby)
      await app.database.query(
        `do $$ begin raise 'canceling statement due to conflict with recovery' using errcode = '40001'; end $$`,
      );
    return standby;
  });
  expect(await cancelled).toBe(false);
  expect((await reads()).primary - before.primary).toBe(1);
});

test('a standby of another database is not read from', async () => {
  const { databaseReplicaUrl } = place();
  const elsewhere = await openTestApp({ databaseReplicaUrl, databaseReplicaLagSeconds: 3_600, role: 'api' });
  try {
    await until(async () => (await obstacle(elsewhere)) === 'of another database');
  } finally {
    await elsewhere.close();
  }
});

test('a standby that became a primary is not read from', async () => {
  await whenFresh();
  await servers.promoteStandby();
  await until(async () => (await obstacle()) === 'follows no primary');
  await expectPrimary();
});

test('a standby that is away is not missed', async () => {
  await servers.standby.crash();
  await expectPrimary();
  await until(async () => (await obstacle()) === 'no answer');
});

async function expectPrimary(): Promise<void> {
  const before = await reads();
  expect((await ids()).length).toBeGreaterThan(0);
  const after = await reads();
  expect([after.replica - before.replica, after.primary - before.primary]).toEqual([0, 1]);
}
