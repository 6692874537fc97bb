/** The reader of each format. */
import { CsvReader } from './csv-reader.js';
import type { ImportFormat } from './import.dto.js';
import { JsonReader } from './json-list-reader.js';
import { NdjsonReader } from './ndjson-reader.js';
import { OpeningReader } from './import-opening.js';
import type { RowReader } from './import-rows.js';

const READERS: Readonly<Record<ImportFormat, new () => RowReader>> = {
  csv: CsvReader,
  ndjson: NdjsonReader,
  json: JsonReader,
};

/** A reader for one body. */
export const readerOf = (format: ImportFormat): RowReader => new OpeningReader(new READERS[format]());
