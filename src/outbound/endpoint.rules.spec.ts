/** What the answers of an endpoint mean for it. */
import type { Verdict } from '../notices/index.js';
import { askedMs, healthOf, probeAfterMs } from './endpoint.rules.js';

const TAKEN: Verdict = { kind: 'delivered' };
const FAILED: Verdict = { kind: 'failed', error: 'http_500' };
const GONE: Verdict = { kind: 'refused', error: 'http_410' };

test('an endpoint that fails now and then is called as before', () => {
  expect([0, 1, 4].map((failures) => probeAfterMs(failures, 0.5))).toEqual([0, 0, 0]);
});

test('one that keeps failing is probed after pauses that double from five seconds to ten minutes', () => {
  const pauses = [5, 6, 7, 8, 11, 12, 13, 4_000].map((failures) => probeAfterMs(failures, 0.5) / 1_000);
  expect(pauses).toEqual([5, 10, 20, 40, 320, 600, 600, 600]);
  expect([0, 1].map((random) => probeAfterMs(5, random))).toEqual([4_000, 6_000]);
});

test('an endpoint is alive if it takes anything, and gone if it says so', () => {
  expect(healthOf([FAILED, TAKEN, FAILED])).toBe('takes');
  expect(healthOf([FAILED, FAILED])).toBe('fails');
  expect(healthOf([TAKEN, GONE])).toBe('gone');
});

test('what fails on our side says nothing of an endpoint', () => {
  expect(healthOf([{ kind: 'failed', error: 'not_called' }])).toBe('unknown');
  expect(healthOf([{ kind: 'refused', error: 'event_gone' }, FAILED])).toBe('fails');
});

test('an endpoint is left alone for as long as it asks, and for no more than ten minutes', () => {
  const asking = (retryAfterMs: number): Verdict => ({ kind: 'failed', error: 'http_429', retryAfterMs });
  expect(askedMs([TAKEN, FAILED])).toBe(0);
  expect(askedMs([asking(1_000), TAKEN, asking(30_000)])).toBe(30_000);
  expect(askedMs([asking(86_400_000)])).toBe(600_000);
});
