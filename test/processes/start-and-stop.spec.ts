/** The whole service on its embedded database: started, stopped, killed, started again. */
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../../harness/ports.js';
import { query } from '../../harness/query.js';
import type { ServiceProcess } from '../../harness/service-process.js';
import { endProcesses, isRunning, newHome, occupy, postmasterOf, startService } from '../support/process.js';
import { until } from '../../harness/until.js';
import { TenantClient } from './tenant-client.js';

/** An idle service has nothing to wait for; the rest is for a busy machine. */
const SOON_MS = 10_000;

let home: string;

beforeAll(() => {
  home = newHome();
});

afterAll(endProcesses);

const start = async (environment = {}): Promise<ServiceProcess> =>
  (await startService({ CALLBOARD_HOME: home, LOG_LEVEL: 'debug', ...environment })).ready(); // with webhooks that were taken

const adminKey = (): string => readFileSync(join(home, 'admin-key'), 'utf8').trim();

/** Where the running service of the home keeps its data. */
function databaseUrl(): string {
  const [, , , port] = readFileSync(join(home, 'postgres', 'postmaster.pid'), 'utf8').split('\n');
  const password = readFileSync(join(home, 'postgres-password'), 'utf8');
  return `postgres://callboard:${password}@127.0.0.1:${port}/callboard`;
}

async function tenantNames(service: ServiceProcess): Promise<string[]> {
  const { body } = await service.call<{ items: { name: string }[] }>('GET', '/api/tenants', { key: adminKey() });
  return body.items.map(({ name }) => name);
}

/** The lines of its log that report errors. */
const complaints = (service: ServiceProcess): string[] =>
  service.out.split('\n').filter((line) => /"level":"(error|warn|fatal)"/.test(line));

/** Stops an idle service and proves that nothing of it is left: no process, no error, no waiting. */
async function stopCleanly(service: ServiceProcess, signal: NodeJS.Signals): Promise<void> {
  await until(() => service.out.includes('"route":"/webhook/ses"')); // the sandbox has introduced itself
  const server = postmasterOf(home);
  expect(server !== undefined && isRunning(server)).toBe(true);
  const stoppedAt = performance.now();
  expect(await service.stop(signal)).toEqual({ code: 0, signal: null });
  expect(performance.now() - stoppedAt).toBeLessThan(SOON_MS);
  expect(postmasterOf(home)).toBeUndefined();
  expect(server !== undefined && isRunning(server)).toBe(false);
  expect([service.err, complaints(service)]).toEqual(['', []]);
}

test('the first start makes everything, says where it is, and SIGTERM ends all of it', async () => {
  const service = await start();
  expect(service.out).toContain(`${service.url}/api`);
  expect(service.out).toContain(`${service.url}/docs`);
  expect(service.out).toContain(join(home, 'admin-key'));
  expect(service.out).toContain('sandbox: nothing leaves this machine');
  expect(statSync(join(home, 'admin-key')).mode & 0o777).toBe(0o600);
  expect((await service.call('GET', '/health/ready')).body).toMatchObject({ status: 'ok' });
  expect((await service.call('GET', '/docs-json')).status).toBe(200);
  const key = adminKey();
  await service.call('POST', '/api/tenants', { key, body: { name: 'Kept', slug: 'kept' } });
  await stopCleanly(service, 'SIGTERM');
});

test('the second start finds the data and the key of the first, and SIGINT ends it as well', async () => {
  const service = await start();
  expect(await tenantNames(service)).toEqual(['Kept']);
  await stopCleanly(service, 'SIGINT');
});

test('after kill -9 the next start takes the same port and the same data', async () => {
  const PORT = String(await freePort());
  const killed = await start({ PORT });
  await killed.stop('SIGKILL');
  const service = await start({ PORT });
  expect(await tenantNames(service)).toEqual(['Kept']);
  await stopCleanly(service, 'SIGTERM');
});

