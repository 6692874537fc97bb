/** One api process and its workers on one database: shared work, a killed worker, a stopped one. */
import { databaseParts } from '../../src/app.database.js';
import { Redis } from 'ioredis';
import { cloneDatabase } from '../support/databases.js';
import { query } from '../../harness/query.js';
import type { ServiceProcess } from '../../harness/service-process.js';
import { deployment, endProcesses, startService } from '../support/process.js';
import { until } from '../../harness/until.js';
import { TenantClient } from './tenant-client.js';

/** Long enough that a worker always has calls under way, short enough for the test. */
const SLOW = { min: 1_000, max: 1_000 };

/** What is promised of a doubt. */
const A_MINUTE_MS = 60_000;

let common: ReturnType<typeof deployment>;
let api: ServiceProcess;
const workers: ServiceProcess[] = [];

/** Workers do not have the api's address configured: they read it from the database. */
async function startWorker(): Promise<ServiceProcess> {
  const worker = await startService({ ...common, CALLBOARD_ROLE: 'worker' });
  workers.push(worker);
  return worker.ready();
}

const openClient = (): Promise<TenantClient> => TenantClient.open(api, common.CALLBOARD_ADMIN_KEY, common.DATABASE_URL);

/** Each was taken once and delivered, or is in doubt and was taken by nobody. */
async function expectEachOnce(client: TenantClient, ids: readonly string[]): Promise<void> {
  const { ledger, recorded } = await client.settled();
  expect(ledger.get('delivered')).toEqual(recorded);
  expect([...recorded, ...(ledger.get('unknown') ?? [])].toSorted()).toEqual(ids.toSorted());
}

/** What an operator sees of messages in doubt: in health and in metrics. */
async function doubtsShown(): Promise<{ readonly status: string | undefined; readonly counted: number }> {
  const { body } = await api.call<{ checks: Record<string, { status: string }> }>('GET', '/health/ready');
  const metrics = await (await fetch(`${api.url}/metrics`)).text();
  return {
    status: body.checks['doubts']?.status,
    counted: Number(/^callboard_doubts (\d+)$/m.exec(metrics)?.[1]),
  };
}

/** The queues that somebody takes jobs from: BullMQ names a waiting connection after its queue. */
async function queuesServed(): Promise<string[]> {
  const { QUEUE_URL: redisUrl } = common;
  if (redisUrl !== undefined) return queuesServedByRedis(redisUrl);
  const rows = await query<{ queue: string }>(
    common.DATABASE_URL,
    `select application_name as queue from pg_stat_activity
     where datname = current_database() and application_name not in ('', 'callboard', 'callboard-queue', 'callboard-changes') order by 1`,
  );
  return rows.map(({ queue }) => queue);
}

async function queuesServedByRedis(url: string): Promise<string[]> {
  const redis = new Redis(url);
  const clients = String(await redis.client('LIST')).split('\n');
  redis.disconnect();
  const ours = clients.filter((client) => client.includes(` db=${new URL(url).pathname.slice(1)} `));
  const names = ours.flatMap((client) => / name=\{callboard\}:(\S+) /.exec(client)?.[1] ?? []);
  return names.map((name) => Buffer.from(name, 'base64').toString()).toSorted();
}

beforeAll(async () => {
  common = deployment(await cloneDatabase());
  api = await (await startService({ ...common, CALLBOARD_ROLE: 'api' })).ready();
});

afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.stop('SIGKILL')));
  await api.call('DELETE', '/sandbox/messages');
});

afterAll(endProcesses);

test('an api process takes no jobs; a worker does, and answers health and metrics and nothing else', async () => {
  expect(await queuesServed()).toEqual([]);
  const worker = await startWorker();
  const queues = databaseParts.queues.toSorted((one, other) => (one < other ? -1 : 1));
  await until(async () => (await queuesServed()).length >= queues.length);
  expect(await queuesServed()).toEqual(queues);
  const status = async (path: string): Promise<number> => (await worker.call('GET', path)).status;
  for (const path of ['/health/live', '/health/ready', '/metrics'])
    expect([path, await status(path)]).toEqual([path, 200]);
  for (const path of [
    '/',
    '/api/tenants',
    '/api/messages',
    '/webhook/twilio',
    '/sandbox/messages',
    '/docs',
    '/docs-json',
  ]) {
    expect([path, await status(path)]).toEqual([path, 404]);
  }
});

test('each of 600 messages is given to its provider once by two workers, and ends delivered', async () => {
  await Promise.all([startWorker(), startWorker()]);
  const client = await openClient();
  const ids = await client.send(600);
  await expectEachOnce(client, ids);
  expect(await client.lostWithAWorker()).toBe(0);
});

test('what a killed worker had in hand is settled by evidence or in doubt, and sent by nobody again; the rest goes on', async () => {
  const worker = await startWorker();
  const client = await openClient();
  // Every twentieth call breaks before the provider took anything: no report about it will ever come.
  await client.setFaults({ latencyMs: SLOW, nth: { resetBefore: 20 } });
  const ids = await client.send(600);
  // Frozen, so that it dies with as much in its hands as we see: a hundred that the provider has not taken yet, of which every
  // twentieth call is still to break, and something that it has taken before.
  await until(async () => {
    worker.child.kill('SIGSTOP');
    const inHand = (await client.ledger()).get('sending') ?? [];
    const taken = new Set(await client.recorded());
    if (taken.size > 0 && inHand.filter((id) => !taken.has(id)).length >= 100) return true;
    worker.child.kill('SIGCONT');
    return false;
  });
  expect(await doubtsShown()).toEqual({ status: 'up', counted: 0 });
  const died = performance.now();
  await Promise.all([worker.stop('SIGKILL'), startWorker()]);
  await until(async () => (await doubtsShown()).status === 'down', { withinMs: A_MINUTE_MS });
  await until(async () => (await doubtsShown()).counted > 0, { withinMs: A_MINUTE_MS - (performance.now() - died) });

  // The provider goes on breaking calls: on a slow machine it reads those of the dead worker only now.
  await expectEachOnce(client, ids);
  expect(await client.lostWithAWorker()).toBeGreaterThan(0);
  await client.setFaults();
});

test('a worker that is stopped finishes what it has in hand, and another goes on', async () => {
  const worker = await startWorker();
  const client = await openClient();
  await client.setFaults({ latencyMs: SLOW });
  const ids = await client.send(600);
  await until(async () => (await client.recorded()).length >= 200);
  await until(async () => (await client.ledger()).has('sending'));
  const [end] = await Promise.all([worker.stop('SIGTERM'), startWorker()]);
  expect(end).toEqual({ code: 0, signal: null });
  expect(worker.err).toBe('');
  await client.setFaults();
  await expectEachOnce(client, ids);
  expect(await client.lostWithAWorker()).toBe(0);
});
