/** Checks the first bytes of a body: strips a byte order mark, and names the format of what is not UTF-8 text. */
import { ListUnreadable } from './list.errors.js';
import type { Row, RowReader } from './list-row.js';

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
/** As many bytes as the check needs. */
const NEEDED = 4;

interface Other {
  readonly starts: readonly number[];
  readonly advice: string;
}

const UTF_16 = 'The body is in UTF-16: save it as UTF-8 and send it again';
const OTHERS: readonly Other[] = [
  { starts: [0xff, 0xfe], advice: UTF_16 },
  { starts: [0xfe, 0xff], advice: UTF_16 },
  { starts: [0x50, 0x4b, 0x03, 0x04], advice: 'The body is a spreadsheet or an archive: save it as CSV in UTF-8' },
  { starts: [0x1f, 0x8b], advice: 'The body is compressed: send it as it is' },
];

/** A reader that checks the first bytes before another reader. */
export class OpeningReader implements RowReader {
  private opening: Buffer | undefined = Buffer.alloc(0);

  constructor(private readonly reader: RowReader) {}

  *read(chunk: Buffer): Generator<Row> {
    const bytes = this.opening ? Buffer.concat([this.opening, chunk]) : chunk;
    if (!this.opening) yield* this.reader.read(bytes);
    else if (bytes.length >= NEEDED) yield* this.open(bytes);
    else this.opening = bytes;
  }

  *end(): Generator<Row> {
    if (this.opening) yield* this.open(this.opening);
    yield* this.reader.end();
  }

  /** Raises ListUnreadable. */
  private open(bytes: Buffer): Iterable<Row> {
    if (bytes.length === 0) throw new ListUnreadable();
    const other = OTHERS.find(({ starts }) => starts.every((byte, index) => bytes[index] === byte));
    if (other) throw new ListUnreadable(other.advice);
    // In UTF-16, every other byte of Western text is zero, and no text starts with a zero.
    if (bytes.subarray(0, 2).includes(0)) throw new ListUnreadable(UTF_16);
    this.opening = undefined;
    return this.reader.read(BOM.equals(bytes.subarray(0, BOM.length)) ? bytes.subarray(BOM.length) : bytes);
  }
}
