/** Errors of numbers. */
import { DomainError } from '../kernel/index.js';
import type { NumberStatus } from './number.rules.js';

export class NumberNotFound extends DomainError {
  readonly code = 'number_not_found';
  readonly kind = 'not-found';
  override readonly field = 'id';

  constructor() {
    super('There is no number with this id');
  }
}

export class NumberTaken extends DomainError {
  readonly code = 'number_taken';
  readonly kind = 'conflict';
  override readonly field = 'address';

  constructor() {
    super('This number is held already: release it first, wait until its quarantine is over, or take another');
  }
}

export class VenueHasNumber extends DomainError {
  readonly code = 'venue_has_number';
  readonly kind = 'conflict';
  override readonly field = 'venueId';

  constructor() {
    super('The venue has a number for one of these channels: release that one first, or name a `pool` that both join');
  }
}

export class NumberLimitReached extends DomainError {
  readonly code = 'number_limit';
  readonly kind = 'conflict';

  constructor(most: number) {
    super(`The tenant rents ${most} numbers, as many as its settings allow: release one, or raise \`maxNumbers\``);
  }
}

export class NumberInState extends DomainError {
  readonly code = 'number_state';
  readonly kind = 'conflict';

  constructor(status: NumberStatus) {
    super(`The number is ${status}: only one that is ordered or active can be released, or verified once it is active`);
  }
}

export class NumbersNotRented extends DomainError {
  readonly code = 'numbers_not_rented';
  readonly kind = 'unprocessable';
  override readonly field = 'provider';

  constructor() {
    super('Callboard rents no numbers at this provider: rent one there, and add it with POST /api/senders');
  }
}

export class SearchRefused extends DomainError {
  readonly code = 'search_refused';
  readonly kind = 'unprocessable';

  /** `code` is the provider's. */
  constructor(code: string) {
    super(`The provider refused the search (${code}): see its list of error codes, and the rights of the account`);
  }
}

export class NumbersUnanswered extends DomainError {
  readonly code = 'numbers_unanswered';
  readonly kind = 'unavailable';
  override readonly retryAfterSeconds = 60;

  constructor() {
    super('The provider does not answer now: try again in a minute');
  }
}
