/** Output with colours and a progress bar on a terminal, and plain lines elsewhere. */
import { styleText } from 'node:util';
import { WIDTH, columns, wrap } from './layout.js';
import { tableOf, type Cell, type Heading } from './table.js';

const BAR_WIDTH = 40;
const INDENT = '   ';
/** To the line's first column, and nothing in it. */
const CLEARED = '\r\u001b[2K';

type Style = Parameters<typeof styleText>[0];

/** Where it is written: a terminal has a width, and may have colours. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  hasColors?(): boolean;
  write(text: string): unknown;
}

export class Screen {
  private chapters = 0;
  private readonly isLive: boolean;
  private readonly hasColours: boolean;
  /** Quarters of the progress that are already printed as lines. */
  private quarters = 0;
  /** The bar is complete; the next one begins below 100 %. */
  private isFull = false;
  /** The cursor is behind a bar, which the next line takes the place of. */
  private isBarOpen = false;

  constructor(private readonly out: Output) {
    this.isLive = out.isTTY ?? false;
    this.hasColours = this.isLive && (out.hasColors?.() ?? false); // honours NO_COLOR
  }

  title(title: string, text: string): void {
    this.write(`\n${this.style('bold', title)}`);
    for (const line of wrap(text, WIDTH)) this.write(this.style('dim', line));
  }

  /** A numbered heading. */
  chapter(heading: string): void {
    this.chapters += 1;
    this.write(`\n${this.style(['bold', 'cyan'], `${this.chapters}  ${heading}`)}`);
  }

  /** A step that succeeded, with details. */
  done(text: string): void {
    const [first = '', ...more] = wrap(text, WIDTH - INDENT.length - 2);
    this.write(`${INDENT}${this.style('green', '✓')} ${first}`);
    for (const line of more) this.write(`${INDENT}  ${line}`);
  }

  /** A remark. */
  note(text: string): void {
    for (const line of wrap(text, WIDTH - INDENT.length - 2)) this.write(`${INDENT}  ${this.style('dim', line)}`);
  }

  /** The text of a message. */
  quote(text: string): void {
    for (const line of wrap(text, WIDTH - INDENT.length - 4)) {
      this.write(`${INDENT}  ${this.style('cyan', '│')} ${line}`);
    }
  }

  /** Rows in columns; with `headed`, the first is a heading. */
  table(rows: readonly (readonly (string | number)[])[], { headed = false } = {}): void {
    columns(rows).forEach((line, index) => {
      this.write(`${INDENT}  ${headed && index === 0 ? this.style('dim', line) : line}`);
    });
  }

  /** Rows under their headings, from the first column of the terminal to its last. */
  list(headings: readonly Heading[], rows: readonly (readonly Cell[])[]): void {
    const [heading = '', ...lines] = tableOf(headings, rows, this.isLive ? this.out.columns : undefined);
    this.write(this.style('dim', heading));
    for (const line of lines) this.write(line);
  }

  /** A progress bar: redrawn in place on a terminal, elsewhere a line per quarter. */
  progress(part: number, whole: number, unit: string): void {
    const share = whole === 0 ? 1 : part / whole;
    if (share === 1 && this.isFull) return;
    if (this.isFull) this.quarters = 0;
    this.isFull = share === 1;
    const said = `${part.toLocaleString('en')} of ${whole.toLocaleString('en')} ${unit}`;
    if (this.isLive) {
      this.draw(share, said);
    } else if (Math.floor(share * 4) > this.quarters) {
      this.quarters = Math.floor(share * 4);
      this.note(said);
    }
  }

  /** What failed and why, with the end of the service's log. */
  failure(what: string, reason: string, report = ''): void {
    this.write(`\n${this.style(['bold', 'red'], `${what} failed.`)} ${reason}`);
    if (report) this.write(`\nThe end of the service's log:\n${report}`);
  }

  say(text: string): void {
    this.write(text);
  }

  /** The bar gives way to what is said, so that both fit into the line that is redrawn. */
  private draw(share: number, said: string): void {
    const room = (this.out.columns ?? WIDTH) - INDENT.length - 3;
    const width = Math.max(0, Math.min(BAR_WIDTH, room - said.length));
    const full = Math.round(share * width);
    const bar = `${this.style('green', '█'.repeat(full))}${this.style('dim', '░'.repeat(width - full))}`;
    this.out.write(`${CLEARED}${INDENT}  ${bar} ${said.slice(0, room)}`);
    this.isBarOpen = share < 1;
    if (share === 1) this.out.write('\n');
  }

  private write(line: string): void {
    if (this.isBarOpen) this.out.write(CLEARED);
    this.isBarOpen = false;
    this.out.write(`${line}\n`);
  }

  private style(style: Style, text: string): string {
    return this.hasColours ? styleText(style, text, { validateStream: false }) : text;
  }
}
