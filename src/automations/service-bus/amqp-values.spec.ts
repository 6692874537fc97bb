/** AMQP values as JSON: pure. */
import { plain, textOf } from './amqp-values.js';

const GUID = '0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12';
const guid = Buffer.from(GUID.replaceAll('-', ''), 'hex');
const long = Buffer.from('0020000000000001', 'hex');

test.each<[unknown, string | undefined]>([
  ['text', 'text'],
  ['', undefined],
  [17, '17'],
  [Number.NaN, undefined],
  [guid, GUID],
  [long, '9007199254740993'],
  [Buffer.from('abc'), undefined],
  [null, undefined],
  [undefined, undefined],
  [{}, undefined],
])('%p is the text %p', (value, text) => {
  expect(textOf(value)).toBe(text);
});

test('Maps become plain all the way down', () => {
  const at = new Date('2026-11-01T10:00:00Z');
  expect(
    plain({ guid, long, at, never: new Date(Number.NaN), bytes: Buffer.from('abc'), list: [guid, { at }], yes: true }),
  ).toEqual({
    guid: GUID,
    long: '9007199254740993',
    at: at.toISOString(),
    never: null,
    bytes: null,
    list: [GUID, { at: at.toISOString() }],
    yes: true,
  });
});
