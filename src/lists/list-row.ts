/** Rows: what every reader produces from a body, in order. */
import type { FaultCode } from './row-faults.js';
import type { ListColumn } from './columns.js';

/** Bytes of one row. No more of a body than this, plus a chunk, is ever in memory. */
export const ROW_LIMIT = 65_536;

/** The value of a field that was looked for; no blank one is given. */
export interface GivenField {
  readonly field: string;
  /** As sent, or undefined if it is not text. */
  readonly text: string | undefined;
}

export interface RowContent {
  readonly fields: readonly GivenField[];
  /** A JSON object as text; `{}` for a row without attributes. */
  readonly attributes: string;
}

export interface Row {
  /** The line it starts on, or its position in a JSON list; from 1. */
  readonly line: number;
  /** As sent; empty if it was not kept. */
  readonly text: string;
  readonly content: RowContent | FaultCode;
}

/** Splits a body into rows. Raises ListUnreadable or MalformedJson for a body that has none. */
export interface RowReader {
  /** How the columns of a table are read, known before its first row; undefined for JSON, in which each row names its own. */
  readonly columns: readonly ListColumn[] | undefined;
  /** The rows completed by a chunk. */
  read(chunk: Buffer): Iterable<Row>;
  /** The remaining rows after the last chunk. */
  end(): Iterable<Row>;
}
