import type { Rendered } from '../rendering/render.js';
import { elementsIn } from './html-elements.js';
import { lint, linksIn } from './lint.rules.js';

const mail = (subject: string, html?: string): Rendered => ({
  kind: 'email',
  subject,
  text: '',
  ...(html !== undefined && { html }),
});
const rules = (rendered: Rendered) => lint(rendered).map(({ rule }) => rule);

describe('The lint of a rendered mail', () => {
  test.each([
    ['Your tickets for Summer Night', []],
    ['RSVP: Summer Night in Ulm', []],
    ['LAST CHANCE FOR TICKETS', ['spammy_subject']],
    ['Doors open at 19:00!!', ['spammy_subject']],
    ['Re: your order', ['spammy_subject']],
    ['Congratulations, you have won', ['spammy_subject']],
    ['NYC', []],
    ['Регистрация открыта', []],
  ])('finds in the subject %j: %j', (subject, expected) => {
    expect(rules(mail(subject))).toEqual(expected);
  });

  test.each([
    ['<img src="https://img.example/a.png">', ['missing_alt']],
    ['<IMG SRC=a.png ALT>', []],
    ['<img alt="" src="a">', []],
    ["<img title='alt=x'>", ['missing_alt']],
    ['<!-- <img> --><script>"<img>"</script><style><img></style>', []],
    ['<a href="/tickets">x</a>', ['relative_link']],
    ['<a href="">x</a>', ['relative_link']],
    ['<a href="tel:+49731">x</a><a href="mailto:a@example.com">y</a><a href="#top">z</a><a name="top">', []],
    ['a < b and <3', []],
  ])('finds in %j: %j', (html, expected) => {
    expect(rules(mail('Doors', html))).toEqual(expected);
  });

  test('finds a mail that Gmail would clip, by its bytes', () => {
    expect(rules(mail('Doors', 'x'.repeat(102_000)))).toEqual([]);
    expect(rules(mail('Doors', 'ü'.repeat(51_001)))).toEqual(['too_large']);
  });

  test('knows the links of each kind of message', () => {
    const html = `<a href="https://a.example/?x=1&amp;y=2">A</a><a href='https://a.example/?x=1&amp;y=2'>again</a>
      <a href="tel:+1">call</a><img src=https://img.example/b.png><link href="https://c.example/style.css">`;
    expect(linksIn(mail('x', html))).toEqual([
      { part: 'html', url: 'https://a.example/?x=1&y=2' },
      { part: 'html', url: 'https://img.example/b.png' },
    ]);
    expect(linksIn({ kind: 'text', body: 'See https://d.example/now. (https://e.example)' })).toEqual([
      { part: 'body', url: 'https://d.example/now' },
      { part: 'body', url: 'https://e.example' },
    ]);
  });

  test.each(['<a href="', '<', '<a ', '<!--', '<script>', '<a =', '<a x="y" '])(
    'reads %j, a hundred thousand times over, in moments',
    (piece) => {
      expect([...elementsIn(piece.repeat(100_000))].length).toBeLessThanOrEqual(100_000);
    },
  );
});
