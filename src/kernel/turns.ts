/** Pieces of long work take turns on the event loop, so that whatever else has come is answered between two of them. */

const waiting: (() => void)[] = [];

/** Resolves when the caller may do its next piece: one piece of all is done in each round of the event loop. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) setImmediate(giveTurn);
  });
}

/** So many pieces make one turn: a few milliseconds. */
const SLICE = 20;

/** What `make` makes of each, in order: the many items of one request, without keeping the event loop from others. */
export async function inSlices<From, To>(
  items: readonly From[],
  make: (item: From, index: number) => To | Promise<To>,
): Promise<To[]> {
  const made: To[] = [];
  for (let start = 0; start < items.length; start += SLICE) {
    if (start > 0) await nextTurn();
    made.push(...(await Promise.all(items.slice(start, start + SLICE).map((item, n) => make(item, start + n)))));
  }
  return made;
}

function giveTurn(): void {
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(giveTurn);
}
