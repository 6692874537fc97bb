/** Variables that look like ours and are not: misspelt, most often. Pure. */

/** More would suggest names that have nothing in common. */
const MOST_EDITS = 3;

/**
 * A warning for each variable that begins with `CALLBOARD_` and is not known, with the name that may have been meant. Many machines
 * have variables that begin with `HOST_`: of these only a name that is near to one of ours.
 */
export function unknownVariables(given: readonly string[], known: readonly string[]): string[] {
  const ofTheHost = known.filter((name) => name.startsWith('HOST_'));
  return given
    .filter((name) => !known.includes(name))
    .toSorted()
    .flatMap((name) => {
      const isOurs = name.startsWith('CALLBOARD_');
      const meant = isOurs || name.startsWith('HOST_') ? nearest(name, isOurs ? known : ofTheHost) : undefined;
      if (!isOurs && meant === undefined) return [];
      return `${name} is no variable of Callboard and is ignored${meant === undefined ? '' : `: did you mean ${meant}?`}`;
    });
}

function nearest(name: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((one) => ({ one, edits: editsBetween(name.toUpperCase(), one) }))
    .filter(({ edits }) => edits <= MOST_EDITS)
    .sort((left, right) => left.edits - right.edits);
  return best?.one;
}

/** The Levenshtein distance: letters added, left out or replaced. */
function editsBetween(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, length) => length);
  for (const [place, letter] of [...left].entries()) {
    const next = [place + 1];
    for (const [column, other] of [...right].entries()) {
      const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
