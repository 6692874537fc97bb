/** Reading single variables, pure. */
import fc from 'fast-check';
import { EnvironmentReader } from './environment-reader.js';

/** A reader's result for a variable `X`, and the errors it reports. */
function reading<T>(
  value: string | undefined,
  read: (reader: EnvironmentReader) => T,
): { value: T; problems: string[] } {
  const reader = new EnvironmentReader({ X: value });
  return { value: read(reader), problems: reader.problems };
}

describe('A text', () => {
  test.each([
    [undefined, undefined],
    ['', undefined],
    [' \t', undefined],
    [' a b ', 'a b'],
  ])('given as %j reads as %j', (given, value) => {
    expect(reading(given, (reader) => reader.text('X'))).toEqual({ value, problems: [] });
  });
});

describe('An integer', () => {
  const integer = (given: string | undefined) => reading(given, (reader) => reader.integer('X', 7, 1, 100));

  test('within its bounds is accepted', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), (given) => {
        expect(integer(` ${given} `)).toEqual({ value: given, problems: [] });
      }),
    );
  });

  test('that is missing has its default', () => {
    expect(integer(undefined)).toEqual({ value: 7, problems: [] });
  });

  test.each(['0', '101', '1.5', '1e9', 'ten', '-1', 'Infinity', 'NaN'])('given as %j is an error', (given) => {
    expect(integer(given).problems).toEqual(['X is not a whole number from 1 to 100']);
  });
});

describe('A choice', () => {
  const choice = (given: string | undefined) => reading(given, (reader) => reader.oneOf('X', ['on', 'off', ''], ''));

  test.each([
    ['off', 'off'],
    [undefined, ''],
  ])('given as %j reads as %j', (given, value) => {
    expect(choice(given)).toEqual({ value, problems: [] });
  });

  test.each(['ON', 'yes'])('given as %j is an error that lists the choices', (given) => {
    expect(choice(given).problems).toEqual(['X is not one of on, off']);
  });
});

describe('A URL', () => {
  const url = (given: string | undefined) => reading(given, (reader) => reader.url('X', ['http:', 'https:']));

  test.each(['http://localhost:3000', 'https://callboard.example/base'])(
    'such as %s is accepted unchanged',
    (given) => {
      expect(url(given)).toEqual({ value: given, problems: [] });
    },
  );

  test.each(['callboard.example', 'ftp://callboard.example', 'http://', 'https:// x'])(
    'given as %j is an error',
    (given) => {
      expect(url(given).problems).toEqual(['X is not a URL starting with http:// or https://']);
    },
  );
});

describe('A list', () => {
  const list = (given: string | undefined) =>
    reading(given, (reader) => reader.list('X', /^\d+$/, 'a list of numbers'));

  test.each([
    [undefined, []],
    [' 1, 2,,3 ', ['1', '2', '3']],
  ])('given as %j reads as %j', (given, value) => {
    expect(list(given)).toEqual({ value, problems: [] });
  });

  test('with one bad entry is an error', () => {
    expect(list('1,b').problems).toEqual(['X is not a list of numbers']);
  });
});

describe('A required variable', () => {
  const needed = (given: string | undefined) =>
    reading(given, (reader) => reader.required('X', /^a+$/, 'the letter a'));

  test.each([
    ['aa', 'aa', []],
    [undefined, '', ['X is missing: set the letter a']],
    ['b', 'b', ['X is not the letter a']],
  ])('given as %j reads as %j with the problems %j', (given, value, problems) => {
    expect(needed(given)).toEqual({ value, problems });
  });
});

test('No error quotes a variable’s value', () => {
  const secret = 's3cret-and-wrong';
  const { problems } = reading(secret, (reader) => [
    reader.integer('X', 1, 1, 2),
    reader.oneOf('X', ['a'], 'a'),
    reader.url('X', ['http:']),
    reader.list('X', /^\d$/, 'digits'),
    reader.required('X', /^\d$/, 'a digit'),
    reader.secrets('X', 100),
  ]);
  expect(problems).toHaveLength(6);
  expect(problems.join('\n')).not.toContain(secret);
});
