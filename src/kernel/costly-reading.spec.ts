/** How long a reading is kept, pure. */
import { CostlyReading } from './costly-reading.js';

let now: number;
let reads: number;

beforeEach(() => {
  now = 0;
  reads = 0;
});

const readingThatTakes = (ms: number): CostlyReading<number> =>
  new CostlyReading(
    () => {
      now += ms;
      reads += 1;
      return Promise.resolve(reads);
    },
    () => now,
  );

test.each([
  [1, 5_000],
  [200, 10_000],
  [2_000, 30_000],
])('A reading that took %i ms is kept for %i', async (tookMs, keptMs) => {
  const reading = readingThatTakes(tookMs);
  expect(await Promise.all([reading.get(), reading.get()])).toEqual([1, 1]);
  now = tookMs + keptMs - 1;
  expect(await reading.get()).toBe(1);
  now = tookMs + keptMs;
  expect(await reading.get()).toBe(2);
});

test('A reading that failed is not kept', async () => {
  let isAway = true;
  const reading = new CostlyReading(() => (isAway ? Promise.reject(new Error('away')) : Promise.resolve('here')));
  await expect(reading.get()).rejects.toThrow('away');
  isAway = false;
  expect(await reading.get()).toBe('here');
});
