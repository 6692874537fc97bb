import { mostWithin, waitsAtRate } from './queueing.js';

test('in a queue behind a rate each waits for those before it, and not for the time in which nobody came', () => {
  expect(waitsAtRate([0, 0, 0], 10)).toEqual([0, 100, 200]);
  expect(waitsAtRate([0, 50, 900, 900], 10)).toEqual([0, 50, 0, 100]);
});

test('the busiest period is found wherever it begins', () => {
  expect(mostWithin(1_000, [])).toBe(0);
  expect(mostWithin(1_000, [0, 1_000, 2_000])).toBe(1);
  expect(mostWithin(1_000, [2_100, 0, 900, 1_100, 1_899])).toBe(3);
  expect(mostWithin(500, [2_100, 0, 900, 1_100, 1_899])).toBe(2);
});
