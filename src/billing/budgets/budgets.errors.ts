/** Errors of budgets. */
import { DomainError } from '../../kernel/index.js';

/** The tenant is charged in another currency, so the budget could never be reached. */
export class BudgetCurrencyDiffers extends DomainError {
  readonly code = 'budget_currency_differs';
  readonly kind = 'unprocessable';
  override readonly field = 'currency';

  constructor(currency: string) {
    super(`The tenant is charged in ${currency}: give the budget in it`);
  }
}

/** A budget of money has a currency, and one of messages has none. */
export class BudgetCurrencyMisplaced extends DomainError {
  readonly code = 'budget_currency_misplaced';
  readonly kind = 'invalid';
  override readonly field = 'currency';

  constructor() {
    super('Name the currency of a budget of money, and none for one of messages');
  }
}
