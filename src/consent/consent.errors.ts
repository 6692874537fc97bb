/** Errors of consent and suppressions. */
import { DomainError } from '../kernel/index.js';

export class SuppressionNotFound extends DomainError {
  readonly code = 'suppression_not_found';
  readonly kind = 'not-found';
  override readonly field = 'address';

  constructor() {
    super('This address is not suppressed on this channel');
  }
}
