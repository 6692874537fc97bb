/** The public API of lists: what people send as CSV, NDJSON or JSON, read row by row. */
export { FAULT_CODES, FAULTS, type FaultCode } from './row-faults.js';
export { LIST_FORMATS, type ListFormat } from './list-formats.js';
export { readerOf } from './list-reader.js';
export { ADDRESS_FIELDS, type AddressField, type GivenAddress, type Row, type RowReader } from './list-row.js';
export { ListUnreadable } from './list.errors.js';
