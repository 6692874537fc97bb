// Loads test files with Node's own loader, whose cache is shared by all files of a worker: Nest, the ORM and the SDKs are loaded
// once per worker, not once per file. Not supported, because unused here: module mocks, fake timers, coverage.
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { sourceMapOf } from './typescript.mjs';

const require = createRequire(import.meta.url);
const HANDLERS = Symbol.for('EVENT_HANDLERS');

/** The map from which jest reads source maps, by URL or path. */
const sourceMaps = {
  get: (file) => sourceMapOf(file.startsWith('file:') ? fileURLToPath(file) : file),
  [Symbol.iterator]: () => [].values(),
};

export default class Runtime {
  #state = [];

  /** The framework keeps the state of a file's tests in its module and in globals: each file gets its own instance. */
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

  /** The tests of a file would retain everything that they used. */
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
