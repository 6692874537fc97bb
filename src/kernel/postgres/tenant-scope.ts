/** Whose rows the statements of a request may see: those of one tenant, or all. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { Readable } from 'node:stream';
import { isUuid } from '../uuid.js';

interface Scope {
  tenantId: string | undefined;
}

const scopes = new AsyncLocalStorage<Scope>();

/** Runs `work`, which nobody is confined in until `confineTo` is called. */
export function inOwnScope<T>(work: () => T): T {
  return scopes.run({ tenantId: undefined }, work);
}

/**
 * From here on every statement of the enclosing `inOwnScope` runs as the tenants' role, with this tenant set. Raises an Error outside of one, and
 * for what is no UUID: nothing may go on unconfined by mistake.
 */
export function confineTo(tenantId: string): void {
  const scope = scopes.getStore();
  if (!scope || !isUuid(tenantId)) throw new Error('There is no scope to confine, or no tenant to confine it to');
  scope.tenantId = tenantId;
}

/** The tenant that the caller's statements are confined to; undefined if they see all tenants' rows. */
export const confinedTo = (): string | undefined => scopes.getStore()?.tenantId;

/**
 * Runs `work` unconfined, apart from any transaction of the tenant that is open: for what is kept or written for several tenants at once. Each call is
 * listed in `test/kernel/unconfined.spec.ts`, with its reason.
 */
export function unconfined<T>(work: () => T): T {
  return confinedTo() === undefined ? work() : inOwnScope(work);
}

/** A stream of what is read while it is sent, in the scope of whoever makes it: what pulls it has none. */
export function streamOf(rows: AsyncIterable<unknown>): Readable {
  const asHere = AsyncLocalStorage.snapshot();
  const iterator = rows[Symbol.asyncIterator]();
  return Readable.from({
    [Symbol.asyncIterator]: () => ({
      next: () => asHere(() => iterator.next()),
      return: () => asHere(async () => (await iterator.return?.()) ?? { done: true, value: undefined }),
    }),
  } satisfies AsyncIterable<unknown>);
}
