/** The quick look at an object's rules, pure: it never passes what class-validator refuses, nor sends it what it would pass. */
import { IsDefined, validateSync } from 'class-validator';
import fc from 'fast-check';
import { readDto } from './dto-reader.js';
import { Flag, Instant, Int, JsonObject, Nested, NestedList, OneOf, Text, TextList } from './fields.js';
import { fits } from './fits.js';

class Seat {
  @Text({ max: 3 }) row: string;
}

class Place {
  @Text({ max: 6 }) city: string;
}

class Body extends Place {
  @Text({ required: false, nullable: true, max: 3, pattern: /^[a-z]*$/ }) word?: string | null;
  @Int({ min: 1, max: 9 }) count: number;
  @Flag({ required: false }) flag?: boolean;
  @OneOf(['a', 'b'], { required: false }) choice?: string;
  @Instant({ required: false }) at?: Date;
  @JsonObject({ required: false }) data?: object;
  @TextList({ required: false, max: 2, of: ['a', 'b'] }) words?: string[];
  @Nested(() => Seat, { required: false }) seat?: Seat;
  @NestedList(() => Seat, { required: false, max: 2 }) seats?: Seat[];
}

const seat = fc.constantFrom<unknown[]>(
  { row: 'a' },
  { row: 'abc' },
  { row: 'b' },
  { row: 'long' },
  { row: 5 },
  {},
  null,
  'x',
);
const values = {
  city: fc.constantFrom('Bonn', 'too long', '', null),
  word: fc.constantFrom('abc', 'AB', null, 7),
  count: fc.constantFrom(1, 9, 10, '1'),
  flag: fc.constantFrom(true, 'true'),
  choice: fc.constantFrom('a', 'c'),
  at: fc.constantFrom('2026-11-21T18:00:00Z', 'yesterday'),
  data: fc.constantFrom({ id: 1 }, { id: 2 ** 60 }, []),
  words: fc.constantFrom(['a'], ['c'], ['a', 'b', 'a'], 'a'),
  seat,
  seats: fc.oneof(fc.array(seat, { maxLength: 3 }), fc.constant('x')),
};
/** A valid body, of which up to three fields are anything. */
const plain = fc
  .tuple(fc.record(values), fc.subarray(Object.keys(values), { maxLength: 3 }))
  .map(([given, names]) => ({ city: 'Berlin', count: 5, ...pick(given, names) }));

const pick = (from: object, names: readonly string[]): object =>
  Object.fromEntries(Object.entries(from).filter(([name]) => names.includes(name)));

test('A quick look says of each object what class-validator says', () => {
  let passed = 0;
  fc.assert(
    fc.property(plain, (given) => {
      const body = readDto(Body, given, '', { add: () => undefined });
      const isValid = validateSync(body, { forbidUnknownValues: true }).length === 0;
      passed += Number(isValid);
      return fits(body) === isValid;
    }),
    { numRuns: 1_000 },
  );
  expect(passed).toBeGreaterThan(100);
});

test('An object without rules, or with one of a kind that only class-validator knows, is left to it', () => {
  class Bare {}
  class Defined {
    @IsDefined() name = 'x';
  }
  expect([fits(new Bare()), fits({}), fits(new Defined())]).toEqual([false, false, false]);
});
