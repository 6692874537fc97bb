/** Lists as CSV, in the form that imports take. */
import { stringify, type Stringifier } from 'csv-stringify';

/**
 * A stream that writes objects as lines, with these fields under these names. What a spreadsheet would take for a formula gets an
 * apostrophe, which imports take off; a number keeps its plus.
 */
export const csvList = (columns: readonly (readonly [key: string, header: string])[]): Stringifier =>
  stringify({
    header: true,
    columns: columns.map(([key, header]) => ({ key, header })),
    escape_formulas: true,
    cast: {
      string: (value, { column }) =>
        column === 'address' && value.startsWith('+') ? { value, escape_formulas: false } : value,
    },
  });
