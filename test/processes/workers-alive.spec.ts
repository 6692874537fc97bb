/** Workers that stop, and workers that die: what health, metrics and the operator's desk show of them. */
import { cloneDatabase } from '../support/databases.js';
import { query } from '../../harness/query.js';
import type { ServiceProcess } from '../../harness/service-process.js';
import { deployment, endProcesses, startService } from '../support/process.js';
import { until } from '../../harness/until.js';

/** What is promised of a worker that dies. */
const A_MINUTE_MS = 60_000;

let common: ReturnType<typeof deployment>;
let api: ServiceProcess;

interface Desk {
  readonly processes: { readonly role: string; readonly name: string; readonly lost: boolean }[];
}

const startWorker = async (): Promise<ServiceProcess> =>
  (await startService({ ...common, CALLBOARD_ROLE: 'worker' })).ready();

async function check(): Promise<{ readonly status: string; readonly reason?: string } | undefined> {
  const { body } = await api.call<{ checks: Record<string, { status: string }> }>('GET', '/health/ready');
  return body.checks['workers'];
}

async function valueOf(series: string): Promise<number | undefined> {
  const text = await (await fetch(`${api.url}/metrics`)).text();
  const line = text.split('\n').find((each) => each.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

/** The ids of the processes that have a row. */
async function written(): Promise<(number | undefined)[]> {
  const rows = await query<{ name: string }>(common.DATABASE_URL, `select name from process order by started_at, id`);
  return rows.map(({ name }) => Number(name.split(':').at(-1)));
}

beforeAll(async () => {
  common = deployment(await cloneDatabase());
  api = await (await startService({ ...common, CALLBOARD_ROLE: 'api' })).ready();
});

afterAll(endProcesses);

test('a worker that stops takes its row with it, and raises nothing', async () => {
  const worker = await startWorker();
  expect(await written()).toEqual([api.child.pid, worker.child.pid]);
  expect(await valueOf('callboard_workers{role="worker"}')).toBe(1);
  expect(await worker.stop('SIGTERM')).toEqual({ code: 0, signal: null });
  expect(await written()).toEqual([api.child.pid]);
  expect(await valueOf('callboard_workers{role="worker"}')).toBe(0);
  expect(await valueOf('callboard_lost_workers{role="worker"}')).toBe(0);
  expect(await check()).toEqual({ status: 'up' });
});

test('a worker that is killed is missed within a minute, beside one that goes on', async () => {
  const [killed, other] = await Promise.all([startWorker(), startWorker()]);
  expect(await check()).toEqual({ status: 'up' });
  await killed.stop('SIGKILL');
  await until(async () => (await check())?.status === 'down', { withinMs: A_MINUTE_MS });
  expect(await check()).toEqual({
    status: 'down',
    reason: 'workers that ended without a stop in the last ten minutes: 1',
  });
  expect(await valueOf('callboard_workers{role="worker"}')).toBe(1);
  expect(await valueOf('callboard_lost_workers{role="worker"}')).toBe(1);
  const { body } = await api.call<Desk>('GET', '/api/desk', { key: common.CALLBOARD_ADMIN_KEY });
  expect(body.processes.map(({ role, name, lost }) => [role, Number(name.split(':').at(-1)), lost])).toEqual(
    expect.arrayContaining([
      ['api', api.child.pid, false],
      ['worker', other.child.pid, false],
      ['worker', killed.child.pid, true],
    ]),
  );
  await other.stop();
});
