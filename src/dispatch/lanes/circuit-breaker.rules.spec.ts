/** When a lane's circuit breaker opens and closes, pure. */
import fc from 'fast-check';
import type { Outcome } from '../../providers/index.js';
import { OPEN_REASONS, CLOSED, breakerAfter, isHalfOpen, type BreakerState } from './circuit-breaker.rules.js';

const TAKEN: Outcome = { kind: 'accepted', providerMessageId: 'SM1' };
const NO_SUCH_PERSON: Outcome = { kind: 'refused', reason: 'recipient', code: '21211' };
const BAD_KEY: Outcome = { kind: 'refused', reason: 'config', code: '20003' };
const SUSPENDED: Outcome = { kind: 'refused', reason: 'account', code: '20005' };
const DOWN: Outcome = { kind: 'deferred', reason: 'unreachable', code: 'ECONNREFUSED' };
const DOUBT: Outcome = { kind: 'unknown', code: 'http-502' };
const SPENT: Outcome = { kind: 'deferred', reason: 'quota', code: 'LimitExceededException' };
const slow = (retryAfterMs?: number): Outcome => ({ kind: 'deferred', reason: 'rate', code: '20429', retryAfterMs });
const OURS: Outcome = { kind: 'deferred', reason: 'unreachable', code: 'not_called' };

const times = (count: number, outcome: Outcome): Outcome[] => Array.from({ length: count }, () => outcome);
/** The openings after consecutive batches of outcomes. */
function restsAfter(...windows: Outcome[][]): (number | undefined)[] {
  let breaker: BreakerState = CLOSED;
  return windows.map((outcomes) => {
    const after = breakerAfter(breaker, outcomes, 1);
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
    for (const sign of [TAKEN, NO_SUCH_PERSON]) {
      expect(breakerAfter({ rests: 3, setbacks: 2, reason: 'config', code: '20003' }, [BAD_KEY, sign], 1)).toEqual({
        breaker: CLOSED,
      });
    }
  });

  test('opens for a moment if the provider accepts some messages and rate-limits others', () => {
    expect(restsAfter([TAKEN, slow(), TAKEN], [TAKEN, slow()])).toEqual([200, 200]);
  });

  test('ignores calls that were never started', () => {
    expect(breakerAfter(CLOSED, times(50, OURS), 1)).toEqual({ breaker: CLOSED });
  });

  test('is half-open after any opening except for its rate limit', () => {
    const after = (outcomes: Outcome[]): boolean => isHalfOpen(breakerAfter(CLOSED, outcomes, 1).breaker);
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
    );
    fc.assert(
      fc.property(
        fc.array(fc.array(outcome, { maxLength: 5 }), { maxLength: 60 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (windows, luck) => {
          let breaker: BreakerState = CLOSED;
          for (const outcomes of windows) {
            const { breaker: next, opening } = breakerAfter(breaker, outcomes, luck);
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
