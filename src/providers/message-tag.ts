/** Our message id as returned by a provider. */
import { isUuid } from '../kernel/index.js';

/** The ledger id that a webhook names, or undefined if the value is not a UUID. */
export function messageIdOf(value: unknown): string | undefined {
  return typeof value === 'string' && isUuid(value) ? value.toLowerCase() : undefined;
}
