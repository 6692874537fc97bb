/** Errors of prices. Faults of single rows are in price-faults.ts. */
import { DomainError } from '../../kernel/index.js';
import { PRICE_FAULTS, type PriceListFault } from './price-faults.js';
import { MOST_LINES } from './price-list.js';

const ERRORS_SHOWN = 100;

export class PriceListNotFound extends DomainError {
  readonly code = 'price_list_not_found';
  readonly kind = 'not-found';
  override readonly field = 'name';

  constructor(message = 'There is no such price list, or not this version of it: GET /api/prices/lists has them all') {
    super(message);
  }
}

/** The tenant's plan has no price list that is valid by now. */
export class NoPrices extends DomainError {
  readonly code = 'no_prices';
  readonly kind = 'not-found';

  constructor() {
    super('The plan of the tenant has no prices yet: ask the operator to put its price list');
  }
}

/** Nothing of the list was taken. */
export class PriceListRefused extends DomainError {
  readonly code = 'price_list_refused';
  readonly kind = 'unprocessable';

  constructor(faults: readonly PriceListFault[]) {
    super(
      `The list has ${faults.length} faults, and nothing of it was taken: correct the rows that \`errors\` names`,
      faults.slice(0, ERRORS_SHOWN).map(({ line, code, field }) => ({
        path: field === null ? `rows[${line}]` : `rows[${line}].${field}`,
        message: PRICE_FAULTS[code],
        code,
      })),
    );
  }
}

export class PriceListEmpty extends DomainError {
  readonly code = 'price_list_empty';
  readonly kind = 'unprocessable';

  constructor() {
    super('The list has no row: send at least one price');
  }
}

export class PriceListTooLong extends DomainError {
  readonly code = 'price_list_too_long';
  readonly kind = 'unprocessable';

  constructor() {
    super(
      `The list has more than ${MOST_LINES.toLocaleString('en-US')} rows: take out prices that a shorter prefix has`,
    );
  }
}
