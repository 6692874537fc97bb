/** Errors of reconciliations. */
import { DomainError } from '../../kernel/index.js';

/** Both sides of a day still change while it lasts. */
export class DayNotOver extends DomainError {
  readonly code = 'day_not_over';
  readonly kind = 'unprocessable';
  override readonly field = 'day';

  constructor() {
    super('The day must be over in UTC, and one of the calendar: name an earlier day');
  }
}

export class NoBooks extends DomainError {
  readonly code = 'no_books';
  readonly kind = 'unprocessable';
  override readonly field = 'provider';

  constructor() {
    super('This provider publishes neither totals nor a list: name another provider');
  }
}

export class AccountNotThere extends DomainError {
  readonly code = 'account_not_there';
  readonly kind = 'not-found';
  override readonly field = 'providerAccountId';

  constructor() {
    super('The provider has no such account here, or the platform has none: name an account of this provider');
  }
}

export class ReconciliationNotFound extends DomainError {
  readonly code = 'reconciliation_not_found';
  readonly kind = 'not-found';
  override readonly field = 'reconciliation';

  constructor() {
    super('There is no such reconciliation: GET /api/reconciliations has them all');
  }
}
