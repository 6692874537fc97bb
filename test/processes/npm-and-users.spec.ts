/** `npm start` as a whole, and the service run by somebody who owns nothing but their home. */
import { spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ServiceProcess } from '../../harness/service-process.js';
import { endProcesses, isRunning, newHome, postmasterOf, startService } from '../support/process.js';
import { until } from '../../harness/until.js';

const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
/** As root another user must be able to read this checkout and run this Node. */
const nobodyCanRun =
  isRoot &&
  spawnSync(process.execPath, [resolve('scripts', 'start.mjs'), 'no-such-command'], {
    uid: NOBODY,
    gid: NOBODY,
    cwd: '/',
  }).status === 1;

afterAll(endProcesses);

describe('npm start', () => {
  let home: string;

  beforeAll(() => {
    home = newHome();
  });

  const npmStart = async (): Promise<ServiceProcess> => {
    const npm = await startService({ CALLBOARD_HOME: home }, { program: 'npm', args: ['start'], group: true });
    return npm.ready();
  };
  /** The service itself, which npm runs through a shell. */
  const servicePid = (): number => Number(readFileSync(join(home, 'owner.pid'), 'utf8'));

  test.each(['SIGTERM', 'SIGKILL'] as const)(
    '%s to npm ends the service and its database',
    async (signal) => {
      const npm = await npmStart();
      const [service, server] = [servicePid(), postmasterOf(home) ?? 0];
      expect([isRunning(service), isRunning(server)]).toEqual([true, true]);
      await npm.stop(signal);
      await until(() => !isRunning(service) && !isRunning(server));
      expect(postmasterOf(home)).toBeUndefined();
    },
    60_000,
  );
});

(nobodyCanRun || !isRoot ? test : test.skip)(
  'an ordinary user runs it in a folder that only they can enter',
  async () => {
    const home = newHome();
    mkdirSync(home, { mode: 0o700 });
    if (isRoot) chownSync(home, NOBODY, NOBODY);
    const run = async (): Promise<ServiceProcess> =>
      (await startService({ CALLBOARD_HOME: home }, isRoot ? { uid: NOBODY } : {})).ready();
    const first = await run();
    const key = readFileSync(join(home, 'admin-key'), 'utf8').trim();
    expect((await first.call('POST', '/api/tenants', { key, body: { name: 'Kept', slug: 'kept' } })).status).toBe(201);
    expect(statSync(join(home, 'postgres')).uid).toBe(statSync(home).uid);
    expect([await first.stop(), first.err]).toEqual([{ code: 0, signal: null }, '']);
    const second = await run();
    expect((await second.call<{ items: object[] }>('GET', '/api/tenants', { key })).body.items).toHaveLength(1);
    expect(await second.stop()).toEqual({ code: 0, signal: null });
    expect(postmasterOf(home)).toBeUndefined();
  },
  90_000,
);
