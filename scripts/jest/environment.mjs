/** What jest takes for the world of a test file: the worker's own. There is one realm, as in the service. */
export default class Environment {
  global = globalThis;
  fakeTimers = null;
  fakeTimersModern = null;
  #exit = process.exit;

  /** Jest has just asked for stacks of a hundred frames: here they would be those of every error of the service. */
  async setup() {
    Error.stackTraceLimit = 10;
  }

  /** Jest puts a wrapper around it for each file. */
  async teardown() {
    process.exit = this.#exit;
  }

  getVmContext() {
    return null;
  }

  exportConditions() {
    return ['node', 'node-addons'];
  }
}
