/** Tables as wide as the terminal: pure. */

export type Cell = string | number | boolean | null;

export interface Heading {
  readonly title: string;
  /** Words, which may be cut where the terminal is narrow; what is copied from here, such as an id, never is. */
  readonly isText?: boolean;
}

const GAP = '  ';
/** A column of words is not cut below this. */
const NARROWEST = 10;
const NOTHING = '-';
/** Each takes two columns of a terminal; so does what is made an emoji by a variation selector. */
const WIDE =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303f\uff01-\uff60\uffe0-\uffe6]|\ufe0f/u;
/** Others may have put them into a name to command the terminal, or to turn its text around. */
const COMMANDS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;
const segmenter = new Intl.Segmenter();

/** The text as it can do nothing to a terminal: in one line, without control characters. */
export const printable = (text: string): string => text.replaceAll(COMMANDS, ' ');

/** The columns of a terminal that a text takes. */
export function widthOf(text: string): number {
  let width = 0;
  for (const { segment } of segmenter.segment(text)) width += WIDE.test(segment) ? 2 : 1;
  return width;
}

/**
 * The lines of a table, its headings first: columns as wide as their widest cell, numbers to the right. Words are cut until a line
 * fits into `width`, the longest first.
 */
export function tableOf(headings: readonly Heading[], rows: readonly (readonly Cell[])[], width = Infinity): string[] {
  const texts = [headings.map(({ title }) => title), ...rows.map((row) => row.map(textOf))];
  const isNumeric = headings.map((_, column) => rows.some((row) => typeof row[column] === 'number'));
  const widths = fit(
    headings,
    headings.map((_, column) => Math.max(...texts.map((row) => widthOf(row[column] ?? '')))),
    width,
  );
  return texts.map((row) =>
    row
      .map((text, column) => padded(cut(text, widths[column] ?? 0), widths[column] ?? 0, isNumeric[column] ?? false))
      .join(GAP)
      .trimEnd(),
  );
}

function fit(headings: readonly Heading[], wanted: readonly number[], width: number): number[] {
  const widths = [...wanted];
  const total = (): number => widths.reduce((sum, one) => sum + one, (widths.length - 1) * GAP.length);
  while (total() > width) {
    const longest = headings.reduce((best, { isText = false }, column) => {
      const own = widths[column] ?? 0;
      return isText && own > NARROWEST && own > (widths[best] ?? 0) ? column : best;
    }, -1);
    if (longest < 0) break;
    widths[longest] = (widths[longest] ?? 0) - 1;
  }
  return widths;
}

function textOf(cell: Cell): string {
  if (cell === null || cell === '') return NOTHING;
  if (typeof cell === 'number') return cell.toLocaleString('en');
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no';
  return printable(cell);
}

function padded(text: string, width: number, toTheRight: boolean): string {
  const padding = ' '.repeat(Math.max(0, width - widthOf(text)));
  return toTheRight ? padding + text : text + padding;
}

function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = '';
  let taken = 1;
  for (const { segment } of segmenter.segment(text)) {
    taken += widthOf(segment);
    if (taken > width) break;
    kept += segment;
  }
  return `${kept}…`;
}
