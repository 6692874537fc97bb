/**
 * Reads a JSON list, `[…]` or `{"contacts": […]}`, holding one contact at a time. It only finds where each ends, by brackets
 * and quotes; JSON.parse reads them one by one. So a broken contact affects no other, and a huge one takes no memory.
 */
import { isUtf8 } from 'node:buffer';
import { MalformedJson } from '../kernel/index.js';
import type { JsonRows } from './json-row.js';
import { ROW_LIMIT, type Row, type RowReader } from './list-row.js';

const [QUOTE, COMMA, OPEN_LIST, BACKSLASH, CLOSE_LIST, OPEN, CLOSE] = [34, 44, 91, 92, 93, 123, 125];
const HEAD = /^\s*(\{\s*"contacts"\s*:\s*)?\[$/;
const HEAD_LIMIT = 1_000;
const TAIL = /^\s*\}?\s*$/;

export class JsonReader implements RowReader {
  readonly columns = undefined;
  private stage: 'head' | 'list' | 'tail' = 'head';
  /** The bytes of the head, the current contact, or the tail. */
  private kept: Buffer[] = [];
  private size = 0;
  private place = 0;
  private depth = 0;
  private isQuoted = false;
  private isEscaped = false;

  constructor(private readonly rows: JsonRows) {}

  *read(chunk: Buffer): Generator<Row> {
    let from = 0;
    if (this.stage === 'head') {
      from = chunk.indexOf(OPEN_LIST) + 1;
      this.keep(from === 0 ? chunk : chunk.subarray(0, from));
      if (from === 0 && this.size < HEAD_LIMIT) return;
      this.begin();
    }
    while (this.stage === 'list') {
      const end = this.endOfContact(chunk, from);
      this.keep(chunk.subarray(from, end ?? chunk.length));
      if (end === undefined) return;
      yield* this.contact();
      if (chunk[end] === CLOSE_LIST) this.stage = 'tail';
      from = end + 1;
    }
    this.keep(chunk.subarray(from));
  }

  *end(): Generator<Row> {
    if (this.stage === 'head') throw noList();
    if (this.stage === 'list') {
      yield { line: this.place + 1, text: this.take() ?? '', content: 'list_not_closed' };
    } else {
      const tail = this.take();
      if (tail === undefined || !TAIL.test(tail)) {
        yield { line: this.place + 1, text: tail ?? '', content: 'malformed_json' };
      }
    }
  }

  private begin(): void {
    if (!HEAD.test(this.take() ?? '')) throw noList();
    this.stage = 'list';
  }

  /** Where the current contact ends in this chunk: at the comma after it, or at the end of the list. */
  private endOfContact(chunk: Buffer, from: number): number | undefined {
    for (let at = from; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (this.isEscaped) this.isEscaped = false;
      else if (this.isQuoted) {
        if (byte === QUOTE) this.isQuoted = false;
        else if (byte === BACKSLASH) this.isEscaped = true;
      } else if (byte === QUOTE) this.isQuoted = true;
      else if (this.depth === 0 && (byte === COMMA || byte === CLOSE_LIST)) return at;
      else if (byte === OPEN || byte === OPEN_LIST) this.depth += 1;
      else if (byte === CLOSE || byte === CLOSE_LIST) this.depth = Math.max(0, this.depth - 1);
    }
    return undefined;
  }

  /** Undefined if there is nothing between two commas. */
  private *contact(): Generator<Row> {
    const isOver = this.size > ROW_LIMIT;
    const text = this.take();
    if (text?.trim() === '') return;
    const line = (this.place += 1);
    if (text === undefined) yield { line, text: '', content: isOver ? 'line_too_long' : 'not_utf8' };
    else yield { line, text, content: this.rows.contentOf(text) };
  }

  private keep(bytes: Buffer): void {
    this.size += bytes.length;
    if (this.size > ROW_LIMIT) this.kept = [];
    else if (bytes.length > 0) this.kept.push(bytes);
  }

  /** The buffered text; undefined if it was too much, or not UTF-8. */
  private take(): string | undefined {
    const [bytes = Buffer.alloc(0)] = this.kept.length > 1 ? [Buffer.concat(this.kept)] : this.kept;
    const isOver = this.size > ROW_LIMIT;
    this.kept = [];
    this.size = 0;
    return isOver || !isUtf8(bytes) ? undefined : bytes.toString('utf8');
  }
}

const noList = (): MalformedJson =>
  new MalformedJson('Send a JSON list, or an object that has nothing but the list `contacts`');
