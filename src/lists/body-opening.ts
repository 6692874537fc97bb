/**
 * Decides by the first bytes of a body how to read it: its encoding and its line ends. What follows is handed on as UTF-8 with
 * LF. A byte order mark, or the zeros of UTF-16, tell more than what the request says.
 */
import { ListUnreadable } from './list.errors.js';
import type { ListColumn } from './columns.js';
import type { Row, RowReader } from './list-row.js';

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const [CARRIAGE_RETURN, LINE_FEED] = [13, 10];
/** As many bytes as the encoding needs. */
const NEEDED = 4;
/** No line is longer: if there is no LF so far, there is none. */
const ENOUGH = 65_536;
/** A byte that UTF-8 has not: its line is then reported as unreadable. */
const NO_TEXT = Buffer.from([0xff]);

interface Other {
  readonly starts: readonly number[];
  readonly advice: string;
}

const SPREADSHEET = 'The body is a spreadsheet or an archive: save it as CSV in UTF-8';
const OTHERS: readonly Other[] = [
  { starts: [0xff, 0xfe, 0, 0], advice: 'The body is in UTF-32: save it as UTF-8 and send it again' },
  { starts: [0x50, 0x4b, 0x03, 0x04], advice: SPREADSHEET },
  { starts: [0xd0, 0xcf, 0x11, 0xe0], advice: SPREADSHEET },
  { starts: [0x25, 0x50, 0x44, 0x46], advice: 'The body is a PDF: send the list it was made from, as CSV in UTF-8' },
  { starts: [0x1f, 0x8b], advice: 'The body is compressed: send it as it is' },
];

/** A reader that looks at the first bytes before another reader. `charset` is what the request says, such as `windows-1252`. */
export class OpeningReader implements RowReader {
  /** The first bytes, until they tell the encoding; then the first text, until it tells the line ends. */
  private bytes: Buffer | undefined = Buffer.alloc(0);
  private text: Buffer | undefined = Buffer.alloc(0);
  private decoder: InstanceType<typeof TextDecoder> | undefined;
  private hasCarriageReturns = false;

  constructor(
    private readonly reader: RowReader,
    private readonly charset: string,
  ) {}

  get columns(): readonly ListColumn[] | undefined {
    return this.reader.columns;
  }

  *read(chunk: Buffer): Generator<Row> {
    if (!this.bytes) yield* this.pass(this.decoded(chunk));
    else {
      this.bytes = Buffer.concat([this.bytes, chunk]);
      if (this.bytes.length >= NEEDED) yield* this.pass(this.opened(this.bytes));
    }
  }

  *end(): Generator<Row> {
    if (this.bytes) yield* this.pass(this.opened(this.bytes));
    yield* this.pass(utf8Of(this.decoder?.decode() ?? ''));
    if (this.text) {
      this.hasCarriageReturns = true;
      yield* this.reader.read(this.asLines(this.text));
    }
    yield* this.reader.end();
  }

  /** Raises ListUnreadable. */
  private opened(bytes: Buffer): Buffer {
    if (bytes.length === 0) throw new ListUnreadable();
    const other = OTHERS.find(({ starts }) => starts.every((byte, index) => bytes[index] === byte));
    if (other) throw new ListUnreadable(other.advice);
    this.bytes = undefined;
    const encoding = encodingOf(bytes) ?? new TextDecoder(this.charset).encoding;
    if (encoding !== 'utf-8') this.decoder = new TextDecoder(encoding);
    return BOM.equals(bytes.subarray(0, BOM.length)) ? bytes.subarray(BOM.length) : this.decoded(bytes);
  }

  private decoded(bytes: Buffer): Buffer {
    return this.decoder ? utf8Of(this.decoder.decode(bytes, { stream: true })) : bytes;
  }

  private *pass(text: Buffer): Generator<Row> {
    if (!this.text) {
      yield* this.reader.read(this.asLines(text));
      return;
    }
    const first = Buffer.concat([this.text, text]);
    const hasLineFeeds = first.includes(LINE_FEED);
    this.text = first;
    if (!hasLineFeeds && first.length < ENOUGH) return;
    this.text = undefined;
    this.hasCarriageReturns = !hasLineFeeds;
    yield* this.reader.read(this.asLines(first));
  }

  /** Excel for Mac ends lines by CR alone. */
  private asLines(bytes: Buffer): Buffer {
    if (!this.hasCarriageReturns || !bytes.includes(CARRIAGE_RETURN)) return bytes;
    return Buffer.from(bytes.map((byte) => (byte === CARRIAGE_RETURN ? LINE_FEED : byte)));
  }
}

/** By the first bytes; undefined if they do not tell. In UTF-16, every other byte of Western text is zero, and no text starts with a zero. */
function encodingOf(bytes: Buffer): 'utf-8' | 'utf-16le' | 'utf-16be' | undefined {
  const [first, second] = bytes;
  if (BOM.equals(bytes.subarray(0, BOM.length))) return 'utf-8';
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first === 0) return 'utf-16be';
  return second === 0 ? 'utf-16le' : undefined;
}

/** What a decoder could not read is a replacement character: its line must not pass for text. */
function utf8Of(text: string): Buffer {
  if (!text.includes('\ufffd')) return Buffer.from(text);
  return Buffer.concat(
    text.split('\ufffd').flatMap((part, index) => (index === 0 ? [] : [NO_TEXT]).concat(Buffer.from(part))),
  );
}
