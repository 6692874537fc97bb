/** Errors of an `Idempotency-Key`. */
import { DomainError } from '../errors.js';

export class InvalidIdempotencyKey extends DomainError {
  readonly code = 'invalid_idempotency_key';
  readonly kind = 'invalid';
  override readonly field = 'Idempotency-Key';

  constructor() {
    super('Idempotency-Key must be 1 to 255 printable ASCII characters without spaces');
  }
}

export class IdempotencyKeyReused extends DomainError {
  readonly code = 'idempotency_key_reused';
  readonly kind = 'conflict';
  override readonly field = 'Idempotency-Key';

  constructor() {
    super('This Idempotency-Key was used for another request within 24 hours: use a new key for a new request');
  }
}
