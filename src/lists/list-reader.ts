/** The reader of each format. */
import { OpeningReader } from './body-opening.js';
import type { ColumnMapping, ListVocabulary } from './columns.js';
import { CsvReader } from './csv-reader.js';
import { JsonReader } from './json-list-reader.js';
import { JsonRows } from './json-row.js';
import type { ListFormat } from './list-formats.js';
import type { RowReader } from './list-row.js';
import { NdjsonReader } from './ndjson-reader.js';

export interface ListReading {
  readonly format: ListFormat;
  /** Of the request, such as `windows-1252`; UTF-8 where absent. */
  readonly charset?: string;
  readonly vocabulary: ListVocabulary;
  readonly mapping?: ColumnMapping;
}

/** A reader for one body. */
export function readerOf({ format, charset = 'utf-8', vocabulary, mapping = {} }: ListReading): RowReader {
  return new OpeningReader(rowsOf(format, vocabulary, mapping), charset);
}

function rowsOf(format: ListFormat, vocabulary: ListVocabulary, mapping: ColumnMapping): RowReader {
  switch (format) {
    case 'csv':
      return new CsvReader(vocabulary, mapping);
    case 'ndjson':
      return new NdjsonReader(new JsonRows(vocabulary, mapping));
    case 'json':
      return new JsonReader(new JsonRows(vocabulary, mapping));
  }
}
