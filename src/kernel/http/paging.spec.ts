/** Cursors and pages, pure. */
import fc from 'fast-check';
import { InvalidCursor } from '../errors.js';
import { isUuid } from '../uuid.js';
import { decodeCursor, encodeCursor, pageOf } from './paging.js';

const key = fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer()), { minLength: 1, maxLength: 4 });

describe('A cursor', () => {
  test('decodes to the key that it encodes', () => {
    fc.assert(
      fc.property(key, (values) => {
        expect(decodeCursor(encodeCursor(...values), values.length)).toEqual(values.map(String));
      }),
    );
  });

  test('needs no escaping in a URL', () => {
    fc.assert(fc.property(key, (values) => expect(encodeCursor(...values)).toMatch(/^[\w-]+$/)));
  });

  test('of another length is rejected', () => {
    fc.assert(
      fc.property(key, fc.integer({ min: 0, max: 5 }), (values, length) => {
        fc.pre(values.length !== length);
        expect(() => decodeCursor(encodeCursor(...values), length)).toThrow(InvalidCursor);
      }),
    );
  });

  test('of any text is rejected, or decodes to a key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        try {
          expect(decodeCursor(text, 1)).toEqual([expect.any(String)]);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidCursor);
        }
      }),
    );
  });

  test.each([
    ['nothing', ''],
    ['no JSON', Buffer.from('{').toString('base64url')],
    ['null', Buffer.from('null').toString('base64url')],
    ['an object', Buffer.from('{"length":1,"0":"a"}').toString('base64url')],
    ['a list in a list', Buffer.from('[["a"]]').toString('base64url')],
    ['a list of null', Buffer.from('[null]').toString('base64url')],
    ['a text with NUL', encodeCursor('a\0b')],
    ['half a character', encodeCursor('a\ud83d')],
  ])('that contains %s is rejected', (_, text) => {
    expect(() => decodeCursor(text, 1)).toThrow(InvalidCursor);
  });

  test('is rejected if a value has the wrong type', () => {
    expect(() => decodeCursor(encodeCursor('not an id'), 1, isUuid)).toThrow(InvalidCursor);
  });
});

describe('A page', () => {
  const cut = (rows: number[], limit: number) => pageOf(rows, limit, encodeCursor, String);

  test('of more rows than its limit has a cursor to its last item', () => {
    expect(cut([1, 2, 3], 2)).toEqual({ items: ['1', '2'], nextCursor: encodeCursor(2) });
  });

  test.each([[[]], [[1]], [[1, 2]]])('of %j is the last one, with a limit of two', (rows) => {
    expect(cut(rows, 2)).toEqual({ items: rows.map(String), nextCursor: null });
  });
});
