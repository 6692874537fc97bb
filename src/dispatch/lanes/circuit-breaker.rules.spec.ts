/** When a lane's circuit breaker opens and closes, pure. */
import fc from 'fast-check';
import type { Outcome } from '../../providers/index.js';
import {
  OPEN_REASONS,
  CLOSED,
  breakerAfter,
  isHalfOpen,
  isRefused,
  type Answer,
  type BreakerState,
} from './circuit-breaker.rules.js';

const TAKEN: Outcome = { kind: 'accepted', providerMessageId: 'SM1' };
const NO_SUCH_PERSON: Outcome = { kind: 'refused', reason: 'recipient', code: '21211' };
const BAD_KEY: Outcome = { kind: 'refused', reason: 'config', code: '20003' };
const SUSPENDED: Outcome = { kind: 'refused', reason: 'account', code: '20005' };
const DOWN: Outcome = { kind: 'deferred', reason: 'unreachable', code: 'ECONNREFUSED' };
const DOUBT: Outcome = { kind: 'unknown', code: 'http-502' };
const SPENT: Outcome = { kind: 'deferred', reason: 'quota', code: 'LimitExceededException' };
const slow = (retryAfterMs?: number): Outcome => ({ kind: 'deferred', reason: 'rate', code: '20429', retryAfterMs });
const BUSY: Outcome = { kind: 'deferred', reason: 'busy', code: '30610' };
const ODD: Outcome = { kind: 'refused', reason: 'unlisted', code: '29999' };
const OURS: Outcome = { kind: 'deferred', reason: 'unreachable', code: 'not_called' };

/** Each to somebody else, unless it is said to whom. */
let people = 0;
const answered = (outcomes: readonly Outcome[]): Answer[] =>
  outcomes.map((outcome) => ({ outcome, recipient: `person ${(people += 1)}`, isFirst: true }));
const odd = (...recipients: string[]): Answer[] =>
  recipients.map((recipient) => ({ outcome: ODD, recipient, isFirst: true }));

const times = (count: number, outcome: Outcome): Outcome[] => Array.from({ length: count }, () => outcome);
/** The openings after consecutive batches of outcomes. */
const restsAfter = (...windows: Outcome[][]): (number | undefined)[] => openingsAfter(...windows.map(answered));

function openingsAfter(...windows: Answer[][]): (number | undefined)[] {
  let breaker: BreakerState = CLOSED;
  return windows.map((answers) => {
    const after = breakerAfter(breaker, answers, 1);
    ({ breaker } = after);
    return after.opening?.ms;
  });
}

