/** Reads NDJSON: each line that is not empty is a row. */
import type { JsonRows } from './json-row.js';
import { LineCutter, type Line } from './lines.js';
import type { Row, RowReader } from './list-row.js';
import { isBlank } from '../kernel/index.js';

export class NdjsonReader implements RowReader {
  readonly columns = undefined;
  private readonly lines = new LineCutter();

  constructor(private readonly rows: JsonRows) {}

  *read(chunk: Buffer): Generator<Row> {
    yield* this.rowsOf(this.lines.cut(chunk));
  }

  *end(): Generator<Row> {
    yield* this.rowsOf(this.lines.end());
  }

  private *rowsOf(lines: Iterable<Line>): Generator<Row> {
    for (const { number: line, text, fault } of lines) {
      if (fault) yield { line, text, content: fault };
      else if (!isBlank(text)) yield { line, text, content: this.rows.contentOf(text) };
    }
  }
}
