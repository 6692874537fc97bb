/** Reads NDJSON: each line that is not empty is a row. */
import { contentOfJson } from './json-row.js';
import { LineCutter, type Line } from './lines.js';
import type { Row, RowReader } from './list-row.js';

export class NdjsonReader implements RowReader {
  private readonly lines = new LineCutter();

  *read(chunk: Buffer): Generator<Row> {
    yield* rowsOf(this.lines.cut(chunk));
  }

  *end(): Generator<Row> {
    yield* rowsOf(this.lines.end());
  }
}

function* rowsOf(lines: Iterable<Line>): Generator<Row> {
  for (const { number: line, text, fault } of lines) {
    if (fault) yield { line, text, content: fault };
    else if (text.trim() !== '') yield { line, text, content: contentOfJson(text) };
  }
}
