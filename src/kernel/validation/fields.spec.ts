/** Request fields, pure: what passes, and the errors for what does not. */
import fc from 'fast-check';
import { InvalidRequest, type FieldError } from '../errors.js';
import {
  Flag,
  Id,
  Instant,
  Int,
  JsonObject,
  Nested,
  NestedList,
  Num,
  OneOf,
  Text,
  TextList,
  UncheckedList,
} from './fields.js';
import { validated } from './validation.js';

class Street {
  @Text({ max: 10 }) name: string;
  @Text({ required: false, max: 10 }) houseNumber?: string;
}

class Place {
  @Text({ max: 10 }) city: string;
  @Nested(() => Street, { required: false }) street?: Street;
}

class Seat {
  @Text({ max: 3 }) rowName: string;
}

class Body {
  @Text({ required: false, max: 5, min: 2 }) text?: string;
  @Text({ required: false, max: 5, pattern: /^[a-z]+$/, meaning: 'lower-case letters' }) word?: string;
  @Text({ required: false, min: 2, max: 2, pattern: /^[A-Z]+$/, meaning: 'two capitals', example: 'DE' }) land?: string;
  @Text({ required: false, max: 5, example: 'Hall' }) hall?: string;
  @Text({ required: false, nullable: true, max: 5 }) note?: string | null;
  @Id({ required: false }) id?: string;
  @Int({ required: false, min: 1, max: 9 }) count?: number;
  @Num({ required: false, min: 0.5, max: 9 }) rate?: number;
  @Flag({ required: false }) flag?: boolean;
  @OneOf(['a', 'b'], { required: false }) choice?: string;
  @Instant({ required: false }) at?: Date;
  @JsonObject({ required: false }) data?: Record<string, unknown>;
  @TextList({ required: false, max: 2, of: ['a', 'b'] }) words?: string[];
  @TextList({ required: false, max: 2, of: (text) => /^\S+$/.test(String(text)), meaning: 'a word' }) links?: string[];
  @Nested(() => Place, { required: false }) place?: Place;
  @NestedList(() => Place, { required: false, min: 1, max: 2 }) places?: Place[];
  @UncheckedList(() => Seat, { required: false, max: 2 }) seats?: unknown[];
}

const parse = (plain: object): Body => validated(Body, plain);

function faultsOf(plain: object): readonly FieldError[] {
  try {
    parse(plain);
  } catch (error) {
    if (error instanceof InvalidRequest) return error.errors;
    throw error;
  }
  return [];
}

