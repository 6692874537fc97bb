/** Percentiles from histograms, against those of the times themselves. */
import fc from 'fast-check';
import { GROWTH, LARGEST_ERROR, PERCENTILES, percentile, timeOf, type Histogram } from './latency.rules.js';

/** As SQL finds it. */
const bucketOf = (ms: number): number => (ms <= 1 ? 0 : Math.ceil(Math.log(ms) / Math.log(GROWTH)));

function histogramOf(times: readonly number[]): Histogram {
  const counts = new Map<number, number>();
  for (const ms of times) counts.set(bucketOf(ms), (counts.get(bucketOf(ms)) ?? 0) + 1);
  return [...counts];
}

/** Up to three months, short ones as often as long ones. */
const times = fc.double({ min: -3, max: Math.log(90 * 86_400_000), noNaN: true }).map(Math.exp);

describe('Percentiles', () => {
  test('are within a tenth, or a millisecond, of the time that has that rank', () => {
    expect(LARGEST_ERROR).toBeLessThan(0.1);
    fc.assert(
      fc.property(fc.array(times, { minLength: 1, maxLength: 200 }), (sample) => {
        const sorted = sample.toSorted((one, other) => one - other);
        for (const percent of PERCENTILES) {
          const exact = sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? 0;
          const estimate = percentile(histogramOf(sample), percent) ?? 0;
          expect(Math.abs(estimate - exact)).toBeLessThanOrEqual(Math.max(1, exact * LARGEST_ERROR + 0.5));
        }
      }),
    );
  });

  test('never fall as the percentage rises', () => {
    fc.assert(
      fc.property(fc.array(times, { minLength: 1 }), (sample) => {
        const found = PERCENTILES.map((percent) => percentile(histogramOf(sample), percent) ?? 0);
        expect(found).toEqual(found.toSorted((one, other) => one - other));
      }),
    );
  });

  test('of nothing are not known', () => {
    expect(percentile([], 50)).toBeNull();
    expect(percentile([[7, 0]], 99)).toBeNull();
  });

  test('are in whole milliseconds', () => {
    expect([0, 1, 34].map(timeOf)).toEqual([1, 1, 447]);
  });
});
