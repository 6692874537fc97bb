/** Tables that fit, of texts that others wrote. */
import { printable, tableOf, widthOf } from './table.js';

const HEADINGS = [{ title: 'ID' }, { title: 'NAME', isText: true }, { title: 'MESSAGES' }];

test('Columns are as wide as their widest cell, numbers to the right, and what is missing is a dash', () => {
  expect(
    tableOf(HEADINGS, [
      ['a', 'Riverside', 12],
      ['bcd', null, 1_234_567],
    ]),
  ).toEqual(['ID   NAME        MESSAGES', 'a    Riverside         12', 'bcd  -          1,234,567']);
});

test('In a narrow terminal words are cut, and ids are not', () => {
  const [heading, row] = tableOf(HEADINGS, [['01a1fce9-5ceb', 'Riverside Festivals and Concerts', 12]], 40);
  expect([heading, row]).toEqual([
    'ID             NAME             MESSAGES',
    '01a1fce9-5ceb  Riverside Fest…        12',
  ]);
});

test('Words that two columns hold are cut where they are longest, and none to nothing', () => {
  const headings = [
    { title: 'A', isText: true },
    { title: 'B', isText: true },
  ];
  const [, row] = tableOf(headings, [['a'.repeat(30), 'b'.repeat(20)]], 40);
  expect(row).toBe(`${'a'.repeat(18)}…  ${'b'.repeat(18)}…`);
  const [, narrow] = tableOf(headings, [['a'.repeat(30), 'b'.repeat(20)]], 5);
  expect(narrow).toBe(`${'a'.repeat(9)}…  ${'b'.repeat(9)}…`);
});

test('A letter takes the columns that a terminal gives it', () => {
  expect(['Zürich', 'e\u0301', '東京', '🎟️', '👩‍👩‍👧'].map(widthOf)).toEqual([6, 1, 4, 2, 2]);
  const [, first, second] = tableOf(
    [{ title: 'N' }, { title: 'X' }],
    [
      ['東京', 'x'],
      ['abcd', 'x'],
    ],
  );
  expect([first, second]).toEqual(['東京  x', 'abcd  x']);
});

test.each([
  ['that moves the cursor', '\u001b[2JAll is well', ' [2JAll is well'],
  ['of one byte that does the same', 'a\u009b2Jb', 'a 2Jb'],
  ['of another line', 'Riverside\r\nadmin', 'Riverside admin'],
  ['that turns the text around', 'abc\u202edef', 'abc def'],
])('A name cannot command the terminal by a sequence %s', (_, name, shown) => {
  expect(printable(name)).toBe(shown);
  expect(tableOf([{ title: 'NAME' }], [[name]])[1]).toBe(shown);
});
