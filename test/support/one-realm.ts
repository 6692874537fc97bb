/**
 * Jest runs tests in a realm of their own, where errors of Node's core are not `instanceof Error`. The AWS SDK then wraps
 * them and their codes are lost, which never happens outside of tests: here they count as errors again.
 */
Object.defineProperty(Error, Symbol.hasInstance, {
  value(this: typeof Error, value: unknown): boolean {
    if (this === Error && Error.isError(value)) return true;
    return Function.prototype[Symbol.hasInstance].call(this, value);
  },
});
