/** Errors of webhooks, besides those of their verification. */
import { DomainError } from '../kernel/index.js';

export class StillInFlight extends DomainError {
  readonly code = 'still_in_flight';
  readonly kind = 'unavailable';

  constructor() {
    super(
      'The opt-out is recorded, but a message to this person is still on its way: ask again to hear that it is through',
    );
  }
}
