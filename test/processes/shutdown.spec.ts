/** Processes that are asked to stop while they work. */
import { cloneDatabase } from '../support/databases.js';
import { query } from '../../harness/query.js';
import type { ServiceProcess } from '../../harness/service-process.js';
import { TcpProxy } from '../../harness/tcp-proxy.js';
import { deployment, endProcesses, startService } from '../support/process.js';
import { until } from '../../harness/until.js';
import { TenantClient } from './tenant-client.js';

afterAll(endProcesses);

let common: ReturnType<typeof deployment>;
let proxy: TcpProxy;
let api: ServiceProcess;
let client: TenantClient;
beforeAll(async () => {
  common = deployment(await cloneDatabase());
  proxy = await TcpProxy.to(Number(new URL(common.DATABASE_URL).port));
  api = await (await startService({ ...common, CALLBOARD_ROLE: 'api' })).ready();
  client = await TenantClient.open(api, common.CALLBOARD_ADMIN_KEY, common.DATABASE_URL);
});
afterAll(() => proxy.close());

/** A worker, with a database URL of its own perhaps. */
const worker = async (databaseUrl = common.DATABASE_URL): Promise<ServiceProcess> =>
  (await startService({ ...common, CALLBOARD_ROLE: 'worker', DATABASE_URL: databaseUrl })).ready();

async function statuses(ids: readonly string[]): Promise<Record<string, number>> {
  const rows = await query<{ status: string; count: number }>(
    common.DATABASE_URL,
    `select status, count(*)::int as count from message where id = any('{${ids.join()}}') group by status`,
  );
  return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
}

/** Each of them has reached its end, and was taken once; those of the second list at most once. */
async function expectOnce(ids: readonly string[], doubted: readonly string[] = []): Promise<void> {
  const wanted = new Set([...ids, ...doubted]);
  const taken = (await client.recorded()).filter((id) => wanted.has(id));
  expect(new Set(taken).size).toBe(taken.length);
  expect(ids.filter((id) => !taken.includes(id))).toEqual([]);
}

test('workers that are replaced one by one under load lose nothing, send nothing twice and leave nothing in doubt', async () => {
  await client.setFaults({ latencyMs: { min: 20, max: 200 } });
  let old = await worker();
  const ids = await client.send(600);
  for (let round = 0; round < 3; round += 1) {
    const next = await worker();
    expect(await old.stop('SIGTERM')).toEqual({ code: 0, signal: null });
    old = next;
  }
  const { ledger, recorded } = await client.settled();
  const doubted = ledger.get('unknown') ?? []; // by a slow machine, and by no worker
  expect(ledger.get('delivered')).toEqual(recorded);
  expect(await client.lostWithAWorker()).toBe(0);
  await expectOnce(
    ids.filter((id) => !doubted.includes(id)),
    doubted,
  );
  await old.stop();
});

test('a worker whose database is gone ends at its deadline all the same, and what it had sent is known later', async () => {
  await client.setFaults({ latencyMs: { min: 5_000, max: 5_000 } });
  const through = new URL(common.DATABASE_URL);
  through.port = String(proxy.port);
  const doomed = await worker(through.href);
  const ids = await client.send(20);
  await until(async () => ((await statuses(ids))['sending'] ?? 0) > 0);
  proxy.cut(); // while the calls are under way: what came of them cannot be recorded
  const asked = performance.now();
  expect(await doomed.stop('SIGTERM')).toEqual({ code: 1, signal: null });
  expect(performance.now() - asked).toBeLessThan(100_000); // recording is tried for two minutes
  await client.setFaults();
  const next = await worker();
  // Their callbacks have reported them; or they are unknown, and not sent again.
  await until(async () => {
    const { delivered = 0, unknown = 0 } = await statuses(ids);
    return delivered + unknown === ids.length;
  });
  await expectOnce([], ids);
  await next.stop();
});
