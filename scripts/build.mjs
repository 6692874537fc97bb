// Compiles src/, migrations/, bench/ and chaos/ to dist/ with SWC: a second of work, types are checked by `npm run typecheck`.
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');

/** All that is compiled; an image has no bench/ and no chaos/. */
async function sources() {
  const folders = ['src', 'migrations', 'bench', 'chaos'].filter((folder) => existsSync(join(root, folder)));
  const files = await Promise.all(
    folders.map(async (folder) => {
      const names = await readdir(join(root, folder), { recursive: true });
      return names
        .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
        .map((name) => join(folder, name));
    }),
  );
  return files.flat();
}

async function compile(into, file, options) {
  const target = join(into, file.replace(/\.ts$/, '.js'));
  const source = await readFile(join(root, file), 'utf8');
  const { code, map } = await transform(source, {
    ...options,
    filename: file,
    sourceFileName: relative(dirname(target), join(root, file)),
  });
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, `${code}\n//# sourceMappingURL=${target.split('/').at(-1)}.map\n`);
  await writeFile(`${target}.map`, map);
}

/** True when dist/ was built after the last change to any source. */
export async function isFresh() {
  try {
    const built = (await stat(join(dist, '.built'))).mtimeMs;
    const files = [...(await sources()), '.swcrc', 'package.json'];
    const changed = await Promise.all(files.map(async (file) => (await stat(join(root, file))).mtimeMs));
    const kept = Number(await readFile(join(dist, '.built'), 'utf8'));
    return kept === files.length && changed.every((time) => time <= built);
  } catch (error) {
    if (error.code === 'ENOENT') return false;
    throw error;
  }
}

/** Rebuilds dist/ from nothing. It is replaced whole, so that a start beside this one never finds half of it. */
export async function build() {
  const options = { ...JSON.parse(await readFile(join(root, '.swcrc'), 'utf8')), swcrc: false, configFile: false };
  delete options.$schema;
  const fresh = `${dist}-${process.pid}`;
  const files = await sources();
  await Promise.all(files.map((file) => compile(fresh, file, options)));
  await writeFile(join(fresh, '.built'), String(files.length + 2));
  await rm(dist, { recursive: true, force: true });
  try {
    await rename(fresh, dist);
  } catch (error) {
    if (error.code !== 'ENOTEMPTY') throw error; // another build was a moment quicker, from the same sources
  }
  await removeLeftovers();
}

/** What builds that were killed have left. */
async function removeLeftovers() {
  for (const name of await readdir(root)) {
    const [, pid] = /^dist-(\d+)$/.exec(name) ?? [];
    if (pid && (Number(pid) === process.pid || !isRunning(Number(pid)))) {
      await rm(join(root, name), { recursive: true, force: true });
    }
  }
}

function isRunning(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build();
