/** The embedded database: our own PostgreSQL server under CALLBOARD_HOME, one owner at a time. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Client } from 'pg';
import { binariesFor, keep, makeData, placeFor } from './embedded-postgres-files.js';
import { PostgresServer, type Running } from './embedded-postgres-server.js';

export interface EmbeddedPostgres {
  /** `postgres://callboard:<password>@127.0.0.1:<port>/callboard`; the role is a superuser. */
  readonly url: string;
  /** Stops the server and releases the home; a second call waits for the first. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** CALLBOARD_HOME; created if absent. */
  readonly home: string;
  /** False, for tests: faster, but a process crash loses the last second, a machine crash perhaps everything. */
  readonly durable?: boolean;
  /** PostgreSQL settings that override ours. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Receives a line about each notable step. */
  readonly log?: (line: string) => void;
}

/** For two cores and a queue. Errors are sent only to the client: their texts may quote a row, and rows hold personal data. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '256MB',
  random_page_cost: '1.1',
  wal_level: 'minimal',
  wal_buffers: '64MB',
  max_wal_senders: '0',
  min_wal_size: '256MB',
  max_wal_size: '2GB',
  autovacuum_naptime: '15s',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
};
const NOT_DURABLE = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/**
 * Starts the server of `home`, created on the first start, or adopts the one that a killed owner left running. It ends with
 * stop() and with our process; only after SIGKILL it stays, for the next start to find. Raises an Error that says what to do if
 * another live process owns the home, or if PostgreSQL cannot run there.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { durable = true, settings, log = () => undefined } = options;
  const releases = [claim(options.home)];
  const release = (): void => releases.forEach((each) => each());
  try {
    const home = realpathSync(options.home);
    const place = await placeFor(home);
    if (place.base !== home) releases.push(claim(place.base));
    const password = await keep(join(home, 'postgres-password'), randomBytes(24).toString('base64url'));
    const bin = await binariesFor(place.account);
    if (await makeData(place, bin, password)) log(`Made a PostgreSQL database in ${place.data}`);
    const server = new PostgresServer(place, bin, { ...SETTINGS, ...(durable ? {} : NOT_DURABLE), ...settings });
    const { pid, port } = (await adopt(server, password, log)) ?? (await launch(server, password));
    const stopWithUs = (): void => server.signal(pid, 'SIGINT');
    process.once('exit', stopWithUs);
    let stopped: Promise<void> | undefined;
    const stop = async (): Promise<void> => {
      await server.stop(pid).finally(release);
      process.off('exit', stopWithUs);
    };
    const url = `postgres://callboard:${password}@127.0.0.1:${port}/callboard`;
    return { url, stop: () => (stopped ??= stop()) };
  } catch (error) {
    release();
    const reason = `The embedded PostgreSQL of ${options.home} cannot be used: ${String(error)}`;
    throw new Error(`${reason}\nFix that, or set DATABASE_URL to a PostgreSQL 18 server.`, { cause: error });
  }
}

/** The URL of the server that a service has running on this home; undefined if none runs. */
export async function runningEmbeddedPostgres(home: string): Promise<string | undefined> {
  const passwordFile = join(home, 'postgres-password');
  if (!existsSync(passwordFile)) return undefined;
  const { data } = await placeFor(realpathSync(home));
  const pidFile = join(data, 'postmaster.pid');
  // Its fourth line is the port, its eighth the state.
  const [, , , port, , , , state] = existsSync(pidFile) ? readFileSync(pidFile, 'utf8').split('\n') : [];
  if (state?.trim() !== 'ready') return undefined;
  return `postgres://callboard:${readFileSync(passwordFile, 'utf8').trim()}@127.0.0.1:${Number(port)}/callboard`;
}

/**
 * Makes this process the folder's only owner until release or its end, however it ends: the operating system releases SQLite's
 * file lock with the process, so that no stale lock or reused process id can mislead.
 */
function claim(folder: string): () => void {
  const ownerFile = join(folder, 'owner.pid');
  try {
    mkdirSync(folder, { recursive: true });
    const lock = new DatabaseSync(join(folder, 'owner.lock'));
    lock.exec('PRAGMA journal_mode = OFF; BEGIN EXCLUSIVE');
    writeFileSync(ownerFile, String(process.pid));
    return () => lock.close();
  } catch (error) {
    const taken = String(error).includes('database is locked');
    const owner = taken && existsSync(ownerFile) ? readFileSync(ownerFile, 'utf8') : 'unknown';
    const reason = taken ? `is in use by process ${owner}` : `cannot be used (${String(error)})`;
    const cure = 'Set CALLBOARD_HOME to another folder, or DATABASE_URL to share a database';
    throw new Error(`The home ${folder} ${reason}. ${cure}.`, { cause: error });
  }
}

/** An orphaned server, if it fully matches ours; otherwise it is stopped. */
async function adopt(
  server: PostgresServer,
  password: string,
  log: (line: string) => void,
): Promise<Running | undefined> {
  const pid = server.leftBehind();
  if (pid === undefined) return undefined;
  try {
    const port = server.hasOurSettings(pid) ? await server.ready(pid) : undefined;
    if (port !== undefined) {
      await prepareDatabase(port, password);
      log(`Took over the PostgreSQL server that a killed process left running (process ${pid})`);
      return { pid, port };
    }
  } catch (error) {
    log(`The PostgreSQL server left running does not answer (${String(error)})`);
  }
  await server.stop(pid);
  return undefined;
}

async function launch(server: PostgresServer, password: string): Promise<Running> {
  const running = await server.launch();
  try {
    await prepareDatabase(running.port, password);
    return running;
  } catch (error) {
    await server.stop(running.pid);
    if (!String(error).includes('password authentication failed')) throw error;
    throw new Error('postgres-password is not the one the data were made with: restore it', { cause: error });
  }
}

async function prepareDatabase(port: number, password: string): Promise<void> {
  const access = { host: '127.0.0.1', port, user: 'callboard', password, database: 'postgres', ssl: false };
  const client = new Client({ ...access, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined); // the pending call rejects too
  try {
    await client.connect();
    const { rowCount } = await client.query(`SELECT FROM pg_database WHERE datname = 'callboard'`);
    if (rowCount === 0) await client.query('CREATE DATABASE callboard');
  } finally {
    await client.end();
  }
}
