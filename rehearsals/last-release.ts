/** The release before this state of the repository, built in a folder of its own. */
import { execFile } from 'node:child_process';
import { readFile, symlink, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const git = async (...args: string[]): Promise<string> => (await run('git', args)).stdout.trim();

export interface Release {
  /** A tag, or what stands in for one. */
  readonly name: string;
  /** The service's entry. */
  readonly main: string;
  remove(): Promise<void>;
}

/** Raised where there is no history to take a release from, such as in an archive or a shallow clone. */
export class NoRelease extends Error {}

/**
 * Of `ref`, else of the newest tag `v…` before this commit. While there is none, the state before the newest migration stands in:
 * the nearest one whose database differs. Raises NoRelease.
 */
export async function buildLastRelease(ref?: string): Promise<Release> {
  const name = ref ?? (await newestTag()) ?? (await beforeNewestMigration());
  const folder = await mkdtemp(join(tmpdir(), 'callboard-release-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const archive = join(folder, 'source.tar');
    await git('archive', '--output', archive, name);
    await run('tar', ['-xf', archive, '-C', folder]);
    await rm(archive);
    await installIn(folder);
    await run(process.execPath, ['scripts/build.mjs'], { cwd: folder });
    return { name, main: join(folder, 'dist', 'bundle', 'main.js'), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function newestTag(): Promise<string | undefined> {
  const before = await git(
    'tag',
    '--list',
    'v*',
    '--merged',
    'HEAD',
    '--no-contains',
    'HEAD',
    '--sort=-v:refname',
  ).catch((error: unknown) => {
    throw new NoRelease('This is no checkout of git', { cause: error });
  });
  return before.split('\n')[0] || undefined;
}

async function beforeNewestMigration(): Promise<string> {
  const files = (await git('ls-files', 'migrations')).split('\n').filter((file) => /\/\d{4}-/.test(file));
  const newest = files.toSorted().at(-1) ?? '';
  const added = (await git('log', '--diff-filter=A', '--format=%H', '--', newest)).split('\n').at(-1) ?? '';
  return git('rev-parse', '--verify', '--quiet', `${added}^`).catch((error: unknown) => {
    throw new NoRelease('The history does not reach back to before the newest migration', { cause: error });
  });
}

/** Its own packages, unless they are those of this checkout. */
async function installIn(folder: string): Promise<void> {
  const lock = (root: string): Promise<string> => readFile(join(root, 'package-lock.json'), 'utf8');
  if ((await lock('.')) === (await lock(folder))) return symlink(resolve('node_modules'), join(folder, 'node_modules'));
  await run('npm', ['ci'], { cwd: folder });
}
