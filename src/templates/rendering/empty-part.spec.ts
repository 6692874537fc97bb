import { compile } from './compile.js';
import { emptyPart } from './empty-part.js';
import { render, type TemplateData } from './render.js';
import { showsHtml } from './shows-html.js';
import type { TemplateSource } from '../template-source.js';

const SID = 'HX1';
const VIP = '{% if vip %}VIP{% endif %}';

describe('A rendered message that says nothing', () => {
  test.each<[TemplateSource, TemplateData, string | undefined]>([
    [{ channel: 'email', subject: VIP, text: VIP }, {}, 'subject'],
    [{ channel: 'email', subject: VIP, text: 'x' }, {}, 'subject'],
    [{ channel: 'email', subject: 'x', text: VIP }, {}, 'text'],
    [{ channel: 'email', subject: 'x', html: `<html><body><p>${VIP}</p></body></html>` }, {}, 'html'],
    [{ channel: 'email', subject: 'x', html: `<p>${VIP}</p>`, text: VIP }, {}, 'html'],
    [{ channel: 'email', subject: 'x', html: `<p>${VIP}</p>`, text: 'Hi' }, {}, undefined],
    [{ channel: 'email', subject: 'x', html: `<p>${VIP}</p><img src="a.png">` }, {}, undefined],
    [{ channel: 'email', subject: VIP, html: `<p>${VIP}</p>` }, { vip: true }, undefined],
    [{ channel: 'email', subject: '{{ a }}', text: 'x' }, { a: '\u200b' }, 'subject'],
    [{ channel: 'sms', body: '{{ a }}' }, { a: ' \u00ad' }, 'body'],
    [{ channel: 'sms', body: '{{ a }}' }, { a: 0 }, undefined],
    [{ channel: 'mms', body: 'Hi', mediaUrls: ['{{ a }}'] }, { a: '' }, 'mediaUrls'],
    [{ channel: 'mms', mediaUrls: ['https://img.example/{{ a }}'] }, { a: 1 }, undefined],
    [{ channel: 'whatsapp', body: '{{ a }}', mediaUrls: ['{{ a }}'] }, { a: '' }, 'body'],
    [
      { channel: 'whatsapp', contentSid: SID, contentVariables: { 1: 'x', 2: '{{ a }}' } },
      { a: '' },
      'contentVariables.2',
    ],
    [
      { channel: 'whatsapp', contentSid: SID, contentVariables: { 1: '{{ a }}' } },
      { a: '\u2800\n' },
      'contentVariables.1',
    ],
    [{ channel: 'whatsapp', contentSid: SID }, {}, undefined],
  ])('is told by its part: %j with %j', (source, data, part) => {
    expect(emptyPart(source.channel, render(compile(source), data))).toBe(part);
  });
});

describe('HTML', () => {
  test.each([
    '',
    ' \n',
    '<p></p>',
    '<!doctype html><html><head><title>T</title><style>p > a {}</style></head><body><p>&nbsp;&zwnj;&#8203;&#x200B;</p></body></html>',
    '<!-- <p>Hi</p> --><br>',
    '<script>{"a": 1}</script><template><p>x</p></template>',
    '<STYLE>a</Style >',
    '<p',
    '<!-- not closed <p>Hi</p>',
    '<div>\u00ad\u2800</div>',
  ])('that shows nothing: %j', (html) => expect(showsHtml(html)).toBe(false));

  test.each([
    'Hi',
    '<p>Hi</p>',
    '<p><img src="a.png"></p>',
    '<IMG SRC=a.png>',
    '3 < 4',
    '<3',
    '<p>&eacute;</p>',
    '<p>&#65;</p>',
    '<p>&#x110000;</p>',
    '<head>not closed <p>Hi</p>',
    '<!-- a --><p>Hi</p>',
    '<svg></svg>',
  ])('that shows something: %j', (html) => expect(showsHtml(html)).toBe(true));

  test.each(['<', '<!--', '<style>', '<style', '&', '&#', '<p>', '<head><style>'])(
    'of many %j takes no long time',
    (piece) => {
      const started = performance.now();
      showsHtml(piece.repeat(131_072 / piece.length));
      expect(performance.now() - started).toBeLessThan(20_000);
    },
  );
});
