/** Who wins a test, by known cases of the two-proportion z-test. */
import { verdictOf, type Figures } from './winner.rules.js';

const figures = (...given: readonly (readonly [engaged: number, delivered: number])[]): Figures[] =>
  given.map(([engaged, delivered], index) => ({ place: index + 1, engaged, delivered }));

describe('The winner of a test', () => {
  test.each([
    // z = 1.9700, p = 0.0488
    ['just about sure', figures([100, 1_000], [128, 1_000]), { winner: 2, reason: 'clicks', confidencePercent: 95 }],
    // z = 0.7294, p = 0.4657
    ['hardly sure', figures([110, 1_000], [100, 1_000]), { winner: 1, reason: 'clicks', confidencePercent: 53 }],
    [
      'as sure as is ever said',
      figures([10, 1_000], [400, 1_000]),
      { winner: 2, reason: 'clicks', confidencePercent: 99 },
    ],
    [
      'by the rate, not by the count',
      figures([60, 1_000], [40, 400]),
      { winner: 2, reason: 'clicks', confidencePercent: 99 },
    ],
    // The closest counts, twice: p = 0.0488 * 2
    [
      'of three less sure',
      figures([100, 1_000], [128, 1_000], [50, 1_000]),
      { winner: 2, reason: 'clicks', confidencePercent: 90 },
    ],
    ['too few to say how sure', figures([1, 60], [3, 60]), { winner: 2, reason: 'clicks', confidencePercent: null }],
    [
      'all but everybody clicked',
      figures([58, 60], [60, 60]),
      { winner: 2, reason: 'clicks', confidencePercent: null },
    ],
  ])('is the one with the highest rate: %s', (_, given, verdict) => {
    expect(verdictOf(given, 'clicks', 50)).toEqual(verdict);
  });

  test.each([
    ['nobody clicked', figures([0, 100], [0, 200]), 'clicks', 'tie', 1],
    ['rates are level', figures([1, 300], [2, 600]), 'clicks', 'tie', 1],
    ['the best of three are level', figures([1, 300], [3, 300], [3, 300]), 'opens', 'tie', 2],
    ['one was hardly delivered', figures([30, 100], [9, 49]), 'clicks', 'too_few', 1],
    ['nothing was delivered', figures([0, 0], [0, 0]), 'clicks', 'too_few', 1],
    ['nothing is measured', figures([1, 100], [90, 100]), 'none', 'no_metric', 1],
  ] as const)('is the first where %s, and that is said', (_, given, metric, reason, winner) => {
    expect(verdictOf(given, metric, 50)).toEqual({ winner, reason, confidencePercent: null });
  });
});
