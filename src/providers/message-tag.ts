/** Our message id as it comes back from a provider. */
import { isUuid } from '../kernel/index.js';

/** The ledger id a webhook names, or nothing where the value is anything but a UUID. */
export function messageIdOf(value: unknown): string | undefined {
  return typeof value === 'string' && isUuid(value) ? value.toLowerCase() : undefined;
}
