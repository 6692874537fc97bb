import { compile } from './compile.js';
import { render, type TemplateData } from './render.js';
import { countSegments } from '../segments.js';
import { InvalidTemplate } from '../template.errors.js';

const text = (body: string, data: TemplateData = {}) => {
  const rendered = render(compile({ channel: 'sms', body }), data);
  return rendered.kind === 'text' ? rendered.body : '';
};
const html = (source: string, data: TemplateData = {}) => {
  const rendered = render(compile({ channel: 'email', subject: 'x', html: source }), data);
  return rendered.kind === 'email' ? rendered : undefined;
};

const EMOJI = '🎶';
const HALF = EMOJI.slice(0, 1);

describe('Rendered text has whole characters', () => {
  test.each([
    ['{{ t | split: "" | first }}', `${EMOJI}ab`, EMOJI],
    ['{{ t | split: "" | join: "-" }}', `a${EMOJI}b`, `a-${EMOJI}-b`],
    ['{{ t | split: "" | size }}', '', '0'],
    ['{{ t | split: "," | join: "-" }}', `${EMOJI},b,,`, `${EMOJI}-b`],
    ['{{ t[0] }}', `${EMOJI}ab`, EMOJI],
    ['{{ t[1] }}', `${EMOJI}ab`, 'a'],
    ['{{ t["1"] }}', `${EMOJI}ab`, 'a'],
    ['{{ t }}', `a${HALF}b`, 'a\ufffdb'],
    ['{{ t | slice: 0 }}', `${EMOJI}ab`, EMOJI],
    ['{{ t | truncate: 1, "" }}', `${EMOJI}ab`, EMOJI],
  ])('%s of %j is %j', (body, t, expected) => {
    expect(text(body, { t })).toBe(expected);
    expect(text(body, { t }).isWellFormed()).toBe(true);
  });

  test('also in mails and WhatsApp variables, and where two halves meet', () => {
    expect(html('<p>{{ t }}</p>', { t: HALF })).toMatchObject({ html: '<p>\ufffd</p>', text: '\ufffd' });
    const content = compile({ channel: 'whatsapp', contentSid: 'HX1', contentVariables: { 1: '{{ t }}' } });
    expect(render(content, { t: HALF })).toMatchObject({ variables: { 1: '\ufffd' } });
    expect(text('{{ a }}{{ b }}', { a: HALF, b: EMOJI.slice(1) })).toBe(EMOJI);
  });
});

describe('The text of an SMS is composed (NFC)', () => {
  test.each([
    ['a name in the data', 'Hi {{ name }}', { name: 'Jose\u0301' }, 'Hi José'],
    ['the template', 'Cafe\u0301', {}, 'Café'],
    ['an accent that data add to a letter of the template', 'Jose{{ accent }}', { accent: '\u0301' }, 'José'],
    ['Å as a unit', '{{ unit }}', { unit: '\u212b' }, 'Å'],
  ])('so that %s stays in GSM-7', (_what, body, data, expected) => {
    expect(text(body, data)).toBe(expected);
    expect(countSegments(text(body, data)).encoding).toBe('GSM-7');
  });

  test('and so is that of WhatsApp; a mail is left as it is', () => {
    expect(render(compile({ channel: 'whatsapp', body: '{{ a }}' }), { a: 'e\u0301' })).toMatchObject({ body: 'é' });
    expect(html('{{ a }}', { a: 'e\u0301' })?.html).toBe('e\u0301');
  });
});

