/**
 * Joins lines into RFC 4180 records, in which a quoted value may span lines. A quote that is never closed would swallow all
 * that follows: only its first line is given up, and reading resumes with the next.
 */
import type { FaultCode } from './row-faults.js';
import type { Line } from './lines.js';
import { ROW_LIMIT } from './list-row.js';

export interface CsvRecord {
  /** The line it begins on. */
  readonly line: number;
  readonly text: string;
  readonly fields: readonly string[] | FaultCode;
}

export class RecordAssembler {
  /** Lines of a record whose quote is still open; the first opens it, and no other closes it. */
  private open: Line[] = [];
  private size = 0;

  /** `fieldsOf` returns the values of a record, or undefined if its quotes are invalid. */
  constructor(private readonly fieldsOf: (text: string) => readonly string[] | undefined) {}

  /** The records completed by a line. */
  add(line: Line): Iterable<CsvRecord> {
    const isPlain = this.open.length === 0 && !line.fault && !line.text.includes('"');
    return isPlain ? [this.complete([line], [])] : this.addQuoted(line);
  }

  private *addQuoted(line: Line): Generator<CsvRecord> {
    const waiting = [line];
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const isFirst = this.open.length === 0;
      if (isFirst && next.fault) yield { line: next.number, text: '', fields: next.fault };
      else if (next.fault || this.size + next.text.length > ROW_LIMIT) yield this.giveUp([...this.open, next], waiting);
      // Quotes come in pairs: a line with an odd number opens or closes a value that spans lines.
      else if (hasOddQuotes(next.text) === isFirst) this.keep(next);
      else yield this.complete([...this.open, next], waiting);
    }
  }

  /** What remains of a quote that was never closed. */
  *end(): Generator<CsvRecord> {
    const waiting: Line[] = [];
    while (this.open.length > 0) {
      yield this.giveUp(this.open, waiting);
      for (const line of waiting.splice(0).reverse()) yield* this.add(line);
    }
  }

  private keep(line: Line): void {
    this.open.push(line);
    this.size += line.text.length + 1;
  }

  private complete(lines: readonly Line[], waiting: Line[]): CsvRecord {
    const text = lines.map((line) => line.text).join('\n');
    const fields = this.fieldsOf(text);
    if (!fields) return this.giveUp(lines, waiting);
    this.forget();
    return { line: lines[0]?.number ?? 0, text, fields };
  }

  /** Gives up the first line and re-reads the others: no quote is open before them. */
  private giveUp([first, ...others]: readonly Line[], waiting: Line[]): CsvRecord {
    for (const line of others.reverse()) waiting.push(line);
    this.forget();
    const fields = hasOddQuotes(first?.text ?? '') ? 'unclosed_quote' : 'bad_quotes';
    return { line: first?.number ?? 0, text: first?.text ?? '', fields };
  }

  private forget(): void {
    this.open = [];
    this.size = 0;
  }
}

function hasOddQuotes(text: string): boolean {
  let odd = false;
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) odd = !odd;
  return odd;
}

/** The values of one record; undefined if a quote is inside an unquoted value, or text follows a closing one. */
export function csvFields(text: string, separator: string): readonly string[] | undefined {
  if (!text.includes('"')) return text.split(separator);
  const fields: string[] = [];
  for (let from = 0; ; from += 1) {
    // Exports keep the zeros of ="0042" so that spreadsheets do.
    const opening = text.startsWith('="', from) ? from + 1 : from;
    const quoted = text[opening] === '"';
    const end = quoted ? closingQuote(text, opening) : text.indexOf(separator, from);
    if (quoted && end === -1) return undefined;
    const to = quoted ? end + 1 : end === -1 ? text.length : end;
    const value = quoted ? text.slice(opening + 1, end).replaceAll('""', '"') : text.slice(from, to);
    if ((!quoted && value.includes('"')) || (to < text.length && text[to] !== separator)) return undefined;
    fields.push(value);
    if (to === text.length) return fields;
    from = to;
  }
}

function closingQuote(text: string, opening: number): number {
  let at = text.indexOf('"', opening + 1);
  while (at !== -1 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at;
}
