/** Reads CSV: the first line names the columns, each further record is a row. */
import { csvFields, RecordAssembler, type CsvRecord } from './csv-records.js';
import { attributeFault, MAX_LEVELS } from './attributes.js';
import { ListUnreadable } from './list.errors.js';
import { FAULTS } from './row-faults.js';
import { LineCutter, type Line } from './lines.js';
import { ADDRESS_FIELDS, type AddressField, type Row, type RowContent, type RowReader } from './list-row.js';

const SEPARATORS = [',', ';'] as const;

interface AddressColumn {
  readonly field: AddressField;
  readonly index: number;
}

/** Where each name's value is: a column, or further names. */
interface Names extends Map<string, number | Names> {}

interface Header {
  readonly separator: string;
  /** Columns up to the last named one. */
  readonly width: number;
  readonly addresses: readonly AddressColumn[];
  readonly names: Names;
}

export class CsvReader implements RowReader {
  private readonly lines = new LineCutter();
  private readonly records = new RecordAssembler((text) => csvFields(text, this.header?.separator ?? ','));
  private header: Header | undefined;

  *read(chunk: Buffer): Generator<Row> {
    for (const line of this.lines.cut(chunk)) yield* this.rowsOf(this.recordsOf(line));
  }

  *end(): Generator<Row> {
    for (const line of this.lines.end()) yield* this.rowsOf(this.recordsOf(line));
    yield* this.rowsOf(this.records.end());
    if (!this.header) throw new ListUnreadable();
  }

  /** The first line that is not empty is the header. */
  private recordsOf(line: Line): Iterable<CsvRecord> {
    if (this.header) return this.records.add(line);
    if (line.fault || line.text.trim() !== '') this.header = headerOf(line);
    return [];
  }

  /** No row for an empty line. */
  private *rowsOf(records: Iterable<CsvRecord>): Generator<Row> {
    for (const { line, text, fields } of records) {
      if (typeof fields === 'string') yield { line, text, content: fields };
      else if (this.header && fields.some((field) => field !== '')) {
        yield { line, text, content: contentOf(fields, this.header) };
      }
    }
  }
}

function contentOf(fields: readonly string[], { width, addresses, names }: Header): Row['content'] {
  if (fields.length < width || fields.slice(width).some((field) => field !== '')) return 'column_count';
  const given = addresses.filter(({ index }) => fields[index]?.trim() !== '');
  const attributes = objectOf(names, fields) || '{}';
  return (
    attributeFault(attributes) ??
    ({ addresses: given.map(({ field, index }) => ({ field, text: fields[index] })), attributes } satisfies RowContent)
  );
}

/** The named values as JSON; undefined if all are empty. */
function objectOf(names: Names, fields: readonly string[]): string {
  let json = '';
  for (const [name, at] of names) {
    const value = typeof at === 'number' ? stringOf(fields[at]) : objectOf(at, fields);
    if (value !== '') json += `${json === '' ? '{' : ','}${name}:${value}`;
  }
  return json && `${json}}`;
}

const stringOf = (value = ''): string => value && JSON.stringify(value);

/** Raises ListUnreadable. */
function headerOf({ text, fault }: Line): Header {
  if (fault) throw new ListUnreadable(`The first line must name the columns. ${FAULTS[fault]}`);
  const readings = SEPARATORS.map((separator) => ({ separator, columns: csvFields(text, separator) ?? [] }))
    .map(({ separator, columns }) => ({ separator, columns: columns.map((name) => name.trim()) }))
    .filter(({ columns }) => columns.some(addressField))
    .toSorted((left, right) => right.columns.length - left.columns.length);
  const [best] = readings;
  if (!best) {
    throw new ListUnreadable(
      `The first line must name the columns, separated by commas or semicolons, and one of them ${ADDRESS_FIELDS.join(', ')}`,
    );
  }
  return namesOf(best.columns, best.separator);
}

const addressField = (name: string): AddressField | undefined =>
  ADDRESS_FIELDS.find((field) => field === name.toLowerCase());

function namesOf(columns: readonly string[], separator: string): Header {
  const addresses: AddressColumn[] = [];
  const names: Names = new Map();
  for (const [index, name] of columns.entries()) {
    const field = addressField(name);
    if (field && addresses.some((other) => other.field === field)) throw new ListUnreadable(twice(index));
    if (field) addresses.push({ field, index });
    else if (name !== '') place(names, name.split('.'), index);
  }
  return { separator, width: columns.findLastIndex((name) => name !== '') + 1, addresses, names };
}

/** Puts a column where its name points: `event.name` within `event`. */
function place(names: Names, path: readonly string[], index: number): void {
  const [first = '', ...rest] = path.map((step) => step.trim());
  const key = JSON.stringify(first);
  const there = names.get(key);
  if (first === '' || first === '__proto__' || path.length > MAX_LEVELS || attributeFault(key)) {
    throw new ListUnreadable(`Column ${index + 1} has no usable name: give it one such as name or event.name`);
  }
  if (there !== undefined && (rest.length === 0 || typeof there === 'number')) throw new ListUnreadable(twice(index));
  if (rest.length === 0) names.set(key, index);
  else {
    const within: Names = typeof there === 'object' ? there : new Map();
    names.set(key, within);
    place(within, rest, index);
  }
}

const twice = (index: number): string => `Column ${index + 1} has the name of another: give each its own`;
