/** A physical copy of a running server's data, as pg_basebackup makes one, which the embedded binaries lack. */
import { chown, copyFile, lstat, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withClient } from './query.js';

/** What belongs to the running server alone; the log of the copy comes from a stream or an archive. */
const ITS_OWN = [
  'postmaster.pid',
  'postmaster.opts',
  'pg_wal',
  'pg_replslot',
  'pg_stat_tmp',
  'pg_dynshmem',
  'pg_notify',
];
const EMPTY = ['pg_wal', 'pg_replslot', 'pg_stat_tmp', 'pg_dynshmem', 'pg_notify'];
/** Copied last: it says where recovery begins at the earliest. */
const CONTROL = join('global', 'pg_control');

export class BaseBackup {
  private constructor(
    /** The home of the server that it is of. */
    readonly home: string,
    private readonly folder: string,
  ) {}

  /** Takes one over SQL, in backup mode: what is copied torn is whole again by the log of that time. */
  static async take(url: string, home: string): Promise<BaseBackup> {
    const folder = await mkdtemp(join(tmpdir(), 'callboard-backup-'));
    const data = join(home, 'postgres');
    await withClient(url, async (client) => {
      await client.query(`select pg_backup_start('base', fast => true)`);
      await copyTree(data, folder, (path) => path !== CONTROL && !ITS_OWN.includes(path));
      await copyEntry(data, folder, CONTROL);
      const { rows } = await client.query<{ labelfile: string }>(
        `select labelfile from pg_backup_stop(wait_for_archive => false)`,
      );
      await writeFile(join(folder, 'backup_label'), rows[0]?.labelfile ?? '');
    });
    for (const name of EMPTY) await mkdir(join(folder, name), { recursive: true, mode: 0o700 });
    return new BaseBackup(home, folder);
  }

  /** Makes it the data of a server to be, with this file that says how it recovers. */
  async unpack(data: string, signalFile: string): Promise<void> {
    await writeFile(join(this.folder, signalFile), '');
    await mkdir(data, { mode: 0o700 });
    await copyTree(this.folder, data, () => true);
    await rm(join(this.folder, signalFile));
    await giveTo(data, await stat(join(this.home, 'postgres')));
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Copies files and folders of which `isWanted` by their path from the top. Those that vanish meanwhile are passed over. */
async function copyTree(from: string, to: string, isWanted: (path: string) => boolean, below = ''): Promise<void> {
  for (const name of await readdir(join(from, below))) {
    const path = join(below, name);
    if (!isWanted(path)) continue;
    await unlessGone(async () => {
      if (!(await lstat(join(from, path))).isDirectory()) return copyEntry(from, to, path);
      await mkdir(join(to, path), { recursive: true, mode: 0o700 });
      await copyTree(from, to, isWanted, path);
    });
  }
}

const copyEntry = (from: string, to: string, path: string): Promise<void> => copyFile(join(from, path), join(to, path));

async function unlessGone(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}

/** Started by root, a server runs as another user, who must own its data. */
async function giveTo(folder: string, { uid, gid }: { uid: number; gid: number }): Promise<void> {
  if (process.getuid?.() !== 0) return;
  for (const name of ['', ...(await readdir(folder, { recursive: true }))]) await chown(join(folder, name), uid, gid);
}