describe('Invisible characters are blanks', () => {
  const INVISIBLE = [
    '',
    ' ',
    '\u00a0',
    '\u200b',
    '\u00ad',
    '\ufeff',
    '\u2060',
    '\u200e',
    '\u3164',
    '\u2800',
    '\u0000 \u200d',
  ];

  test.each(INVISIBLE)('to a part of a template (%j)', (blank) => {
    expect(() => compile({ channel: 'sms', body: blank })).toThrow(InvalidTemplate);
    expect(() => compile({ channel: 'email', subject: blank, text: 'x' })).toThrow(InvalidTemplate);
  });

  test.each(INVISIBLE)('to a subject, a picture and a WhatsApp variable (%j)', (blank) => {
    const data = { blank };
    expect(render(compile({ channel: 'email', subject: '{{ blank }}', text: 'x' }), data)).toMatchObject({
      subject: '',
    });
    expect(render(compile({ channel: 'whatsapp', body: 'x', mediaUrls: ['{{ blank }}'] }), data)).toEqual({
      kind: 'text',
      body: 'x',
    });
    const content = compile({ channel: 'whatsapp', contentSid: 'HX1', contentVariables: { 1: '{{ blank }}' } });
    expect(render(content, data)).toMatchObject({ variables: { 1: '' } });
  });

  test.each(INVISIBLE)('to Liquid’s blank (%j)', (blank) => {
    const body = '{% if t == blank %}a{% endif %}{% if blank == t %}b{% endif %}{% if t != blank %}c{% endif %}.';
    expect(text(body, { t: blank })).toBe('ab.');
    expect(text(body, { t: `${blank}x${blank}` })).toBe('c.');
  });

  test('and blank is otherwise as Liquid has it', () => {
    const body = '{% if t == blank %}blank{% else %}not{% endif %}';
    const said = [null, false, [], {}, 0, 'x', [1]].map((t) => text(body, { t }));
    expect(said).toEqual(['blank', 'blank', 'blank', 'blank', 'not', 'not', 'not']);
    expect(text('{% if t != nil and t != "x" %}y{% endif %}', { t: 'z' })).toBe('y');
  });

  test('within a text they stay: families of emoji and Persian words need joiners', () => {
    const family = '👩\u200d👧';
    expect(text('{{ t }}', { t: family })).toBe(family);
  });
});

describe('The filter script_json', () => {
  const order = {
    name: '</script><script>alert(1)</script>',
    note: 'a & b > c \u2028\u2029 "q" \\ <!--',
    seats: [1, null, true],
  };
  const block = '<script type="application/ld+json">{"@type":"Order","order":{{ order | script_json }}}</script>';

  test('gives JSON that no data can break out of a script with', () => {
    const mail = html(`<p>Hi</p>${block}`, { order });
    const [, json = ''] = /<script type="application\/ld\+json">(.*)<\/script>$/s.exec(mail?.html ?? '') ?? [];
    expect(json).not.toMatch(/[<>&\u2028\u2029]/);
    expect(JSON.parse(json)).toEqual({ '@type': 'Order', order });
  });

  test.each([
    ['a text', 'Ana "A" & Co', '"Ana \\"A\\" \\u0026 Co"'],
    ['a number', 8.5, '8.5'],
    ['a list', ['<'], '["\\u003c"]'],
    ['false', false, 'false'],
  ])('gives %s', (_what, value, expected) => {
    expect(html('<script>{{ v | script_json }}</script>', { v: value })?.html).toBe(`<script>${expected}</script>`);
    expect(text('{{ v | script_json }}', { v: value })).toBe(expected);
  });

  test('requires its variable, and is escaped if another filter follows', () => {
    expect(() => html(block)).toThrow(expect.objectContaining({ names: ['order'] }));
    expect(html('{{ v | script_json | append: "<" }}', { v: 'x' })?.html).toBe('&#34;x&#34;&lt;');
  });

  test.each([
    ['in the body', `<p>Hi {{ order.seats[0] }}</p>${block}<p>Bye</p>`],
    [
      'in the head',
      `<html><head><title>T</title>${block}</head><body><p>Hi {{ order.seats[0] }}</p><p>Bye</p></body></html>`,
    ],
    [
      'with a loop',
      `<p>Hi {{ order.seats[0] }}</p><script>[{% for s in order.seats %}{{ s | script_json }}{% endfor %}]</script><p>Bye</p>`,
    ],
    ['beside a style', `<style>p > a { color: red }</style><p>Hi {{ order.seats[0] }}</p>${block}<p>Bye</p>`],
  ])('does not reach the text made from the HTML (%s)', (_where, source) => {
    const data = { order: { ...order, seats: [1, 2] } };
    expect(html(source, data)?.text.replaceAll(/\n+/g, ' ')).toBe('Hi 1 Bye');
  });
});
