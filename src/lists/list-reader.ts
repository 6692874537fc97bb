/** The reader of each format. */
import { CsvReader } from './csv-reader.js';
import type { ListFormat } from './list-formats.js';
import { JsonReader } from './json-list-reader.js';
import { NdjsonReader } from './ndjson-reader.js';
import { OpeningReader } from './body-opening.js';
import type { RowReader } from './list-row.js';

const READERS: Readonly<Record<ListFormat, new () => RowReader>> = {
  csv: CsvReader,
  ndjson: NdjsonReader,
  json: JsonReader,
};

/** A reader for one body. */
export const readerOf = (format: ListFormat): RowReader => new OpeningReader(new READERS[format]());
