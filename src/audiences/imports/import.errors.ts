/** Errors of imports. Faults of single rows stop none, and are in src/lists/row-faults.ts. */
import { DomainError } from '../../kernel/index.js';

export class ImportNotFound extends DomainError {
  readonly code = 'import_not_found';
  readonly kind = 'not-found';
  override readonly field = 'importId';

  constructor() {
    super('This audience has no import with this id');
  }
}

export class ImportTakenOver extends DomainError {
  readonly code = 'import_taken_over';
  readonly kind = 'conflict';

  constructor() {
    super('Another request with the same Idempotency-Key goes on with this import: follow it there');
  }
}
