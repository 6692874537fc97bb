/** Pauses between attempts. */
import { pauseMs } from './retry.rules.js';

const HOUR = 3_600_000;

test('Pauses grow threefold from ten seconds to four hours', () => {
  const pauses = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((attempts) => pauseMs(attempts, undefined, 0.5) / 1_000);
  expect(pauses).toEqual([10, 30, 90, 270, 810, 2_430, 7_290, 14_400, 14_400]);
});

test('A day has at least ten attempts, whatever chance says', () => {
  let [at, attempts] = [0, 1];
  while ((at += pauseMs(attempts, undefined, 1)) <= 24 * HOUR) attempts += 1;
  expect(attempts).toBeGreaterThanOrEqual(10);
});

test('Chance spreads a pause by a fifth each way', () => {
  expect([0, 1].map((random) => pauseMs(1, undefined, random))).toEqual([8_000, 12_000]);
});

test('A receiver may ask for a longer pause, and for none of more than four hours', () => {
  expect(pauseMs(1, 60_000, 0)).toBe(60_000);
  expect(pauseMs(3, 1_000, 0)).toBe(72_000);
  expect(pauseMs(1, 30 * HOUR, 0)).toBe(4 * HOUR);
});
