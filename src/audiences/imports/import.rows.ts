/** Rows: what every reader makes of the bytes of a body, one after the other. */
import type { FaultCode } from './import.faults.js';

/** Bytes of one row. No more of a body than this, and a chunk, is ever in memory. */
export const ROW_LIMIT = 65_536;

/** The fields that hold an address; the case of a CSV column's name does not matter. */
export const ADDRESS_FIELDS = ['address', 'to', 'email', 'phone'] as const;
export type AddressField = (typeof ADDRESS_FIELDS)[number];

export interface GivenAddress {
  readonly field: AddressField;
  /** As sent, or undefined for what is no text. */
  readonly text: string | undefined;
}

export interface RowContent {
  readonly addresses: readonly GivenAddress[];
  /** A JSON object as text; `{}` for a row that has none. */
  readonly attributes: string;
}

export interface Row {
  /** The line it begins on, or its place in a JSON list; from 1. */
  readonly line: number;
  /** As sent; empty where it was not kept. */
  readonly text: string;
  readonly content: RowContent | FaultCode;
}

/** Cuts a body into rows. Raises ImportUnreadable or MalformedJson for a body that has none. */
export interface RowReader {
  /** The rows that a chunk brings to their end. */
  read(chunk: Buffer): Iterable<Row>;
  /** What is left when all chunks are read. */
  end(): Iterable<Row>;
}
