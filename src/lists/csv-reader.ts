/** Reads CSV: the first record names the columns, each further one is a row. */
import { csvFields, RecordAssembler, type CsvRecord } from './csv-records.js';
import { attributeFault } from './attributes.js';
import {
  fieldColumns,
  understandColumns,
  type ColumnMapping,
  type ListColumn,
  type ListVocabulary,
  type Names,
  type UnderstoodColumns,
} from './columns.js';
import { ListUnreadable } from './list.errors.js';
import { FAULTS } from './row-faults.js';
import { LineCutter, type Line } from './lines.js';
import type { Row, RowReader } from './list-row.js';
import { isBlank } from '../kernel/index.js';

const SEPARATORS = [',', ';', '\t', '|'] as const;
/** Spreadsheets write and heed it before the first record. */
const SEPARATOR_LINE = /^"?sep=([^\p{L}\p{N}"])"?$/iu;

const OUTER_BLANKS = /^[\s\p{Default_Ignorable_Code_Point}]+|[\s\p{Default_Ignorable_Code_Point}]+$/gu;

interface Header extends UnderstoodColumns {
  /** Columns up to the last named one. */
  readonly width: number;
}

export class CsvReader implements RowReader {
  private readonly lines = new LineCutter();
  private readonly records = new RecordAssembler((text) => this.fieldsOf(text));
  private separator: string | undefined;
  private header: Header | undefined;

  constructor(
    private readonly vocabulary: ListVocabulary,
    private readonly mapping: ColumnMapping,
  ) {}

  get columns(): readonly ListColumn[] | undefined {
    return this.header?.columns.slice(0, this.header.width);
  }

  *read(chunk: Buffer): Generator<Row> {
    for (const line of this.lines.cut(chunk)) yield* this.rowsOf(this.recordsOf(line));
  }

  *end(): Generator<Row> {
    for (const line of this.lines.end()) yield* this.rowsOf(this.recordsOf(line));
    yield* this.rowsOf(this.records.end());
    if (!this.header) throw new ListUnreadable();
  }

  private recordsOf(line: Line): Iterable<CsvRecord> {
    if (this.header || this.separator !== undefined) return this.records.add(line);
    const [, separator] = SEPARATOR_LINE.exec(line.text) ?? [];
    if (separator === undefined) return this.records.add(line);
    this.separator = separator;
    return [];
  }

  /** The first record that is not empty is the header. No row for an empty record. */
  private *rowsOf(records: Iterable<CsvRecord>): Generator<Row> {
    for (const record of records) {
      const { line, text, fields } = record;
      if (!this.header) this.readHeader(record);
      else if (typeof fields === 'string') yield { line, text, content: fields };
      else if (fields.some((field) => !isBlank(field))) yield { line, text, content: contentOf(fields, this.header) };
    }
  }

  private fieldsOf(text: string): readonly string[] | undefined {
    if (this.separator !== undefined) return csvFields(text, this.separator);
    return SEPARATORS.map((separator) => csvFields(text, separator)).find((fields) => fields !== undefined);
  }

  /** Finds the separator: the one that makes the most columns, among them one that is needed. Raises ListUnreadable. */
  private readHeader({ text, fields }: CsvRecord): void {
    if (typeof fields === 'string') {
      throw new ListUnreadable(`The first line must name the columns. ${FAULTS[fields]}`);
    }
    if (fields.every(isBlank)) return;
    const separators = this.separator === undefined ? SEPARATORS : [this.separator];
    const [best] = separators
      .map((separator) => ({ separator, names: (csvFields(text, separator) ?? []).map(nameOf) }))
      .filter(({ names }) => this.isUsable(names, separators.length === 1))
      .toSorted((left, right) => right.names.length - left.names.length);
    if (!best) throw new ListUnreadable(this.noColumns());
    this.separator = best.separator;
    const understood = understandColumns(best.names, this.vocabulary, this.mapping);
    const found = new Set(understood.fields.map(({ field }) => field));
    const missing = this.vocabulary.needed.find((group) => !group.some((field) => found.has(field)));
    if (missing)
      throw new ListUnreadable(`No column is named ${missing.join(' or ')}: name one so, or say it for the whole list`);
    this.header = { ...understood, width: best.names.findLastIndex((name) => name !== '') + 1 };
  }

  /** Whether names hold a field that is needed. Raises ListUnreadable as `fieldColumns`, if the separator is certain. */
  private isUsable(names: readonly string[], isCertain: boolean): boolean {
    try {
      const found = new Set(fieldColumns(names, this.vocabulary, this.mapping).values());
      return this.vocabulary.needed[0]?.some((field) => found.has(field)) ?? true;
    } catch (error) {
      if (isCertain || !(error instanceof ListUnreadable)) throw error;
      return false;
    }
  }

  private noColumns(): string {
    const told = Object.values(this.mapping).filter((name) => name);
    const [first = []] = this.vocabulary.needed;
    const hint = first.includes('email') ? '; or say which it is, as in ?email=Contact' : '';
    return told.length > 0
      ? `The first line must name the columns, and none is named ${told.map((name) => `“${name}”`).join(' or ')}`
      : `The first line must name the columns, separated by commas, semicolons or tabs, and one of them ${first.join(', ')}${hint}`;
  }
}

function contentOf(given: readonly string[], { width, fields, names }: Header): Row['content'] {
  if (given.length < width || given.slice(width).some((field) => !isBlank(field))) return 'column_count';
  const attributes = objectOf(names, given) || '{}';
  return (
    attributeFault(attributes) ?? {
      fields: fields
        .filter(({ index }) => !isBlank(given[index] ?? ''))
        .map(({ field, index }) => ({ field, text: given[index] })),
      attributes,
    }
  );
}

/** The named values as JSON; empty if all of them are. */
function objectOf(names: Names, fields: readonly string[]): string {
  let json = '';
  for (const [name, at] of names) {
    const value = typeof at === 'number' ? stringOf(fields[at]) : objectOf(at, fields);
    if (value !== '') json += `${json === '' ? '{' : ','}${name}:${value}`;
  }
  return json && `${json}}`;
}

const stringOf = (value = ''): string => (isBlank(value) ? '' : JSON.stringify(value));

/** A line break in a name is a blank. */
const nameOf = (text: string): string => text.replaceAll(OUTER_BLANKS, '').replaceAll(/\s+/gu, ' ');
