import { noteHandles } from './open-handles.mjs';

/** The original, before jest wraps it. */
const exit = Object.getOwnPropertyDescriptor(process, 'exit');

/** The environment of all test files: the worker's own. There is one realm, as in the service. */
export default class Environment {
  global = globalThis;
  fakeTimers = null;
  fakeTimersModern = null;

  constructor(_config, { testPath }) {
    this.testPath = testPath;
  }

  /** Jest has just set stack traces to a hundred frames, which here would apply to every error of the service. */
  async setup() {
    Error.stackTraceLimit = 10;
  }

  /** Restores it: jest wraps it again for the next file. */
  async teardown() {
    noteHandles(this.testPath);
    Object.defineProperty(process, 'exit', exit);
  }

  getVmContext() {
    return null;
  }

  exportConditions() {
    return ['node', 'node-addons'];
  }
}
