/** Long work in turns: in order, and others come between. */
import { inSlices, nextTurn } from './turns.js';

const THOUSAND = Array.from({ length: 1_000 }, (_, index) => index);

/** Counts the rounds of the event loop until it is stopped. */
function rounds(): () => number {
  let [count, isOver] = [0, false];
  const next = (): void => {
    count += 1;
    if (!isOver) setImmediate(next);
  };
  setImmediate(next);
  return () => {
    isOver = true;
    return count;
  };
}

test('many items are made in order, and others have their turns between them', async () => {
  const stop = rounds();
  expect(await inSlices(THOUSAND, (item, index) => item * 2 + index)).toEqual(THOUSAND.map((item) => item * 3));
  expect(stop()).toBeGreaterThanOrEqual(49);
});

test('few items are made at once, and none of none', async () => {
  const stop = rounds();
  expect(await inSlices([1, 2], (item) => Promise.resolve(item + 1))).toEqual([2, 3]);
  expect(await inSlices([], (item) => item)).toEqual([]);
  expect(stop()).toBe(0);
});

test('what one item raises ends the work', async () => {
  const made: number[] = [];
  const failing = inSlices(THOUSAND, (item) => {
    if (item === 500) throw new RangeError('The five hundredth');
    made.push(item);
  });
  await expect(failing).rejects.toThrow(RangeError);
  expect(made).toHaveLength(500);
});

test('two long pieces of work go on side by side, one piece in a round', async () => {
  const order: string[] = [];
  const work = async (name: string): Promise<void> => {
    for (let piece = 0; piece < 3; piece += 1) {
      await nextTurn();
      order.push(name);
    }
  };
  await Promise.all([work('a'), work('b')]);
  expect(order).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
});
