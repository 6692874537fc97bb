/** What a careless or hostile caller may send, as arbitraries of fast-check: the same seed gives the same. */
import fc from 'fast-check';

/** The placeholder of ids in the documented examples. */
export const EXAMPLE_ID = '0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12';

const text = fc.string({ unit: 'binary', maxLength: 40 });
const quoted = text.map((value) => JSON.stringify(value));

/** A JSON value in the words of JSON: not each is one that JSON.stringify would write. */
export const jsonValue: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    'null',
    'true',
    'false',
    '0',
    '-1',
    '1.5',
    '1e308',
    '1e999',
    '-0',
    '9007199254740993',
    '99999999999999999999',
    '""',
    '" "',
    '"a\\u0000b"',
    '"a\\ud83d"',
    '"\\r\\n"',
    '"null"',
    '"1e999"',
    '"__proto__"',
    '"../../x"',
    '"{{ name }}"',
    '[]',
    '{}',
    '[null]',
    '[[{}]]',
    '{"__proto__":{}}',
    '{"constructor":5}',
    '{"toString":1,"length":-1}',
    '{"then":{}}',
    '"2026-02-31T00:00:00Z"',
    '"9999-12-31T23:59:59Z"',
    '"-000001-01-01T00:00:00Z"',
    '"2026-13"',
    '"+1"',
    '"x@"',
    `"${EXAMPLE_ID}"`,
    `"${'y'.repeat(20_000)}"`,
    `${'['.repeat(64)}${']'.repeat(64)}`,
  ),
  quoted,
  fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.stringify(value)),
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
);

/** Names of fields, some of which every object has already. */
export const fieldName: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString', 'then', '', ' ', '0', 'id'),
  text,
);

/** A body that is perhaps no JSON, let alone the documented one. */
export const wholeBody: fc.Arbitrary<string> = fc.oneof(
  jsonValue,
  text,
  fc.constantFrom('', ' ', '{', '[{}]', '{"a":}', '\ufeff{}', '{"a":1,"a":2}', '{"__proto__":1}', '['.repeat(50_000)),
);

export const contentType: fc.Arbitrary<string | undefined> = fc.constantFrom(
  undefined,
  '',
  'json',
  '*/*',
  'text/plain',
  'application/xml',
  'application/x-www-form-urlencoded',
  'text/csv',
  'application/x-ndjson',
  'multipart/form-data',
  'multipart/form-data; boundary=x',
  'application/octet-stream',
  'APPLICATION/JSON',
  'application/json;;',
  'application/json; charset=utf-16',
  'application/problem+json',
);

const percent = (value: string): string => encodeURIComponent(value.toWellFormed());
const cursor = (json: string): string => Buffer.from(json).toString('base64url');

/** One part of a path, as it stands in a URL. */
export const pathPart: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    'x',
    '0',
    '%00',
    '%ff',
    '%zz',
    '%2F',
    '..%2f',
    '%20',
    '__proto__',
    '1e999',
    'x'.repeat(400),
    EXAMPLE_ID,
  ),
  text.filter((value) => value !== '').map(percent),
);

/** What follows a parameter's name and `=`. */
export const queryValue: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '',
    'x',
    '0',
    '-1',
    '1.5',
    '1e999',
    'true',
    '%00',
    '%ff',
    '%zz',
    '99999999999999999999',
    'x'.repeat(600),
    EXAMPLE_ID,
    '2026-11-21T18:00:00Z',
    '9999-12-31T23:59:59Z',
    '2026-02-31T00:00:00Z',
    '2026-13',
    '2026-11',
    '[]',
    '{}',
  ),
  text.map(percent),
  fc.constantFrom('["a"]', '["a\\u0000"]', '["\\ud800"]', '[1e400]', '["infinity","x"]', '{}', '[[]]').map(cursor),
  fc.jsonValue({ maxDepth: 2 }).map((value) => cursor(JSON.stringify(value))),
);

/** What a header may hold: HTTP itself refuses the rest. */
export const headerValue: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    'x',
    '0',
    '*',
    '*/*;q=2',
    'x'.repeat(300),
    'a, b',
    EXAMPLE_ID,
    'null',
    '{}',
    '"',
    'W/"x"',
    'bytes=5-1',
  ),
  fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 40 }).map((value) => value.trim()),
);
