/** What texts from one template have in common. */

export interface SharedText {
  /** In order: text that all share, or a slot (undefined) that each fills with its own. */
  readonly parts: readonly (string | undefined)[];
  /** What each text has in the slots, in the order of the texts. */
  readonly own: readonly (readonly string[])[];
}

/** Lines, and the tags of HTML: what templates repeat is a whole one of these. */
const SEGMENTS = /(?<=[\n>])/;

/**
 * Splits texts into shared parts and slots: filling the slots gives back each text, character for character. Texts with as many
 * segments as the others are compared segment by segment; others share what they begin and end with.
 */
export function sharedText(texts: readonly string[]): SharedText {
  const [first = ''] = texts;
  if (texts.every((text) => text === first)) return { parts: [first], own: texts.map(() => []) };
  const all = texts.map((text) => text.split(SEGMENTS));
  const columns = all.every(({ length }) => length === all[0]?.length) ? all : bySharedEnds(all);
  const parts: (string | undefined)[] = [];
  const own: string[][] = columns.map(() => []);
  columns[0]?.forEach((segment, index) => {
    const last = parts.length - 1;
    if (columns.every((each) => each[index] === segment)) {
      if (parts[last] === undefined) parts.push(segment);
      else parts[last] += segment;
    } else if (parts.length > 0 && parts[last] === undefined) {
      columns.forEach((each, row) => {
        const values = own[row];
        if (values) values[values.length - 1] += each[index] ?? '';
      });
    } else {
      parts.push(undefined);
      columns.forEach((each, row) => own[row]?.push(each[index] ?? ''));
    }
  });
  return { parts, own };
}

/** Three columns: what all begin with, what is each one's own, and what all end with. */
function bySharedEnds(all: readonly (readonly string[])[]): string[][] {
  const shortest = Math.min(...all.map(({ length }) => length));
  const [first = []] = all;
  let begin = 0;
  while (begin < shortest && all.every((each) => each[begin] === first[begin])) begin += 1;
  let end = 0;
  while (end < shortest - begin && all.every((each) => each.at(-1 - end) === first.at(-1 - end))) end += 1;
  return all.map((each) => [
    each.slice(0, begin).join(''),
    each.slice(begin, each.length - end).join(''),
    each.slice(each.length - end).join(''),
  ]);
}
