/** Errors of a whole list. Faults of single rows do not stop it, and are in row-faults.ts. */
import { DomainError } from '../kernel/index.js';

/** Raised before anything is written. */
export class ListUnreadable extends DomainError {
  readonly code = 'import_unreadable';
  readonly kind = 'unprocessable';

  constructor(message = 'The body is empty: send the list in it') {
    super(message);
  }
}
