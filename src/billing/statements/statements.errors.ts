/** Errors of statements. */
import { DomainError } from '../../kernel/index.js';

export class StatementTooLong extends DomainError {
  readonly code = 'statement_too_long';
  readonly kind = 'unprocessable';

  constructor() {
    super('The statement has too many lines for a PDF: ask for `format=csv` or `format=html`');
  }
}

export class StatementNotFound extends DomainError {
  readonly code = 'statement_not_found';
  readonly kind = 'not-found';
  override readonly field = 'month';

  constructor() {
    super('There is no statement of this month, which is not closed: GET /api/statements lists those that there are');
  }
}

/** Statements have no gaps, so that what is known late is on exactly one of them. */
export class MonthNotNext extends DomainError {
  readonly code = 'month_not_next';
  readonly kind = 'conflict';
  override readonly field = 'month';

  constructor(next: string) {
    super(`Months are closed in order, from the first with anything to bill: the next of this tenant is ${next}`);
  }
}

export class MonthNotOver extends DomainError {
  readonly code = 'month_not_over';
  readonly kind = 'conflict';
  override readonly field = 'month';

  constructor(until: Date) {
    super(`The month has not ended where the tenant is: close it after ${until.toISOString()}`);
  }
}

/** Not all that happened in the month has been counted and priced. */
export class UsageBehind extends DomainError {
  readonly code = 'usage_behind';
  readonly kind = 'unavailable';
  override readonly retryAfterSeconds = 5;

  constructor() {
    super('Some messages of the month are not counted yet: try again in a few seconds');
  }
}
