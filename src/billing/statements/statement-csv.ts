/** The lines of a statement as CSV (RFC 4180), with exact amounts. */
import { stringify } from 'csv-stringify/sync';
import { decimalText } from './statement-money.js';
import type { Statement } from './statement.js';

const COLUMNS = [
  'kind',
  'month',
  'channel',
  'direction',
  'category',
  'country',
  'provider',
  'unit',
  'messages',
  'units',
  'included',
  'charge',
  'currency',
  'note',
];
/** What people write: it may begin like a formula of a spreadsheet, which an apostrophe prevents. A credit's `-5` is a number. */
const WRITTEN_BY_PEOPLE = 'note';

/** Without totals: the lines add up to the sum of each currency, which is rounded once. A charge that is not known is empty. */
export function statementCsv({ lines }: Statement): string {
  const rows = lines.map(({ chargeMicros, ...line }) => ({
    ...line,
    charge: chargeMicros === null ? null : decimalText(chargeMicros),
  }));
  return stringify(rows, {
    header: true,
    columns: COLUMNS,
    record_delimiter: '\r\n',
    // The library quotes the whole delimiter only, and no part of it.
    quoted_match: /[\r\n]|^\s|\s$/,
    escape_formulas: true,
    cast: { string: (value, { column }) => ({ value, escape_formulas: column === WRITTEN_BY_PEOPLE }) },
  });
}
