/** When a deferred message is tried again. */
import fc from 'fast-check';
import { retryAfter } from './retry.policy.js';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const HOUR = 3_600_000;
const UNREACHABLE = { kind: 'deferred', reason: 'unreachable', code: 'ECONNREFUSED' } as const;

const tried = (attempts: number, ageMs = 0): { attempts: number; created_at: string } => ({
  attempts,
  created_at: new Date(NOW - ageMs).toISOString(),
});
const wait = (attempts: number, chance: number, retryAfterMs?: number, ageMs = 0): number | undefined =>
  retryAfter(tried(attempts, ageMs), { ...UNREACHABLE, retryAfterMs }, { now: NOW, random: () => chance });

describe('A deferred message', () => {
  test.each<[number, number]>([
    [1, 1_000],
    [2, 2_000],
    [3, 4_000],
    [10, 512_000],
    [11, 15 * 60_000],
    [99, 15 * 60_000],
  ])('waits after attempt %i for at most %i ms, and at least half of that', (attempts, longest) => {
    expect(wait(attempts, 0)).toBe(longest / 2);
    expect(wait(attempts, 1)).toBe(longest);
  });

  test('comes back when the provider says, neither sooner nor later', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 0, max: 24 * HOUR }), (attempts, asked) => {
        expect(wait(attempts, 0.5, asked)).toBe(asked);
      }),
    );
  });

  test('believes no provider that asks for the past, or for more than a day', () => {
    expect(wait(1, 0.5, -5_000)).toBe(0);
    expect(wait(1, 0.5, 48 * HOUR)).toBe(24 * HOUR);
  });

  test('always waits a length of time that is finite and not negative, until it is given up', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 99 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 0, max: 24 * HOUR }),
        (attempts, chance, ageMs) => {
          const waited = wait(attempts, chance, undefined, ageMs);
          expect(waited).toBeGreaterThanOrEqual(500);
          expect(waited).toBeLessThanOrEqual(15 * 60_000);
        },
      ),
    );
  });

  test('is given up after a day, or after a hundred attempts', () => {
    expect(wait(1, 0.5, undefined, 24 * HOUR)).toBeDefined();
    expect(wait(1, 0.5, undefined, 24 * HOUR + 1)).toBeUndefined();
    expect(wait(1, 0.5, 1_000, 24 * HOUR + 1)).toBeUndefined();
    expect(wait(99, 0.5)).toBeDefined();
    expect(wait(100, 0.5)).toBeUndefined();
  });
});
