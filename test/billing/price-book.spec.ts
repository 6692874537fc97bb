/** Which price counts: the compiled book against a plain reading of the rules. */
import fc from 'fast-check';
import { PriceBook, type PriceQuery, type Tiers } from '../../src/billing/prices/price-book.js';
import { sinceOf, type ListedPrice, type PriceLine } from '../../src/billing/prices/price-line.js';
import { listed, lists, queries } from './price.arbitraries.js';

const isPrice = ({ rate }: ListedPrice): boolean => rate.kind !== 'allowance';

function fits(line: ListedPrice, query: PriceQuery): boolean {
  const same = (field: 'senderType' | 'category' | 'provider'): boolean =>
    line[field] === null || line[field] === query[field];
  return (
    line.channel === query.channel &&
    line.direction === query.direction &&
    (line.prefix === null || (query.number?.startsWith(line.prefix) ?? false)) &&
    (line.country === null || line.country === query.country) &&
    same('senderType') &&
    same('category') &&
    same('provider') &&
    sinceOf(line) <= query.at.getTime()
  );
}

/** The order that the documentation gives: what comes first in it counts more. */
const rank = (line: ListedPrice): number[] => [
  line.prefix?.length ?? 0,
  Number(line.country !== null),
  Number(line.senderType !== null),
  Number(line.category !== null),
  Number(line.provider !== null),
  sinceOf(line),
];

function byRank(one: ListedPrice, other: ListedPrice): number {
  const [left, right] = [rank(one), rank(other)];
  const at = left.findIndex((value, index) => value !== right[index]);
  return at === -1 ? one.fromUnit - other.fromUnit : (left[at] ?? 0) > (right[at] ?? 0) ? -1 : 1;
}

function slowly(lines: readonly ListedPrice[], query: PriceQuery): ListedPrice[] | undefined {
  const [best, ...others] = lines.filter((line) => isPrice(line) && fits(line, query)).toSorted(byRank);
  if (!best) return undefined;
  return [best, ...others.filter((line) => rank(line).every((value, index) => value === rank(best)[index]))];
}

const placesOf = (tiers: Tiers | ListedPrice[] | undefined): number[] | undefined => tiers?.map(({ place }) => place);

describe('The price of a message', () => {
  test('is the most specific of those that have begun, and of these the newest, with all its tiers', () => {
    let found = 0;
    fc.assert(
      fc.property(lists('plan', 15), fc.array(queries, { minLength: 10, maxLength: 10 }), (some, asked) => {
        const lines = listed(some);
        const book = new PriceBook(lines);
        for (const query of asked) {
          const tiers = book.priceOf(query);
          expect(placesOf(tiers)).toEqual(placesOf(slowly(lines, query)));
          found += Number(tiers !== undefined);
        }
      }),
      { numRuns: 400 },
    );
    expect(found).toBeGreaterThan(200);
  });

  test('is decided by destination, then sender type, then category, then provider, then date', () => {
    const any = { country: null, prefix: null, senderType: null, category: null, provider: null, validFrom: null };
    const steps: Partial<PriceLine>[] = [
      {},
      { validFrom: new Date('2026-01-01T00:00:00Z') },
      { provider: 'twilio' },
      { category: 'utility' },
      { senderType: 'long_code' },
      { country: 'DE' },
      { prefix: '+4' },
      { prefix: '+4915' },
    ];
    const lines = steps.map((step): PriceLine => ({
      channel: 'whatsapp',
      direction: 'outbound',
      ...any,
      ...step,
      fromUnit: 1,
      rate: { kind: 'price', unit: 'message', price: 1n, carrierFee: 0n },
    }));
    const query: PriceQuery = {
      channel: 'whatsapp',
      direction: 'outbound',
      number: '+4915112345678',
      country: 'DE',
      senderType: 'long_code',
      category: 'utility',
      provider: 'twilio',
      at: new Date('2026-06-01T00:00:00Z'),
    };
    for (let count = 1; count <= lines.length; count += 1) {
      const tiers = new PriceBook(listed(lines.slice(0, count))).priceOf(query);
      expect(tiers?.map(({ place }) => place)).toEqual([count]);
    }
  });

  test('is the same in whichever order the lines are given', () => {
    const orders = lists('plan').chain((some) =>
      fc.tuple(fc.constant(some), fc.shuffledSubarray(some, { minLength: some.length })),
    );
    fc.assert(
      fc.property(orders, queries, ([some, others], query) => {
        const unplaced = (tiers: Tiers | undefined): object[] | undefined =>
          tiers?.map((line) => ({ ...line, place: 0 }));
        const [one, other] = [some, others].map((lines) => new PriceBook(listed(lines)).priceOf(query));
        expect(unplaced(other)).toEqual(unplaced(one));
      }),
    );
  });

  test('knows the allowance of a channel and direction by its date', () => {
    fc.assert(
      fc.property(lists('plan'), queries, (some, query) => {
        const lines = listed(some);
        const [newest] = lines
          .filter((line) => !isPrice(line) && fits(line, query))
          .toSorted((one, other) => (sinceOf(one) < sinceOf(other) ? 1 : -1));
        expect(new PriceBook(lines).allowanceOf(query)?.place).toBe(newest?.place);
      }),
    );
  });
});
