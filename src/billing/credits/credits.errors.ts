/** Errors of credits. */
import { DomainError } from '../../kernel/index.js';

export class UnclearAmount extends DomainError {
  readonly code = 'unclear_amount';
  readonly kind = 'unprocessable';
  override readonly field = 'amount';

  constructor() {
    super('amount must be decimal text above zero, of at most 100,000 and with at most six decimals, such as "12.50"');
  }
}
