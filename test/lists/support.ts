/** What tests of lists share. */
import { ADDRESS_COLUMN_NAMES, ADDRESS_COLUMNS } from '../../src/lists/address-fields.js';
import { attributePath } from '../../src/lists/columns.js';
import type { ListFormat } from '../../src/lists/list-formats.js';
import { readerOf, type ListReading } from '../../src/lists/list-reader.js';
import type { Row, RowReader } from '../../src/lists/list-row.js';

const VOCABULARY = { fields: ADDRESS_COLUMNS, needed: [ADDRESS_COLUMN_NAMES], attribute: attributePath };

/** A reader of people: what is no address is an attribute. */
export const listReader = (format: ListFormat, reading: Partial<ListReading> = {}): RowReader =>
  readerOf({ vocabulary: VOCABULARY, ...reading, format });

/** The rows of a body that arrives in chunks of this size. */
export function rowsOf(
  format: ListFormat,
  body: string | Buffer,
  chunkSize = 65_536,
  reading: Partial<ListReading> = {},
): Row[] {
  const [reader, bytes, rows] = [listReader(format, reading), Buffer.from(body), [] as Row[]];
  for (let from = 0; from < bytes.length; from += chunkSize) {
    rows.push(...reader.read(bytes.subarray(from, from + chunkSize)));
  }
  return [...rows, ...reader.end()];
}

/** Rows in short: `line address {attributes}`, or `line fault`. */
export const inShort = (rows: readonly Row[]): string[] =>
  rows.map(({ line, content }) =>
    typeof content === 'string'
      ? `${line} ${content}`
      : `${line} ${content.fields.map(({ text }) => text).join('+')} ${content.attributes}`,
  );

export const short = (format: ListFormat, body: string | Buffer): string[] => inShort(rowsOf(format, body));

export const lines = (...texts: string[]): string => texts.map((text) => `${text}\n`).join('');
