/** What units cost and are charged: against adding up unit by unit. */
import fc from 'fast-check';
import { chargeOf, costOf, freeOf, linesOf, type Tariff, type Units } from '../../src/billing/prices/amounts.rules.js';
import type { Tiers } from '../../src/billing/prices/price-book.js';
import type { ListedPrice, Rate } from '../../src/billing/prices/price-line.js';

const SCOPE = {
  channel: 'sms',
  direction: 'outbound',
  country: null,
  prefix: null,
  senderType: null,
  category: null,
  provider: null,
  validFrom: null,
} as const;
const price = (micros: bigint, fee = 0n): Rate => ({ kind: 'price', unit: 'segment', price: micros, carrierFee: fee });
const markup = (basisPoints: bigint, fixed = 0n): Rate => ({ kind: 'markup', basisPoints, fixed });

/** Tiers by their first units. */
const tiersOf = (first: Rate, others: readonly (readonly [fromUnit: number, rate: Rate])[] = []): Tiers => {
  const line = (fromUnit: number, rate: Rate, place: number): ListedPrice => ({ ...SCOPE, fromUnit, rate, place });
  return [line(1, first, 1), ...others.map(([fromUnit, rate], index) => line(fromUnit, rate, index + 2))];
};

const micros = fc.bigInt({ min: 0n, max: 10n ** 11n });
const prices = fc.tuple(micros, micros).map(([one, fee]) => price(one, fee));
const rates = fc.oneof(
  prices,
  fc.tuple(fc.bigInt({ min: 0n, max: 100_000n }), micros).map(([points, fixed]) => markup(points, fixed)),
);
const tiers = (some: fc.Arbitrary<Rate>): fc.Arbitrary<Tiers> =>
  fc
    .tuple(some, fc.dictionary(fc.integer({ min: 2, max: 40 }).map(String), some, { maxKeys: 4 }))
    .map(([first, others]) =>
      tiersOf(
        first,
        Object.entries(others).map(([fromUnit, rate]) => [Number(fromUnit), rate] as const),
      ),
    );
const tariffs: fc.Arbitrary<Tariff> = fc.record({
  tiers: tiers(rates),
  cost: tiers(prices),
  included: fc.integer({ min: 0, max: 30 }),
});
const units: fc.Arbitrary<Units> = fc.record({
  used: fc.integer({ min: 0, max: 50 }),
  units: fc.integer({ min: 1, max: 40 }),
});

const numbersOf = ({ used, units: count }: Units): number[] => Array.from({ length: count }, (_, at) => used + at + 1);
const rateAt = (some: Tiers, nth: number): Rate => {
  let { rate } = some[0];
  for (const tier of some) if (tier.fromUnit <= nth) ({ rate } = tier);
  return rate;
};
const priceAt = (some: Tiers, nth: number): bigint => {
  const rate = rateAt(some, nth);
  return rate.kind === 'price' ? rate.price + rate.carrierFee : 0n;
};

describe('A cost', () => {
  test('is the sum of what each unit costs in its tier', () => {
    fc.assert(
      fc.property(tiers(prices), units, (some, all) => {
        expect(costOf(some, all)).toBe(numbersOf(all).reduce((sum, nth) => sum + priceAt(some, nth), 0n));
      }),
    );
  });

  test('is the same for units together and one after another', () => {
    fc.assert(
      fc.property(tiers(prices), units, (some, all) => {
        const apart = numbersOf(all).map((nth) => costOf(some, { used: nth - 1, units: 1 }));
        expect(apart.reduce((sum, one) => sum + one, 0n)).toBe(costOf(some, all));
      }),
    );
  });

  test('counts a carrier fee for each unit', () => {
    expect(costOf(tiersOf(price(8_300n, 3_000n)), { used: 0, units: 3 })).toBe(33_900n);
  });
});

describe('A charge', () => {
  test('is the sum of the charges of its units beyond the allowance, rounded once with halves away from zero', () => {
    fc.assert(
      fc.property(tariffs, units, (tariff, all) => {
        const parts = numbersOf(all).map((nth) => {
          if (nth <= tariff.included) return 0n;
          const rate = rateAt(tariff.tiers, nth);
          if (rate.kind !== 'markup') return priceAt(tariff.tiers, nth) * 10_000n;
          return tariff.cost ? priceAt(tariff.cost, nth) * (10_000n + rate.basisPoints) + rate.fixed * 10_000n : 0n;
        });
        const exact = parts.reduce((sum, one) => sum + one, 0n);
        expect(chargeOf(tariff, all)).toBe((exact + 5_000n) / 10_000n);
      }),
    );
  });

  test.each([
    ['a tier that begins within it', tiersOf(price(100n), [[11, price(50n)]]), 0, { used: 8, units: 5 }, 350n],
    ['units that are included', tiersOf(price(100n)), 10, { used: 8, units: 5 }, 300n],
    ['nothing but included units', tiersOf(price(100n)), 10, { used: 0, units: 10 }, 0n],
    ['a markup of half a micro in all', tiersOf(markup(5_000n)), 0, { used: 0, units: 1 }, 2n],
    ['a fixed amount per unit', tiersOf(markup(0n, 40n)), 0, { used: 0, units: 3 }, 123n],
  ])('heeds %s', (_, some, included, all, expected) => {
    expect(chargeOf({ tiers: some, cost: tiersOf(price(1n)), included }, all)).toBe(expected);
  });

  test('of a markup is not made up where the cost is not known', () => {
    const tariff = { tiers: tiersOf(markup(100n)), cost: undefined, included: 0 };
    expect(() => chargeOf(tariff, { used: 0, units: 1 })).toThrow('nothing to stand on');
  });

  test('names the lines that make it, and the units that are free', () => {
    const some = tiersOf(price(100n), [[11, price(50n)]]);
    expect(linesOf(some, { used: 8, units: 5 }).map(({ place }) => place)).toEqual([1, 2]);
    expect(linesOf(some, { used: 0, units: 10 }).map(({ place }) => place)).toEqual([1]);
    fc.assert(
      fc.property(tariffs, units, ({ included }, all) =>
        expect(freeOf(included, all)).toBe(numbersOf(all).filter((nth) => nth <= included).length),
      ),
    );
  });
});
