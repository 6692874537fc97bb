// How jest loads test files: by Node's own loader, whose cache the files of a worker share. Nest, the ORM and the SDKs are loaded once
// per worker and not once per file. What jest can do beside (mocks of modules, fake timers, coverage) no test here uses.
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { sourceMapOf } from './typescript.mjs';

const require = createRequire(import.meta.url);
const HANDLERS = Symbol.for('EVENT_HANDLERS');

/** As jest asks a map for the source map of a file, which it calls by its URL or its path. */
const sourceMaps = {
  get: (file) => sourceMapOf(file.startsWith('file:') ? fileURLToPath(file) : file),
  [Symbol.iterator]: () => [].values(),
};

export default class Runtime {
  #state = [];

  /** The framework keeps what it knows of a file's tests in itself and in globals: each file has a framework of its own. */
  requireInternalModule(path) {
    delete globalThis[HANDLERS];
    delete require.cache[path];
    const before = new Set(Object.getOwnPropertySymbols(globalThis));
    const framework = require(path);
    const added = Object.getOwnPropertySymbols(globalThis).filter((symbol) => !before.has(symbol));
    this.#state = added.filter(({ description }) => description === 'JEST_STATE_SYMBOL');
    return framework;
  }

  requireModule(path) {
    return require(path);
  }

  unstable_shouldLoadAsEsm() {
    return true;
  }

  unstable_importModule(path) {
    return import(pathToFileURL(path).href);
  }

  getSourceMaps() {
    return sourceMaps;
  }

  /** The tests of a file hold all that they used. */
  teardown() {
    for (const symbol of this.#state) delete globalThis[symbol];
  }

  setGlobalsForRuntime() {}

  enterTestCode() {}

  leaveTestCode() {}

  getAllCoverageInfoCopy() {
    return undefined;
  }
}