describe('A body', () => {
  test('with valid fields passes, converted to the handler’s types', () => {
    const at = '2026-11-21T18:00:00+01:00';
    const body = { text: 'four', word: 'abc', count: 9, rate: 0.5, flag: false, choice: 'a', words: ['a', 'b'], at };
    expect(parse({ ...body, place: { city: 'Berlin' } })).toEqual({
      ...body,
      at: new Date('2026-11-21T17:00:00Z'),
      place: { city: 'Berlin' },
    });
    expect(parse({}).place).toBeUndefined();
  });

  test.each<[object, string, string]>([
    [{ text: 5 }, 'text', 'text must be a string'],
    [{ text: 'a' }, 'text', 'text must be at least 2 characters long'],
    [{ text: 'abcdef' }, 'text', 'text must be at most 5 characters long'],
    [{ word: 'A1' }, 'word', 'word must be lower-case letters'],
    [{ word: 'abcdef' }, 'word', 'word must be at most 5 characters long'],
    [{ land: 'Germany' }, 'land', 'land must be two capitals, such as DE'],
    [{ land: '' }, 'land', 'land must be two capitals, such as DE'],
    [{ land: 'DEU' }, 'land', 'land must be at most 2 characters long, such as DE'],
    [{ land: 7 }, 'land', 'land must be a string, such as DE'],
    [{ hall: '' }, 'hall', 'hall must not be empty, such as Hall'],
    [{ id: 'x' }, 'id', 'id must be an id (a UUID)'],
    [{ count: 1.5 }, 'count', 'count must be an integer number'],
    [{ count: '1' }, 'count', 'count must be an integer number'],
    [{ count: 0 }, 'count', 'count must not be less than 1'],
    [{ rate: 10 }, 'rate', 'rate must not be greater than 9'],
    [{ rate: '5' }, 'rate', 'rate must be a number'],
    [{ flag: 'true' }, 'flag', 'flag must be true or false'],
    [{ choice: 'c' }, 'choice', 'choice must be one of a, b'],
    [{ data: [] }, 'data', 'data must be an object'],
    [{ data: 'x' }, 'data', 'data must be an object'],
    [{ words: ['a', 'c'] }, 'words', 'each of words must be one of a, b'],
    [{ words: 'a' }, 'words', 'words must be a list'],
    [{ links: ['a', 'b c'] }, 'links', 'each of links must be a word'],
    [{ links: ['a', 'b', 'c'] }, 'links', 'links must hold at most 2'],
    [{ place: 'Berlin' }, 'place', 'place must be an object'],
    [{ place: [{ city: 'Berlin' }] }, 'place', 'place must be an object'],
    [{ places: [] }, 'places', 'places must hold at least 1'],
    [{ seats: {} }, 'seats', 'seats must be a list'],
    [{ seats: [{}, {}, {}] }, 'seats', 'seats must hold at most 2'],
    [{ place: {} }, 'place.city', 'place.city is missing'],
    [{ places: {} }, 'places', 'places must be a list'],
    [{ places: ['Berlin'] }, 'places', 'each of places must be an object'],
    [{ places: [{ city: 'Berlin' }, { city: 1 }] }, 'places[1].city', 'places[1].city must be a string'],
    [
      { place: { city: 'Berlin', zip: 1 } },
      'place.zip',
      'place.zip is not a field of this request: check its spelling or leave it out',
    ],
    [{ colour: 'red' }, 'colour', 'colour is not a field of this request: check its spelling or leave it out'],
  ])('such as %j gets one error', (plain, path, message) => {
    expect(faultsOf(plain)).toEqual([{ path, message }]);
  });

  const known = Object.getOwnPropertyNames(Object.prototype);

  test.each(known)('with a field that is on every object’s prototype gets an unknown-field error: %s', (name) => {
    const plain = (inner: object): object => ({ ...inner, ...(JSON.parse(`{${JSON.stringify(name)}: 1}`) as object) });
    const message = expect.stringContaining('is not a field of this request') as unknown;
    if (name === '__proto__') return expect(() => parse(JSON.parse('{"__proto__":1}') as object)).toThrow(/__proto__/);
    expect(faultsOf(plain({ text: 'four' }))).toEqual([{ path: name, message }]);
    expect(faultsOf({ place: plain({ city: 'Berlin' }) })).toEqual([{ path: `place.${name}`, message }]);
  });

  test.each(known)('keeps %s in a free-form object', (name) => {
    const data = JSON.parse(
      `{"list":[{${JSON.stringify(name)}:{"constructor":5}}],${JSON.stringify(name)}:null}`,
    ) as object;
    expect(JSON.stringify(parse({ data }).data)).toBe(JSON.stringify(data));
  });

  test('with any number of unknown fields gets a short response', () => {
    const fields = Array.from({ length: 5_000 }, (_, index) => [`${'x'.repeat(10_000)}${index}`, index]);
    const faults = faultsOf(Object.fromEntries(fields) as object);
    expect(faults).toHaveLength(100);
    expect(JSON.stringify(faults).length).toBeLessThan(50_000);
    expect(faultsOf({ '': 1 })).toEqual([
      { path: '', message: expect.stringContaining('"" is not a field') as unknown },
    ]);
  });

  test('with several errors gets all of them', () => {
    const faults = faultsOf({ text: 1, count: 0, place: { city: 2 }, extra: true });
    expect(faults.map(({ path }) => path).toSorted()).toEqual(['count', 'extra', 'place.city', 'text']);
  });

  test.each([[null], [[]], ['text'], [7]])('that is %j is rejected', (plain) => {
    expect(() => validated(Body, plain)).toThrow('must be an object');
  });
});

describe('An unknown field', () => {
  const inCity = (inner: object): object => ({ place: { city: 'Berlin', ...inner } });

  test.each<[string, object, string, string]>([
    ['misspelt', { txt: 'abc' }, 'txt', 'text'],
    ['in another case', { WORD: 'abc' }, 'WORD', 'word'],
    ['misspelt inside of an object', inCity({ streat: {} }), 'place.streat', 'place.street'],
    ['that belongs inside', { city: 'Berlin' }, 'city', 'place.city'],
    ['that belongs further inside', { houseNumber: '7' }, 'houseNumber', 'place.street.houseNumber'],
    ['that belongs inside, misspelt', { house_number: '7' }, 'house_number', 'place.street.houseNumber'],
    [
      'that belongs inside of where it is',
      inCity({ houseNumber: '7' }),
      'place.houseNumber',
      'place.street.houseNumber',
    ],
    ['that belongs outside', inCity({ note: 'x' }), 'place.note', 'note'],
    ['of an object in a list', { places: [{ city: 'x' }, { city: 'x', cty: 1 }] }, 'places[1].cty', 'places[1].city'],
    ['of objects that are validated later', { rowName: 'B' }, 'rowName', 'seats[0].rowName'],
  ])('%s gets the one that was meant', (_, plain, path, meant) => {
    const message = `${path} is not a field of this request: did you mean ${meant}?`;
    expect(faultsOf(plain)).toEqual([{ path, message }]);
  });
});

