/** Errors of the operator console. */
import { DomainError } from '../kernel/index.js';
import type { MessageStatus } from '../ledger/index.js';

export class NotInDoubt extends DomainError {
  readonly code = 'not_in_doubt';
  readonly kind = 'conflict';

  constructor(status: MessageStatus) {
    super(`The message is ${status}: there is nothing to decide about one that is not in doubt`);
  }
}
