/** Errors of erasures and exports. */
import { DomainError } from '../kernel/index.js';

export class ErasureNotFound extends DomainError {
  readonly code = 'erasure_not_found';
  readonly kind = 'not-found';
  override readonly field = 'id';

  constructor() {
    super('There is no erasure with this id');
  }
}

export class ErasureNotFinished extends DomainError {
  readonly code = 'erasure_not_finished';
  readonly kind = 'conflict';
  override readonly field = 'id';

  constructor() {
    super('The erasure goes on, and certifies nothing yet: ask again in some seconds');
  }
}

export class PersonExportNotFound extends DomainError {
  readonly code = 'person_export_not_found';
  readonly kind = 'not-found';
  override readonly field = 'id';

  constructor() {
    super('There is no export with this id, or it has expired: ask for another one');
  }
}
