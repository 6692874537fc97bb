/** What looks like SMS pumping, pure. */
import fc from 'fast-check';
import { holdMinutes, suspicionsIn, type Market, type RangeCount } from './pumping.rules.js';

const LEAST = 30;
const HOME: Market = { isHome: true, usual: 0, priceRatio: 1 };
const CHEAP: Market = { isHome: false, usual: 0, priceRatio: 1.9 };
const COSTLY: Market = { isHome: false, usual: 0, priceRatio: 2 };
const UNKNOWN: Market = { isHome: false, usual: 0, priceRatio: null };

/** So many ranges of ten thousand numbers, far from each other, with as many numbers each. */
const spread = (ranges: number, numbers: number): RangeCount[] =>
  Array.from({ length: ranges }, (_, place) => ({ prefix: `+371${2_000 + place * 13}`, numbers }));
const found = (ranges: readonly RangeCount[], market: Market): string[] =>
  suspicionsIn({ prefix: '+371', ranges }, market, LEAST).map(({ prefix, reason }) => `${prefix} ${reason}`);

test.each<[string, RangeCount[], Market, string[]]>([
  ['few new numbers side by side', [{ prefix: '+3712999', numbers: 29 }], COSTLY, []],
  ['as many as are enough', [{ prefix: '+3712999', numbers: 30 }], HOME, ['+3712999 adjacent_numbers']],
  ['a sale at home, to all its ranges', spread(100, 12), HOME, []],
  ['a sale at home of which one range is fuller', [{ prefix: '+3712999', numbers: 60 }, ...spread(60, 12)], HOME, []],
  [
    'a range that is far fuller than the others of a sale',
    [{ prefix: '+3712999', numbers: 200 }, ...spread(60, 12)],
    HOME,
    ['+3712999 adjacent_numbers'],
  ],
  [
    'ranges side by side, as one wider range',
    [...Array.from({ length: 10 }, (_, digit) => ({ prefix: `+371299${digit}`, numbers: 8 })), ...spread(20, 1)],
    HOME,
    ['+371299 adjacent_numbers'],
  ],
  [
    'two ranges far from each other',
    [{ prefix: '+3712999', numbers: 300 }, { prefix: '+3716444', numbers: 90 }, ...spread(20, 1)],
    HOME,
    ['+3712999 adjacent_numbers', '+3716444 adjacent_numbers'],
  ],
  ['all of a costly country', spread(40, 1), COSTLY, ['+371 costly_country']],
  ['all of a country whose price is not known', spread(40, 1), UNKNOWN, ['+371 costly_country']],
  ['all of a country that is cheap', spread(40, 1), CHEAP, []],
  ['a costly country, by a few guests', spread(29, 1), COSTLY, []],
  ['a costly country on a usual day', spread(40, 1), { ...COSTLY, usual: 160 }, []],
  ['a costly country beyond its usual days', spread(41, 1), { ...COSTLY, usual: 160 }, ['+371 costly_country']],
  [
    'a full range of a costly country, and what is left of it',
    [{ prefix: '+3719999', numbers: 500 }, ...spread(30, 1)],
    COSTLY,
    ['+3719999 adjacent_numbers', '+371 costly_country'],
  ],
  [
    'a full range of a costly country alone',
    [{ prefix: '+3719999', numbers: 500 }, ...spread(29, 1)],
    COSTLY,
    ['+3719999 adjacent_numbers'],
  ],
])('suspects what it should of %s', (_, ranges, market, expected) => {
  expect(found(ranges, market)).toEqual(expected);
});

const anyRanges: fc.Arbitrary<RangeCount[]> = fc
  .uniqueArray(fc.integer({ min: 0, max: 9_999 }), { maxLength: 60 })
  .chain((places) =>
    fc.tuple(
      ...places.map((place) =>
        fc.nat(80).map((numbers) => ({ prefix: `+371${String(place).padStart(4, '0')}`, numbers: numbers + 1 })),
      ),
    ),
  );
const anyMarket: fc.Arbitrary<Market> = fc.record({
  isHome: fc.boolean(),
  usual: fc.nat(400),
  priceRatio: fc.option(fc.double({ min: 0.1, max: 10, noNaN: true })),
});
const of = (ranges: readonly RangeCount[], prefix: string): number =>
  ranges.reduce((all, range) => all + (range.prefix.startsWith(prefix) ? range.numbers : 0), 0);

test('what is suspected has enough numbers, and no crowded range lies in another', () => {
  fc.assert(
    fc.property(anyRanges, anyMarket, (ranges, market) => {
      const all = suspicionsIn({ prefix: '+371', ranges }, market, LEAST);
      for (const { prefix } of all) expect(of(ranges, prefix)).toBeGreaterThanOrEqual(LEAST);
      const crowded = all.filter(({ reason }) => reason === 'adjacent_numbers').map(({ prefix }) => prefix);
      for (const one of crowded)
        expect(crowded.filter((other) => other.startsWith(one) || one.startsWith(other))).toEqual([one]);
      expect(crowded).not.toContain('+371');
      if (market.isHome) expect(all).toHaveLength(crowded.length);
    }),
  );
});

test('the order in which ranges are read means nothing', () => {
  fc.assert(
    fc.property(anyRanges, anyMarket, (ranges, market) => {
      expect(found(ranges.toReversed(), market)).toEqual(found(ranges, market));
    }),
  );
});

test('traffic that is spread is not suspected at home, and an attack beside it is, without the others', () => {
  const evenly = fc
    .uniqueArray(fc.integer({ min: 0, max: 199 }), { minLength: 15, maxLength: 60 })
    .chain((places) =>
      fc.tuple(
        ...places.map((place) =>
          fc.integer({ min: 1, max: 3 }).map((numbers) => ({ prefix: `+371${2_000 + place * 10}`, numbers })),
        ),
      ),
    );
  fc.assert(
    fc.property(evenly, fc.integer({ min: 60, max: 5_000 }), (ranges, numbers) => {
      expect(found(ranges, HOME)).toEqual([]);
      expect(found([...ranges, { prefix: '+3719999', numbers }], HOME)).toEqual(['+3719999 adjacent_numbers']);
    }),
  );
});

test('what comes back is held for twice as long, up to a day', () => {
  expect([0, 1, 2, 3, 4, 5, 50].map(holdMinutes)).toEqual([60, 120, 240, 480, 960, 1_440, 1_440]);
});