test('a signal that comes in the middle of the start ends that too, and leaves nothing behind', async () => {
  const service = await startService({ CALLBOARD_HOME: home });
  const server = await until(() => postmasterOf(home));
  expect(service.out).toBe('');
  expect(await service.stop('SIGTERM')).toEqual({ code: 0, signal: null });
  expect(isRunning(server)).toBe(false);
  expect(postmasterOf(home)).toBeUndefined();
});

test('a connection on which nobody says anything does not hold the stop up', async () => {
  const service = await start();
  const silent = connect(Number(new URL(service.url).port), '127.0.0.1');
  await once(silent, 'connect');
  await stopCleanly(service, 'SIGTERM');
  silent.destroy();
});

test('when whoever reads its output is gone the service goes on, and the end of its terminal ends it', async () => {
  const service = await startService({ CALLBOARD_HOME: home, LOG_LEVEL: 'info' });
  service.child.stdout?.destroy();
  const isReady = (): Promise<boolean> =>
    service.call('GET', '/health/ready').then(
      ({ status }) => status === 200,
      () => false,
    );
  await until(isReady);
  expect(await tenantNames(service)).toEqual(['Kept']); // which it writes into its log
  expect(await isReady()).toBe(true);
  expect(await service.stop('SIGHUP')).toEqual({ code: 0, signal: null });
  expect(postmasterOf(home)).toBeUndefined();
});

test('messages on their way when the service stops are finished or wait for the next start: none is in doubt', async () => {
  const first = await start();
  const client = await TenantClient.open(first, adminKey(), databaseUrl());
  await client.setFaults({ latencyMs: { min: 300, max: 300 } });
  const ids = await client.send(400);
  await until(async () => (await client.recorded()).length >= 100);
  const stopped = await first.stop('SIGTERM');
  expect([stopped, first.err]).toEqual([{ code: 0, signal: null }, '']);
  expect(complaints(first)).toEqual([]);

  const second = await start();
  const statuses = async (): Promise<Record<string, number>> => {
    const rows = await query<{ status: string; count: number }>(
      databaseUrl(),
      `select status, count(*)::int as count from message where id = any('{${ids.join()}}') group by status`,
    );
    return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
  };
  // Those whose callbacks the sandbox took with it into its end stay at `sent`.
  await until(async () => {
    const { sent = 0, delivered = 0, unknown = 0 } = await statuses();
    return sent + delivered + unknown === 400; // in doubt where a slow machine has let a call time out
  });
  expect(await query(databaseUrl(), `select from message_event where reason = 'worker_lost'`)).toEqual([]);
  await stopCleanly(second, 'SIGTERM');
});

describe('what is taken', () => {
  test('PORT: the start ends with 1, names the port and says what to do, and leaves nothing behind', async () => {
    const taken = await occupy();
    const service = await startService({ CALLBOARD_HOME: home, PORT: String(taken.port) });
    expect(await service.ended).toEqual({ code: 1, signal: null });
    expect(service.err).toContain(
      `Port ${taken.port} on 127.0.0.1 is taken: stop what uses it, or set PORT to another.`,
    );
    expect(postmasterOf(home)).toBeUndefined();
    taken.release();
  });

  test('5432, by another PostgreSQL perhaps: that is no matter', async () => {
    const taken = await occupy(5432).catch(() => undefined); // someone else has it: as good
    await stopCleanly(await start(), 'SIGTERM');
    taken?.release();
  });

  test('CALLBOARD_HOME, by another service: the second says who has it and what to set, the first goes on', async () => {
    const first = await start();
    const second = await startService({ CALLBOARD_HOME: home });
    expect(await second.ended).toEqual({ code: 1, signal: null });
    expect(second.err).toContain(`The home ${home} is in use by process ${first.child.pid}`);
    expect(second.err).toContain('Set CALLBOARD_HOME to another folder, or DATABASE_URL to share a database');
    expect((await first.call('GET', '/health/ready')).body).toMatchObject({ checks: { database: { status: 'up' } } });
    await stopCleanly(first, 'SIGTERM');
  });
});
