/** A lane's rate limit in a drain: never above the granted rate in any window, and no capacity lost. */
import fc from 'fast-check';
import { budgetAt, waitFor } from './rate.js';

interface Spend {
  readonly at: number;
  readonly units: number;
}

/**
 * A drain that always has work: it polls after each of the given pauses, waits for `waitFor`, and takes messages while the
 * units before them are within the budget, so that one message may overdraw it, as in a claim.
 */
function drain(rate: number, sizes: readonly number[], pauses: readonly number[]): Spend[] {
  const spends: Spend[] = [];
  let now = 0;
  let freeAt = 0;
  let next = 0;
  for (const pause of pauses) {
    now += pause + waitFor(now + pause, freeAt, rate);
    const budget = budgetAt(now, freeAt, rate);
    let units = 0;
    while (units < budget) units += sizes[next++ % sizes.length] ?? 1;
    if (units > 0) spends.push({ at: now, units });
    freeAt = Math.max(freeAt, now) + (units / rate) * 1000;
  }
  return spends;
}

const burstOf = (rate: number): number => Math.max(1, rate / 10);
const rates = fc.double({ min: 0.01, max: 2_000, noNaN: true });
const messageSizes = fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 1, maxLength: 20 });
const lookingPauses = fc.array(fc.double({ min: 0, max: 2_000, noNaN: true }), { minLength: 1, maxLength: 60 });

describe('A lane’s rate limit', () => {
  test('allows in any window no more than the rate, a burst and one message', () => {
    fc.assert(
      fc.property(rates, messageSizes, lookingPauses, (rate, sizes, pauses) => {
        const spends = drain(rate, sizes, pauses);
        const allowance = burstOf(rate) + Math.max(...sizes);
        spends.forEach((first, from) => {
          let units = 0;
          for (const { at, units: more } of spends.slice(from)) {
            units += more;
            expect(units).toBeLessThanOrEqual((rate * (at - first.at)) / 1000 + allowance + 1e-6);
          }
        });
      }),
    );
  });

  test('loses no capacity while there is work and the drain polls in time', () => {
    fc.assert(
      fc.property(rates, messageSizes, (rate, sizes) => {
        const spends = drain(
          rate,
          sizes,
          Array.from({ length: 40 }, () => 0),
        );
        const { at = 0 } = spends.at(-1) ?? {};
        const units = spends.reduce((sum, spend) => sum + spend.units, 0);
        expect(units).toBeGreaterThanOrEqual((rate * at) / 1000 - 1e-6);
      }),
    );
  });

  test('accumulates no more than a burst while nothing is sent', () => {
    fc.assert(
      fc.property(rates, fc.integer({ min: 0, max: 1_000_000 }), (rate, idleMs) => {
        expect(budgetAt(idleMs, 0, rate)).toBeLessThanOrEqual(burstOf(rate) + 1e-6);
        expect(budgetAt(idleMs, 0, rate)).toBeGreaterThanOrEqual(1);
      }),
    );
  });

  test('waits exactly while no unit is available', () => {
    fc.assert(
      fc.property(rates, fc.double({ min: -10_000, max: 10_000, noNaN: true }), (rate, freeAt) => {
        const wait = waitFor(0, freeAt, rate);
        expect(budgetAt(wait + 1e-3, freeAt, rate)).toBeGreaterThanOrEqual(1);
        if (wait > 1) expect(budgetAt(wait - 1, freeAt, rate)).toBeLessThan(1);
      }),
    );
  });

  test.each<[string, number, number[], number]>([
    ['fifteen one-segment texts at five a second take 2.8 s', 5, Array.from({ length: 15 }, () => 1), 2_800],
    ['fifteen three-segment texts at five a second take 8.4 s', 5, Array.from({ length: 15 }, () => 3), 8_400],
    ['a long code sends one a second', 1, [1, 1, 1], 2_000],
  ])('is exact: %s', (_, rate, sizes, lastMs) => {
    const spends = drain(
      rate,
      sizes,
      sizes.map(() => 0),
    );
    expect(spends.at(-1)?.at).toBeCloseTo(lastMs, 3);
  });
});
