/** Rates and limits, pure. */
import fc from 'fast-check';
import { hasRecovered, ratesOf, tooMany, type HealthCounts } from './sender-health.rules.js';

const LIMITS = { bounceRate: 0.05, complaintRate: 0.001, leastMessages: 1_000 };

const anyCounts: fc.Arbitrary<HealthCounts> = fc
  .nat(20_000)
  .chain((sent) => fc.record({ sent: fc.constant(sent), bounces: fc.nat(sent), complaints: fc.nat(sent) }));

test.each([
  [10_000, 500, 10, undefined],
  [10_000, 501, 0, 'bounces'],
  [10_000, 0, 11, 'complaints'],
  [10_000, 501, 11, 'complaints'],
  [10, 10, 1, undefined],
  [10, 10, 2, 'complaints'],
  [200, 51, 0, 'bounces'],
])('of %i sent, %i bounces and %i complaints say %s', (sent, bounces, complaints, reason) => {
  expect(tooMany({ sent, bounces, complaints }, LIMITS)).toBe(reason);
});

test('rates are shares of what was sent, and of little as if it were more', () => {
  expect(ratesOf({ sent: 3_000, bounces: 20, complaints: 1 }, LIMITS)).toEqual({
    bounceRate: 0.006667,
    complaintRate: 0.000333,
  });
  expect(ratesOf({ sent: 0, bounces: 5, complaints: 0 }, LIMITS)).toEqual({ bounceRate: 0.005, complaintRate: 0 });
});

test('more that goes wrong never lets a sender go on, and more that goes well never stops one', () => {
  fc.assert(
    fc.property(anyCounts, fc.nat(50), fc.nat(5_000), (counts, wrong, well) => {
      const worse = { ...counts, bounces: counts.bounces + wrong, complaints: counts.complaints + wrong };
      if (tooMany(counts, LIMITS)) expect(tooMany(worse, LIMITS)).toBeDefined();
      else expect(tooMany({ ...counts, sent: counts.sent + well }, LIMITS)).toBeUndefined();
    }),
  );
});

test('what has recovered is far from being paused again', () => {
  fc.assert(
    fc.property(anyCounts, (counts) => {
      const twice = { ...counts, bounces: 2 * counts.bounces, complaints: 2 * counts.complaints };
      expect(hasRecovered(counts, LIMITS)).toBe(tooMany(twice, LIMITS) === undefined);
    }),
  );
});
