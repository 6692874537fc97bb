/** Splits bytes into lines, buffering at most one. */
import { isUtf8 } from 'node:buffer';
import type { FaultCode } from './row-faults.js';
import { ROW_LIMIT } from './list-row.js';

const LINE_FEED = 10;
const NOTHING = Buffer.alloc(0);

export interface Line {
  /** From 1. */
  readonly number: number;
  /** Without its line end, LF or CRLF; empty for a line with a fault. */
  readonly text: string;
  readonly fault?: FaultCode;
}

export class LineCutter {
  private number = 0;
  /** The bytes of a line that continues in the next chunk. */
  private rest: Buffer = NOTHING;
  /** The current line is too long: the rest of it is skipped. */
  private tooLong = false;

  /** The lines that end in this chunk. */
  *cut(chunk: Buffer): Generator<Line> {
    const first = this.tooLong ? chunk.indexOf(LINE_FEED) + 1 : 0;
    if (this.tooLong && first === 0) return;
    if (this.tooLong) yield this.skipped();
    const end = chunk.lastIndexOf(LINE_FEED) + 1;
    if (end > first) {
      const lines = Buffer.concat([this.rest, chunk.subarray(first, end - 1)]);
      this.rest = NOTHING;
      yield* this.linesOf(lines);
    }
    this.keep(chunk.subarray(Math.max(first, end)));
  }

  /** A last line without a line end. */
  *end(): Generator<Line> {
    if (this.tooLong) yield this.skipped();
    else if (this.rest.length > 0) yield* this.linesOf(this.rest);
  }

  /** Many lines at once, while all of them are UTF-8. */
  private *linesOf(lines: Buffer): Generator<Line> {
    if (isUtf8(lines)) {
      for (const text of lines.toString('utf8').split('\n')) yield this.line(text);
      return;
    }
    for (let from = 0, to = 0; from <= lines.length; from = to + 1) {
      to = lines.indexOf(LINE_FEED, from);
      if (to === -1) to = lines.length;
      const bytes = lines.subarray(from, to);
      yield isUtf8(bytes)
        ? this.line(bytes.toString('utf8'))
        : { number: (this.number += 1), text: '', fault: 'not_utf8' };
    }
  }

  private line(text: string): Line {
    const number = (this.number += 1);
    if (isOverLimit(text)) return { number, text: '', fault: 'line_too_long' };
    return { number, text: text.endsWith('\r') ? text.slice(0, -1) : text };
  }

  private skipped(): Line {
    this.tooLong = false;
    return { number: (this.number += 1), text: '', fault: 'line_too_long' };
  }

  private keep(bytes: Buffer): void {
    if (this.rest.length + bytes.length <= ROW_LIMIT) {
      this.rest = this.rest.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.rest, bytes]);
    } else {
      this.rest = NOTHING;
      this.tooLong = true;
    }
  }
}

/** A UTF-16 code unit takes at most 3 bytes of UTF-8. */
const isOverLimit = (text: string): boolean => text.length * 3 > ROW_LIMIT && Buffer.byteLength(text) > ROW_LIMIT;
