/** Errors of imports. Faults of single rows do not stop an import and are in import.faults.ts. */
import { DomainError } from '../../kernel/index.js';

export class ImportNotFound extends DomainError {
  readonly code = 'import_not_found';
  readonly kind = 'not-found';
  override readonly field = 'importId';

  constructor() {
    super('This audience has no import with this id');
  }
}

/** Raised before anything is written. */
export class ImportUnreadable extends DomainError {
  readonly code = 'import_unreadable';
  readonly kind = 'unprocessable';

  constructor(message = 'The body is empty: send the contacts in it') {
    super(message);
  }
}

export class TooManyImports extends DomainError {
  readonly code = 'too_many_imports';
  readonly kind = 'too-many';
  override readonly retryAfterSeconds = 10;

  constructor(limit: number) {
    super(`${limit} imports of this tenant are under way, and no more run at once: wait until one has ended`);
  }
}

export class ImportInterrupted extends DomainError {
  readonly code = 'import_interrupted';
  readonly kind = 'unavailable';

  constructor() {
    super(
      'The import stopped on our side: send it again, with the same Idempotency-Key if it had one, and it goes on from where it was',
    );
  }
}

export class ImportTakenOver extends DomainError {
  readonly code = 'import_taken_over';
  readonly kind = 'conflict';

  constructor() {
    super('Another request with the same Idempotency-Key goes on with this import: follow it there');
  }
}
