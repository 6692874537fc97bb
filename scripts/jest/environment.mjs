/** As it is before jest has put its first wrapper around it. */
const exit = Object.getOwnPropertyDescriptor(process, 'exit');

/** What jest takes for the world of a test file: the worker's own. There is one realm, as in the service. */
export default class Environment {
  global = globalThis;
  fakeTimers = null;
  fakeTimersModern = null;

  /** Jest has just asked for stacks of a hundred frames: here they would be those of every error of the service. */
  async setup() {
    Error.stackTraceLimit = 10;
  }

  /** The next file has a wrapper of its own. */
  async teardown() {
    Object.defineProperty(process, 'exit', exit);
  }

  getVmContext() {
    return null;
  }

  exportConditions() {
    return ['node', 'node-addons'];
  }
}
