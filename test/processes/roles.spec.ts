/** One api process and two workers on one database: shared work, a killed worker, a stopped one. */
import { deployment, emptyDatabase, endProcesses, startService, type Environment, type Service } from '../support/process.js';
import { until } from '../support/until.js';
import { Desk } from './desk.js';

/** Long enough that a worker always has calls under way, short enough for the test. */
const SLOW = { min: 1_000, max: 1_000 };

let common: Environment;
let api: Service;
let worker: Service;

/** Workers are not told where the api is: they learn it from the database. */
const startWorker = async (): Promise<Service> =>
  (await startService({ ...common, CALLBOARD_ROLE: 'worker' })).ready();

async function openDesk(): Promise<Desk> {
  return Desk.open(api, common['CALLBOARD_ADMIN_KEY'] ?? '', common['DATABASE_URL'] ?? '');
}

async function untilRecorded(desk: Desk, count: number): Promise<void> {
  await until(async () => (await desk.recorded()).length >= count, 20_000);
}

beforeAll(async () => {
  common = deployment(await emptyDatabase());
  const [first, second] = await Promise.all([startService({ ...common, CALLBOARD_ROLE: 'api' }), startWorker()]);
  api = await first.ready();
  worker = second;
}, 60_000);

afterAll(endProcesses);

beforeEach(async () => {
  await api.call('DELETE', '/sandbox/messages');
});

test('a worker answers health and metrics, and nothing else', async () => {
  const status = async (path: string): Promise<number> => (await worker.call('GET', path)).status;
  expect(await status('/health/live')).toBe(200);
  expect(await status('/health/ready')).toBe(200);
  expect(await status('/metrics')).toBe(200);
  for (const path of ['/api/tenants', '/api/messages', '/webhook/twilio', '/sandbox/messages', '/docs', '/docs-json', '/']) {
    expect([path, await status(path)]).toEqual([path, 404]);
  }
});

test('every one of 3,000 messages is given to its provider once and ends delivered', async () => {
  const other = await startWorker();
  const desk = await openDesk();
  const ids = await desk.send(3_000);
  await until(async () => (await desk.ledger()).get('delivered')?.length === 3_000, 60_000);
  const recorded = await desk.recorded();
  expect(recorded.map(({ messageId }) => messageId).sort()).toEqual(ids.sort());
  expect(await other.stop()).toEqual({ code: 0, signal: null });
}, 120_000);

test('a worker that is killed loses nothing and nothing is sent twice: what it had in hand is settled by evidence', async () => {
  const desk = await openDesk();
  // Every twentieth call breaks before the provider took anything: nobody will ever tell what became of it.
  await desk.setFaults({ latencyMs: SLOW, nth: { resetBefore: 20 } });
  const ids = await desk.send(3_000);
  await untilRecorded(desk, 200);
  const heir = await startWorker();
  await worker.stop('SIGKILL');
  console.log(JSON.stringify([...await desk.ledger()].map(([k,v])=>[k,v.length])), (await desk.recorded()).length);
  await desk.setFaults();

  await until(async () => {
    const ledger = await desk.ledger();
    const recorded = new Set((await desk.recorded()).map(({ messageId }) => messageId));
    const inDoubt = ledger.get('unknown') ?? [];
    return [...ledger.keys()].every((status) => ['delivered', 'unknown'].includes(status)) && !inDoubt.some((id) => recorded.has(id));
  }, 45_000);

  console.log(await desk.debug());
  expect(await desk.lostWithAWorker()).toBeGreaterThan(0);
  const ledger = await desk.ledger();
  const recorded = (await desk.recorded()).map(({ messageId }) => messageId);
  expect([...(ledger.get('delivered') ?? [])].sort()).toEqual(recorded.sort());
  expect([...recorded, ...(ledger.get('unknown') ?? [])].sort()).toEqual(ids.sort());
  worker = heir;
}, 150_000);

test('a worker that is stopped finishes what it has in hand, and another goes on', async () => {
  const desk = await openDesk();
  await desk.setFaults({ latencyMs: SLOW });
  const ids = await desk.send(2_000);
  await untilRecorded(desk, 200);
  const heir = await startWorker();
  expect((await desk.ledger()).get('sending')).not.toBeUndefined();
  expect(await worker.stop('SIGTERM')).toEqual({ code: 0, signal: null });
  expect(worker.err).toBe('');
  expect([...(await desk.ledger()).keys()]).not.toContain('unknown');
  await desk.setFaults();

  await until(async () => (await desk.ledger()).get('delivered')?.length === 2_000, 60_000);
  expect((await desk.recorded()).map(({ messageId }) => messageId).sort()).toEqual(ids.sort());
  worker = heir;
}, 150_000);
