/** Where a text stops being JSON. */
import fc from 'fast-check';
import { isJson } from '../json.js';
import { findJsonFault } from './json-fault.js';

test.each<[string, number, number, boolean]>([
  ['', 1, 1, true],
  ['  \n ', 2, 2, true],
  ['{"name":', 1, 9, true],
  ['{"name":"Hall', 1, 14, true],
  ['{"name":"Hall",}', 1, 16, false],
  ['{"a":1,\n "b":2,,}', 2, 8, false],
  ['{"a":1,\r\n "b" 2}', 2, 6, false],
  ['{"a":1\r\r,\r"b":tru}', 4, 5, false],
  ["{'name':1}", 1, 2, false],
  ['{name:1}', 1, 2, false],
  ['[1,2', 1, 5, true],
  ['[1 2]', 1, 4, false],
  ['[1,2}', 1, 5, false],
  ['{"a":1]', 1, 7, false],
  ['{"a":01}', 1, 7, false],
  ['{"a":1.}', 1, 7, false],
  ['{"a":-}', 1, 6, false],
  ['{"a":NaN}', 1, 6, false],
  ['{"a":"two\nlines"}', 1, 10, false],
  [String.raw`{"a":"\x"}`, 1, 7, false],
  ['{} {}', 1, 4, false],
  ['{"a":1}}', 1, 8, false],
  ['name=Hall', 1, 1, false],
  ['{"a":{"b":[true,false,null,"c",{}]},"d"}', 1, 40, false],
])('%j stops being JSON at line %i, column %i', (text, line, column, isEnd) => {
  expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
  expect(findJsonFault(text)).toEqual({ line, column, isEnd });
});

test('A long text is read to its fault, however deep it is', () => {
  expect(findJsonFault('['.repeat(900_000))).toEqual({ line: 1, column: 900_001, isEnd: true });
  expect(findJsonFault(`{"a":"${'x'.repeat(900_000)}`)).toEqual({ line: 1, column: 900_007, isEnd: true });
});

test('A JSON text that is cut off stops at its end or, in a word, where that begins', () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(), (text, cut) => {
      const part = text.slice(0, cut % text.length);
      if (isJson(part)) return;
      const { line, column } = findJsonFault(part);
      expect(line).toBe(1);
      expect(part.slice(column - 1)).toMatch(/^(|[tfn][a-z]*|-|\\.*|[.Ee][+-]?)$/);
    }),
  );
});

test('A text that JSON.parse takes is JSON up to its end', () => {
  fc.assert(
    fc.property(fc.json(), fc.string(), (text, more) => {
      expect(findJsonFault(`${text}]${more}`)).toMatchObject({ column: text.length + 1, isEnd: false });
    }),
  );
});