describe('A lane’s circuit breaker', () => {
  test.each([
    ['a suspended account', SUSPENDED, 1, 15_000],
    ['a spent quota', SPENT, 1, 60_000],
    ['a rate limit', slow(), 1, 1_000],
    ['bad credentials', BAD_KEY, 3, 15_000],
    ['a provider that is down', DOWN, 5, 1_000],
    ['calls with an unknown outcome', DOUBT, 5, 1_000],
  ])('opens after %s', (_, outcome, enough, ms) => {
    const windows = times(enough, outcome).map((one) => [one]);
    expect(restsAfter(...windows)).toEqual([...times(enough - 1, outcome).map(() => undefined), ms]);
    expect(restsAfter(times(enough, outcome))).toEqual([ms]);
  });

  test('stays open as long as the provider requests, an hour at most', () => {
    expect(restsAfter([slow(7_000), slow(), slow(9_000)])).toEqual([9_000]);
    expect(restsAfter([slow(86_400_000)])).toEqual([3_600_000]);
  });

  test('stays open longer each time, up to a limit, until a message is accepted', () => {
    const down = times(5, DOWN);
    expect(restsAfter(down, [DOWN], [DOWN], [TAKEN], [DOWN], down)).toEqual([
      1_000,
      2_000,
      4_000,
      undefined,
      undefined,
      1_000,
    ]);
    expect(Math.max(...restsAfter(...times(40, DOWN).map(() => down)).map((ms = 0) => ms))).toBe(300_000);
  });

  test('closes when the provider works, even if it refuses a recipient', () => {
    for (const sign of [TAKEN, NO_SUCH_PERSON, BUSY]) {
      const open: BreakerState = {
        rests: 3,
        setbacks: 2,
        reason: 'config',
        code: '20003',
        suspects: ['a', 'b', 'c'],
        odd: ['d'],
      };
      expect(breakerAfter(open, answered([BAD_KEY, sign]), 1)).toEqual({
        breaker: { ...CLOSED, odd: ['d', 'a', 'b', 'c'] },
      });
    }
  });

  test('opens for a moment if the provider accepts some messages and rate-limits others', () => {
    expect(restsAfter([TAKEN, slow(), TAKEN], [TAKEN, slow()])).toEqual([200, 200]);
  });

  describe('after refusals for a reason that no table lists', () => {
    test('stays closed, however often one recipient meets them', () => {
      expect(openingsAfter(...times(50, ODD).map(() => odd('a')))).toEqual(times(50, ODD).map(() => undefined));
      expect(openingsAfter(odd(...times(50, ODD).map(() => 'a')), odd('b', 'a', 'b'))).toEqual([undefined, undefined]);
    });

    test('opens once three different recipients have met them, in one batch or in several', () => {
      expect(openingsAfter(odd('a', 'b', 'c'))).toEqual([15_000]);
      expect(openingsAfter(odd('a'), odd('a'), odd('b'), odd('a'), odd('c'))).toEqual([
        undefined,
        undefined,
        undefined,
        undefined,
        15_000,
      ]);
    });

    test.each([
      ['accepts a message', TAKEN],
      ['refuses somebody else for a reason of theirs', NO_SUCH_PERSON],
      ['has somebody wait', BUSY],
    ])('stays closed if the provider meanwhile %s', (_, sign) => {
      expect(openingsAfter(odd('a', 'b'), answered([sign]), odd('c', 'd'))).toEqual([undefined, undefined, undefined]);
      expect(openingsAfter([...odd('a', 'b', 'c', 'd'), ...answered([sign])])).toEqual([undefined]);
    });

    test('opens longer for each further recipient, and at once lets another probe after one that it knows', () => {
      expect(openingsAfter(odd('a', 'b', 'c'), odd('b'), odd('d'), odd('a'), answered([TAKEN]), odd('e'))).toEqual([
        15_000,
        undefined,
        30_000,
        undefined,
        undefined,
        undefined,
      ]);
    });

    test('takes the lane for refused from then on, and until the provider works', () => {
      const after = (...windows: Answer[][]): boolean => {
        let breaker: BreakerState = CLOSED;
        for (const answers of windows) ({ breaker } = breakerAfter(breaker, answers, 1));
        return isRefused(breaker);
      };
      expect(after(odd('a', 'b'))).toBe(false);
      expect(after(odd('a', 'b', 'c'))).toBe(true);
      expect(after(odd('a', 'b', 'c'), odd('a'))).toBe(true);
      expect(after(odd('a', 'b', 'c'), answered([TAKEN]))).toBe(false);
      expect(after(answered(times(3, BAD_KEY)))).toBe(true);
      expect(after(answered([SUSPENDED]))).toBe(false);
    });

    test('stays closed for messages that were refused before', () => {
      const again = odd('a', 'b', 'c', 'd').map((answer) => ({ ...answer, isFirst: false }));
      expect(openingsAfter(again, again)).toEqual([undefined, undefined]);
    });

    test('stays closed for recipients who have met them while the lane worked', () => {
      const together = [...odd('a', 'b', 'c'), ...answered([TAKEN])];
      for (const before of [[together], [odd('a', 'b', 'c'), answered([TAKEN])]]) {
        expect(openingsAfter(...before, odd('c', 'b', 'a'), odd('d', 'e')).slice(before.length)).toEqual([
          undefined,
          undefined,
        ]);
        expect(openingsAfter(...before, odd('a', 'b', 'c', 'd', 'e', 'f')).at(-1)).toBe(15_000);
      }
    });

    test('remembers no more than fifty recipients', () => {
      const many = Array.from({ length: 80 }, (_, index) => `p${index}`);
      expect(breakerAfter(CLOSED, odd(...many), 1).breaker.suspects).toEqual(many.slice(-50));
      expect(breakerAfter(CLOSED, [...odd(...many), ...answered([TAKEN])], 1).breaker.odd).toEqual(many.slice(-50));
    });
  });

  test('is not opened by recipients who are to be written to later', () => {
    expect(breakerAfter(CLOSED, answered(times(50, BUSY)), 1)).toEqual({ breaker: CLOSED });
  });

  test('ignores calls that were never started', () => {
    expect(breakerAfter(CLOSED, answered(times(50, OURS)), 1)).toEqual({ breaker: CLOSED });
  });

  test('is half-open after any opening except for its rate limit', () => {
    const after = (outcomes: Outcome[]): boolean => isHalfOpen(breakerAfter(CLOSED, answered(outcomes), 1).breaker);
    expect(after([slow()])).toBe(false);
    expect(after([SUSPENDED])).toBe(true);
    expect(after(times(5, DOUBT))).toBe(true);
    expect(after(times(4, DOUBT))).toBe(false);
  });

  test('is open for a bounded time, whatever the outcomes', () => {
    const outcome = fc.constantFrom(
      TAKEN,
      NO_SUCH_PERSON,
      BAD_KEY,
      SUSPENDED,
      DOWN,
      DOUBT,
      SPENT,
      slow(),
      slow(1),
      OURS,
      ODD,
      BUSY,
    );
    fc.assert(
      fc.property(
        fc.array(fc.array(outcome, { maxLength: 5 }), { maxLength: 60 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (windows, luck) => {
          let breaker: BreakerState = CLOSED;
          for (const outcomes of windows) {
            const { breaker: next, opening } = breakerAfter(breaker, answered(outcomes), luck);
            if (opening) {
              expect(opening.ms).toBeGreaterThan(0);
              expect(opening.ms).toBeLessThanOrEqual(15 * 60_000);
              expect(OPEN_REASONS).toContain(opening.reason);
            }
            if (outcomes.includes(TAKEN)) expect(isHalfOpen(next) && next.reason !== 'quota').toBe(false);
            breaker = next;
          }
        },
      ),
    );
  });
});
