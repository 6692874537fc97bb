/** The retry policy, pure. */
import fc from 'fast-check';
import { retryOf, type Retry, type Setback } from './retry.policy.js';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const UNREACHABLE: Setback = { reason: 'unreachable', code: 'ECONNREFUSED' };
const REASONS = [
  'rate',
  'quota',
  'unreachable',
  'config',
  'account',
  'busy',
  'unlisted',
  'host',
  'host-record',
] as const;

interface Tried {
  attempts?: number;
  triedForMs?: number;
  category?: 'emergency' | 'transactional' | 'marketing';
  expiresInMs?: number;
}

function retry(setback: Setback, tried: Tried = {}, chance = 0.5): Retry {
  const { attempts = 1, triedForMs = 0, category = 'transactional', expiresInMs } = tried;
  const message = {
    attempts,
    category,
    first_attempt_at: new Date(NOW - triedForMs).toISOString(),
    expires_at: expiresInMs === undefined ? null : new Date(NOW + expiresInMs).toISOString(),
  };
  return retryOf(message, setback, { now: NOW, random: () => chance });
}
const wait = (setback: Setback, tried?: Tried, chance?: number): number | undefined => {
  const next = retry(setback, tried, chance);
  return 'again' in next ? next.again.inMs : undefined;
};

describe('A message that was not sent', () => {
  test.each<[(typeof REASONS)[number], number, number]>([
    ['unreachable', 1, 1_000],
    ['unreachable', 2, 2_000],
    ['unreachable', 10, 512_000],
    ['unreachable', 11, 15 * MINUTE],
    ['rate', 3, 4_000],
    ['quota', 1, MINUTE],
    ['config', 1, 15_000],
    ['account', 4, 120_000],
    ['account', 99, 15 * MINUTE],
    ['busy', 1, MINUTE],
    ['unlisted', 1, 15_000],
    ['unlisted', 2, 30_000],
    ['host', 1, 5_000],
    ['host', 3, 20_000],
    ['host', 99, 5 * MINUTE],
    ['host-record', 99, 5 * MINUTE],
  ])('for %s after attempt %i waits for at most %i ms, and at least half of that', (reason, attempts, longest) => {
    const setback = { reason, code: 'x' };
    expect(wait(setback, { attempts }, 0)).toBe(longest / 2);
    expect(wait(setback, { attempts }, 1)).toBe(longest);
  });

  test('is retried exactly after the provider’s requested delay', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 0, max: 24 * HOUR }), (attempts, asked) => {
        expect(wait({ ...UNREACHABLE, retryAfterMs: asked }, { attempts })).toBe(asked);
      }),
    );
  });

  test('limits requested delays to between zero and a day', () => {
    expect(wait({ ...UNREACHABLE, retryAfterMs: -5_000 })).toBe(0);
    expect(wait({ ...UNREACHABLE, retryAfterMs: 48 * HOUR })).toBe(24 * HOUR);
  });

  test('waits for a finite, non-negative time, and never until its expiry or beyond', () => {
    const tried = fc.record({
      attempts: fc.integer({ min: 1, max: 1_000 }),
      triedForMs: fc.integer({ min: 0, max: 72 * HOUR }),
      category: fc.constantFrom('transactional' as const, 'marketing' as const),
      expiresInMs: fc.option(fc.integer({ min: -HOUR, max: HOUR }), { nil: undefined }),
    });
    const setback = fc.record({
      reason: fc.constantFrom(...REASONS),
      code: fc.constant('x'),
      retryAfterMs: fc.option(fc.integer({ min: 0, max: 48 * HOUR }), { nil: undefined }),
    });
    const chance = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(setback, tried, chance, (why, how, luck) => {
        const waited = wait(why, how, luck);
        if (waited === undefined) return;
        expect(waited).toBeGreaterThanOrEqual(0);
        expect(waited).toBeLessThanOrEqual(24 * HOUR);
        expect(waited).toBeLessThan(how.expiresInMs ?? Infinity);
      }),
    );
  });

  test.each([
    ['emergency', 4 * HOUR],
    ['transactional', 24 * HOUR],
    ['marketing', 48 * HOUR],
  ] as const)('is given up when it is %s and has been tried for longer than its horizon', (category, horizon) => {
    for (const reason of REASONS) {
      expect(wait({ reason, code: 'x' }, { category, triedForMs: horizon })).toBeDefined();
      expect(wait({ reason, code: 'x' }, { category, triedForMs: horizon + 1 })).toBeUndefined();
    }
  });

  test('is given up after a hundred attempts that may be its own fault, and after no number of others', () => {
    expect(wait(UNREACHABLE, { attempts: 99 })).toBeDefined();
    expect(wait(UNREACHABLE, { attempts: 100 })).toBeUndefined();
    for (const reason of ['rate', 'quota', 'busy', 'config', 'account'] as const) {
      expect(wait({ reason, code: 'x' }, { attempts: 100 })).toBeDefined();
    }
  });

  test('is given up after three attempts that were refused for a reason of no table', () => {
    const setback = { reason: 'unlisted', code: '29999' } as const;
    expect(retry(setback, { attempts: 2 })).toMatchObject({ again: { reason: 'provider_refused' } });
    expect(retry(setback, { attempts: 3 })).toEqual({ givenUp: { status: 'failed', reason: 'provider_refused' } });
  });

  test('has a reason that names what to fix, while it waits and when it is given up', () => {
    const late = { triedForMs: 25 * HOUR };
    expect(retry({ reason: 'config', code: '20003' })).toMatchObject({ again: { reason: 'sender_misconfigured' } });
    expect(retry({ reason: 'config', code: '20003' }, late)).toEqual({
      givenUp: { status: 'failed', reason: 'sender_misconfigured' },
    });
    expect(retry({ reason: 'account', code: '20005' }, late)).toEqual({
      givenUp: { status: 'failed', reason: 'provider_account_stopped' },
    });
    expect(retry(UNREACHABLE)).toMatchObject({ again: { reason: 'deferred' } });
    expect(retry(UNREACHABLE, late)).toEqual({ givenUp: { status: 'failed', reason: 'retries_exhausted' } });
  });

  test('expires at once if its retry would come too late', () => {
    expect(retry({ ...UNREACHABLE, retryAfterMs: 5_000 }, { expiresInMs: 5_000 })).toEqual({
      givenUp: { status: 'expired', reason: 'expired' },
    });
    expect(wait({ ...UNREACHABLE, retryAfterMs: 5_000 }, { expiresInMs: 5_001 })).toBe(5_000);
  });
});
