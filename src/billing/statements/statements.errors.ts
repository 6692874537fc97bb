/** Errors of statements. */
import { DomainError } from '../../kernel/index.js';

export class StatementTooLong extends DomainError {
  readonly code = 'statement_too_long';
  readonly kind = 'unprocessable';

  constructor() {
    super('The statement has too many lines for a PDF: ask for `format=csv` or `format=html`');
  }
}
