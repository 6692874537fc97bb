/** Pieces of long work take turns on the event loop, so that whatever else has come is answered between two of them. */

const waiting: (() => void)[] = [];

/** Resolves when the caller may do its next piece: one piece of all is done in each round of the event loop. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) setImmediate(giveTurn);
  });
}

function giveTurn(): void {
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(giveTurn);
}
