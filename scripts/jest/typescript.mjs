// Lets Node load TypeScript sources: `x.js` next to an `x.ts` resolves to that, and SWC compiles each file once for all runs.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const root = join(import.meta.dirname, '..', '..');
const cache = join(root, 'node_modules', '.cache', 'callboard-tests');
const options = { ...JSON.parse(readFileSync(join(root, '.swcrc'), 'utf8')), swcrc: false, configFile: false };
delete options.$schema;
const compiler = `${JSON.stringify(options)} ${require('@swc/core/package.json').version}`;

/** The path of a file's compiled code; its source map is beside it. */
const placeOf = (path) => join(cache, `${relative(root, path)}.js`);

/** The source map of a compiled file. */
export function sourceMapOf(path) {
  const place = `${placeOf(path)}.map`;
  return existsSync(place) ? place : undefined;
}

function compiled(path) {
  const source = readFileSync(path, 'utf8');
  const mark = `\n//${createHash('sha256').update(compiler).update(source).digest('hex')}`;
  const place = placeOf(path);
  const kept = existsSync(place) ? readFileSync(place, 'utf8') : '';
  if (kept.endsWith(mark)) return kept;
  const { code, map } = require('@swc/core').transformSync(source, { ...options, filename: path });
  mkdirSync(dirname(place), { recursive: true });
  write(`${place}.map`, map);
  write(place, code + mark);
  return code + mark;
}

/** Atomic: other workers may read it at any moment. */
function write(place, text) {
  const fresh = `${place}.${process.pid}`;
  writeFileSync(fresh, text);
  renameSync(fresh, place);
}

const isOurs = (url) => url?.startsWith('file:') && url.endsWith('.ts') && !url.includes('/node_modules/');

registerHooks({
  resolve(specifier, context, next) {
    // A thread starts with the address of its file.
    const isRelative = /^\.{1,2}\/.*\.js$/.test(specifier) && isOurs(context.parentURL);
    if (isRelative || /^file:.*\.worker\.js$/.test(specifier)) {
      const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
      if (existsSync(source)) return { url: source.href, format: 'module', shortCircuit: true };
    }
    return next(specifier, context);
  },
  load(url, context, next) {
    if (!isOurs(url)) return next(url, context);
    return { format: 'module', source: compiled(fileURLToPath(url)), shortCircuit: true };
  },
});
