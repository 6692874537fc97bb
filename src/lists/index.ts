/** The public API of lists: what people send as CSV, NDJSON or JSON, read row by row. */
export {
  ADDRESS_COLUMN_NAMES,
  ADDRESS_COLUMNS,
  isAddressField,
  kindOf,
  kindOfField,
  rowAddress,
  type RowAddress,
} from './address-fields.js';
export { folded } from './column-names.js';
export { attributePath, type ColumnMapping, type ListColumn, type ListField, type ListVocabulary } from './columns.js';
export { LIST_FORMATS, type ListFormat } from './list-formats.js';
export { readerOf } from './list-reader.js';
export type { GivenField, Row, RowReader } from './list-row.js';
export { AddressColumnsQuery, formatOf, ListColumnView } from './list.dto.js';
export { ListInterrupted, ListUnreadable, TooManyLists } from './list.errors.js';
export { ListsModule } from './lists.module.js';
export { OpenLists } from './open-lists.js';
export { FAULT_CODES, FAULTS, type FaultCode } from './row-faults.js';
export { DATE_ORDERS, readSpreadsheetTime, type DateOrder, type TimeReading } from './spreadsheet-time.js';
