/** Links of HTML, and what is none. */
import { replaceLinks } from './html-links.js';

const to = (address: string): string => `[${address}]`;
const replaced = (html: string): string => replaceLinks(html, to);

test.each([
  ['<a href="https://a.example/x">', '<a href="[https://a.example/x]">'],
  ["<A\n HREF = 'https://a.example/?a=1&amp;b=2' class=x>", "<A\n HREF = '[https://a.example/?a=1&b=2]' class=x>"],
  ['<a class=b href=https://a.example/x/>go</a>', '<a class=b href=[https://a.example/x/]>go</a>'],
  ['<area shape=rect href="https://a.example/&#x6d;&#97;p">', '<area shape=rect href="[https://a.example/map]">'],
  ['<a title="1 > 0" href="https://a.example">', '<a title="1 > 0" href="[https://a.example]">'],
  [
    '<a href="https://one.example" href="https://two.example">',
    '<a href="[https://one.example]" href="https://two.example">',
  ],
  ['<a href=" https://a.example ">', '<a href="[https://a.example]">'],
  [
    '<a href="https://a.example">1</a>\r\n<a href="https://b.example">2',
    '<a href="[https://a.example]">1</a>\r\n<a href="[https://b.example]">2',
  ],
  [
    '<!--[if !mso]><!--><a href="https://a.example">b</a><!--<![endif]-->',
    '<!--[if !mso]><!--><a href="[https://a.example]">b</a><!--<![endif]-->',
  ],
  ['<style>a{}</style><a href="https://a.example">', '<style>a{}</style><a href="[https://a.example]">'],
])('In %j the address is replaced, and nothing else', (html, expected) => {
  expect(replaced(html)).toBe(expected);
});

test.each([
  '<!-- <a href="https://a.example"> -->',
  '<!--[if mso]><a href="https://a.example">b</a><![endif]-->',
  '<script>"<a href=https://a.example>"</script>',
  '<STYLE>/* <a href="https://a.example"> */</STYLE>',
  '<textarea><a href="https://a.example"></textarea>',
  '<title>never ends <a href="https://a.example">',
  '<abbr href="https://a.example">',
  '<img src="https://a.example">',
  '<a name="x">',
  '<a href>',
  '<a data-uncounted href="https://a.example">',
  '<a href="https://a.example" DATA-UNCOUNTED="">',
  '<a href="https://a.example/?x=1&copy;">',
  '<a href="https://a.example',
  '<!-- never ends <a href="https://a.example">',
  'a < b and <',
  '',
])('%j has no link that is replaced', (html) => {
  expect(replaced(html)).toBe(html);
});

test('A link for which there is no other address stays byte for byte', () => {
  const html = "<p>Z&uuml;rich\r\n<a  href='https://a.example/?a&amp;b' >x</A><br></p>";
  expect(replaceLinks(html, () => undefined)).toBe(html);
});

test('What opens many tags and ends none takes no longer than its length', () => {
  const asked: string[] = [];
  for (const part of ['<a ', '<a href="', '<a x = ', '<style ', '<!--', '<a href=x ', '&#']) {
    replaceLinks(part.repeat(20_000), (address) => (asked.push(address), undefined));
  }
  expect(asked).toEqual([]);
});
