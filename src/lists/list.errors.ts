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

export class TooManyLists extends DomainError {
  readonly code = 'too_many_imports';
  readonly kind = 'too-many';
  override readonly retryAfterSeconds = 10;

  constructor(limit: number) {
    super(`${limit} imports of this tenant are under way, and no more run at once: wait until one has ended`);
  }
}

/** What was written before it stays. */
export class ListInterrupted extends DomainError {
  readonly code = 'import_interrupted';
  readonly kind = 'unavailable';

  constructor() {
    super(
      'The import stopped on our side: send it again, with the same Idempotency-Key if it had one, and it goes on from where it was',
    );
  }
}
