/** What jest takes for the world of a test file: the worker's own. There is one realm, as in the service. */
export default class Environment {
  global = globalThis;
  fakeTimers = null;
  fakeTimersModern = null;

  async setup() {}

  async teardown() {}

  getVmContext() {
    return null;
  }

  exportConditions() {
    return ['node', 'node-addons'];
  }
}