describe('null', () => {
  const fields = [
    'text',
    'word',
    'id',
    'count',
    'rate',
    'flag',
    'choice',
    'at',
    'data',
    'words',
    'links',
    'place',
    'places',
  ];

  test.each(fields)('is rejected for %s', (name) => {
    expect(faultsOf({ [name]: null })).toEqual([
      { path: name, message: `${name} must not be null: leave it out instead` },
    ]);
  });

  test('passes where it has a meaning', () => {
    expect(parse({ note: null })).toEqual({ note: null });
  });

  test('is rejected where a value is required', () => {
    expect(() => validated(Place, { city: null })).toThrow('city must not be null');
  });
});

describe('Characters that cannot be stored', () => {
  const message = expect.stringContaining('must hold no NUL characters and no broken Unicode') as unknown;

  test.each<[string, object]>([
    ['NUL in a text', { text: 'a\0b' }],
    ['half a character in a text', { text: 'a\ud83d' }],
    ['NUL deep in an object', { data: { list: [{ text: 'a\0b' }] } }],
    ['NUL in the name of a field', { data: { ['a\0']: 1 } }],
    ['half a character in an object', { data: { text: '\udc00' } }],
    ['NUL in a list of texts', { links: ['a\0b'] }],
  ])('are rejected: %s', (_, plain) => {
    expect(faultsOf(plain)).toEqual([{ path: Object.keys(plain)[0], message }]);
  });

  test('do not include any others', () => {
    const text = '\u0001😀\u202e\uffff';
    expect(parse({ text, data: { [text]: text } })).toEqual({ text, data: { [text]: text } });
  });
});

describe('A number in a free-form object', () => {
  const message = expect.stringContaining('data must hold no number beyond 9007199254740991') as unknown;

  test.each(['1e999', '-1e999', '12345678901234567890', '9007199254740993', '{"deep":[1e308]}'])(
    'is rejected if it would lose digits: %s',
    (number) => {
      expect(faultsOf(JSON.parse(`{"data":{"n":${number}}}`) as object)).toEqual([{ path: 'data', message }]);
    },
  );

  test.each([0, -1, 0.1, 1e-7, 9_007_199_254_740_991, -9_007_199_254_740_991])('may be %s', (n) => {
    expect(parse({ data: { n } }).data).toEqual({ n });
  });
});

describe('An instant', () => {
  const read = (at: string) => parse({ at }).at?.toISOString();

  test('is any Date from 1970 to 9999', () => {
    const range = { min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true };
    fc.assert(fc.property(fc.date(range), (date) => expect(read(date.toISOString())).toBe(date.toISOString())));
  });

  test.each([
    ['2026-11-21T18:00Z', '2026-11-21T18:00:00.000Z'],
    ['2026-11-21T18:00:00.123456789Z', '2026-11-21T18:00:00.123Z'],
    ['2026-11-21T00:30:00+14:00', '2026-11-20T10:30:00.000Z'],
    ['2028-02-29T12:00:00Z', '2028-02-29T12:00:00.000Z'],
  ])('such as %s is %s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  test.each([
    ['of a day that is not in the calendar', '2026-02-31T12:00:00Z'],
    ['of a leap day in another year', '2026-02-29T12:00:00Z'],
    ['at 24 o’clock', '2026-11-21T24:00:00Z'],
    ['in a leap second', '2026-12-31T23:59:60Z'],
    ['in the year 0000', '0000-01-01T00:00:00Z'],
    ['before 1970', '1969-12-31T23:59:59Z'],
    ['before 1970 by its offset', '1970-01-01T00:30:00+01:00'],
    ['after 9999 by its offset', '9999-12-31T23:30:00-01:00'],
    ['in a year of five digits', '12026-01-01T00:00:00Z'],
    ['without an offset', '2026-11-21T18:00:00'],
    ['with an offset that is none', '2026-11-21T18:00:00+25:00'],
    ['without a time', '2026-11-21'],
    ['in words', 'Sat, 21 Nov 2026 18:00:00 GMT'],
    ['of nothing', ''],
  ])('%s is rejected', (_, at) => {
    expect(faultsOf({ at })).toEqual([
      { path: 'at', message: expect.stringContaining('must be an ISO 8601 time') as unknown },
    ]);
  });

  test('given as a number is rejected', () => {
    expect(faultsOf({ at: 1_763_748_000_000 })).toHaveLength(1);
  });
});
