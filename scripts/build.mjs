// Builds dist/ with `nest build`, as nest-cli.json says: all roots, with SWC. Types are checked by `npm run typecheck`.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const nest = join(root, 'node_modules/@nestjs/cli/bin/nest.js');

/** All that decides what dist/ is: the sources, and how they are compiled. An image has src/ and migrations/ only. */
async function inputs() {
  const { compilerOptions } = JSON.parse(await readFile(join(root, 'nest-cli.json'), 'utf8'));
  const folders = compilerOptions.builder.options.filenames.filter((folder) => existsSync(join(root, folder)));
  const files = await Promise.all(
    folders.map(async (folder) => {
      const names = await readdir(join(root, folder), { recursive: true });
      return names
        .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
        .map((name) => join(folder, name));
    }),
  );
  return [...files.flat(), 'nest-cli.json', '.swcrc', 'tsconfig.json', 'package.json'];
}

/** True when dist/ was built after the last change to anything that decides it. */
export async function isFresh() {
  try {
    const built = (await stat(join(dist, '.built'))).mtimeMs;
    const files = await inputs();
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
  const fresh = `${dist}-${process.pid}`;
  try {
    await mkdir(fresh, { recursive: true });
    // Marked before it is built: what changes meanwhile is newer.
    await writeFile(join(fresh, '.built'), String((await inputs()).length));
    await nestBuild(fresh);
    await rm(dist, { recursive: true, force: true });
    await rename(fresh, dist);
  } catch (error) {
    if (error.code !== 'ENOTEMPTY') throw error; // another build was a moment quicker, from the same sources
  } finally {
    await removeLeftovers();
  }
}

/** `nest build`, into another folder than dist/. What it says is told only if it fails. */
async function nestBuild(into) {
  const tsconfig = join(into, 'tsconfig.json');
  await writeFile(tsconfig, JSON.stringify({ extends: '../tsconfig.json', compilerOptions: { outDir: '.' } }));
  // It looks for the path from where it runs.
  const child = spawn(process.execPath, [nest, 'build', '--path', relative(root, tsconfig)], { cwd: root });
  const [code, ...said] = await Promise.all([
    new Promise((resolve, reject) => child.on('error', reject).on('close', resolve)),
    text(child.stdout),
    text(child.stderr),
  ]);
  await rm(tsconfig);
  if (code !== 0) throw new Error(`\`nest build\` failed:\n${said.join('')}`);
}

/** What builds that failed or were killed have left. */
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
