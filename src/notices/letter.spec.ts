/** Letters as text and as HTML. */
import { htmlOf, textOf, type Letter } from './letter.js';

const letter: Letter = {
  subject: 'Sales & <more>',
  blocks: [
    'Fish & chips, "today" <only>.',
    {
      columns: [
        { label: 'Day', isNumber: false },
        { label: 'Messages', isNumber: true },
      ],
      rows: [
        ['2026-11-29', '1,042'],
        ['<b>', '7'],
      ],
    },
  ],
};

test('Text has the columns of a table one below the other', () => {
  expect(textOf(letter)).toBe(
    'Fish & chips, "today" <only>.\n\nDay         Messages\n2026-11-29     1,042\n<b>                7\n',
  );
});

test('HTML shows what people wrote as they wrote it', () => {
  const html = htmlOf(letter, 'de');
  expect(html).toContain('<html lang="de">');
  expect(html).toContain('<title>Sales &amp; &lt;more&gt;</title>');
  expect(html).toContain('<p>Fish &amp; chips, &quot;today&quot; &lt;only&gt;.</p>');
  expect(html).toContain('<td align="left">&lt;b&gt;</td><td align="right">7</td>');
  expect(html).not.toContain('<b>');
});
