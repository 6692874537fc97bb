/** The difference of two texts by lines, in the unified format of `diff -u`. Pure. */

const CONTEXT = 3;
/** Of changed lines on one side: beyond, a text counts as replaced. The comparison takes their product. */
const MOST_COMPARED = 1_000;

interface Line {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
}

/** Hunks with three lines of context, without the names of files; empty for equal texts. */
export function unifiedDiff(before: string, after: string): string {
  const lines = compared(linesOf(before), linesOf(after));
  const changed = lines.flatMap(({ sign }, at) => (sign === ' ' ? [] : [at]));
  const hunks: [from: number, to: number][] = [];
  for (const at of changed) {
    const last = hunks.at(-1);
    if (last && at - CONTEXT <= last[1]) last[1] = Math.min(at + CONTEXT + 1, lines.length);
    else hunks.push([Math.max(at - CONTEXT, 0), Math.min(at + CONTEXT + 1, lines.length)]);
  }
  return hunks.map(([from, to]) => hunk(lines, from, to)).join('\n');
}

function hunk(lines: readonly Line[], from: number, to: number): string {
  const shown = lines.slice(from, to);
  const range = (absent: Line['sign']): string => {
    const before = lines.slice(0, from).filter(({ sign }) => sign !== absent).length;
    const count = shown.filter(({ sign }) => sign !== absent).length;
    return `${count === 0 ? before : before + 1},${count}`;
  };
  return [`@@ -${range('+')} +${range('-')} @@`, ...shown.map(({ sign, text }) => `${sign}${text}`)].join('\n');
}

const linesOf = (text: string): string[] => (text === '' ? [] : text.split(/\r?\n/));

function compared(before: readonly string[], after: readonly string[]): Line[] {
  const shortest = Math.min(before.length, after.length);
  let start = 0;
  while (start < shortest && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shortest - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  return [
    ...signed(' ', before.slice(0, start)),
    ...changes(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...signed(' ', before.slice(before.length - end)),
  ];
}

const signed = (sign: Line['sign'], texts: readonly string[]): Line[] => texts.map((text) => ({ sign, text }));

/** By the longest common subsequence. */
function changes(before: readonly string[], after: readonly string[]): Line[] {
  if (before.length > MOST_COMPARED || after.length > MOST_COMPARED)
    return [...signed('-', before), ...signed('+', after)];
  const width = after.length + 1;
  /** How long the common subsequence of the rests is, by where they begin. */
  const common = new Uint16Array((before.length + 1) * width);
  const lengthAt = (one: number, other: number): number => common[one * width + other] ?? 0;
  for (let one = before.length - 1; one >= 0; one -= 1) {
    for (let other = after.length - 1; other >= 0; other -= 1) {
      common[one * width + other] =
        before[one] === after[other]
          ? lengthAt(one + 1, other + 1) + 1
          : Math.max(lengthAt(one + 1, other), lengthAt(one, other + 1));
    }
  }
  const lines: Line[] = [];
  let one = 0;
  let other = 0;
  while (one < before.length && other < after.length) {
    if (before[one] === after[other]) {
      lines.push(...signed(' ', before.slice(one, one + 1)));
      one += 1;
      other += 1;
    } else if (lengthAt(one + 1, other) >= lengthAt(one, other + 1)) {
      lines.push(...signed('-', before.slice(one, one + 1)));
      one += 1;
    } else {
      lines.push(...signed('+', after.slice(other, other + 1)));
      other += 1;
    }
  }
  return [...lines, ...signed('-', before.slice(one)), ...signed('+', after.slice(other))];
}
