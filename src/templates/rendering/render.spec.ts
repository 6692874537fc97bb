import { compile } from './compile.js';
import { render, type TemplateData } from './render.js';
import { InvalidMediaUrl, TemplateRenderError } from '../template.errors.js';
import type { TemplateSource } from '../template-source.js';

const sms = (body: string, data: TemplateData = {}) => render(compile({ channel: 'sms', body }), data);
const email = (parts: Omit<TemplateSource, 'channel'>, data: TemplateData = {}) =>
  render(compile({ channel: 'email', subject: 'Hello', ...parts }), data);

/** The error that names exactly these variables. */
const lacking = (...names: string[]) => expect.objectContaining({ code: 'missing_variables', names });

describe('A variable whose value is used is required', () => {
  test.each([
    ['printed', '{{ order.total }}', ['order.total']],
    ['passed to a filter', '{{ "a" | append: b }}', ['b']],
    ['filtered first and defaulted later', '{{ a | upcase | default: "x" }}', ['a']],
    ['looped over', '{% for t in order.tickets %}{% endfor %}', ['order.tickets']],
    ['assigned', '{% assign x = a.b %}', ['a.b']],
    ['assigned and then printed', '{% assign x = a %}{{ x }}', ['a']],
    ['an index', '{{ seats[row] }}', ['row']],
    ['echoed', '{% echo a %}', ['a']],
    ['in a liquid tag', '{% liquid\n assign x = a\n echo x %}', ['a']],
    ['in a capture', '{% capture x %}{{ a }}{% endcapture %}', ['a']],
  ])('when it is %s', (_how, body, names) => {
    expect(() => sms(body, { seats: [] })).toThrow(lacking(...names));
  });

  test.each([
    ['has a default', '{{ name | default: "friend" }}', 'friend'],
    ['has a default and a further filter', '{{ name | default: "friend" | upcase }}', 'FRIEND'],
    ['is asked for by if', '{% if vip %}a{% elsif a.b.c %}b{% else %}c{% endif %}', 'c'],
    ['is compared by if', '{% if age > 18 or name == "Ana" %}a{% endif %}', ''],
    ['is asked for by unless', '{% unless vip %}a{% endunless %}', 'a'],
    ['is asked for by case', '{% case shirt %}{% when "XL" %}a{% else %}b{% endcase %}', 'b'],
    ['stands in a branch not taken', '{% if vip %}{{ vip.name }}{% endif %}', ''],
    ['is assigned with a default', '{% assign x = a | default: 3 %}{{ x }}', '3'],
    ['stands in a loop over nothing', '{% for t in none %}{{ t.name }}{{ other }}{% endfor %}', ''],
    ['is a property that a filter looks for', '{{ people | where: "vip" | map: "name" | join }}', 'Ana'],
  ])('it may be absent when it %s', (_how, body, text) => {
    expect(sms(body, { none: [], people: [{ name: 'Ana', vip: true }, { name: 'Bo' }] })).toEqual({
      kind: 'text',
      body: text,
    });
  });

  test('JSON null counts as absent; an empty text, false and zero do not', () => {
    expect(() => sms('{{ a }} {{ b.c }}', { a: null, b: { c: null } })).toThrow(lacking('a', 'b.c'));
    expect(sms('{{ a }}{{ b }}{{ c }}', { a: '', b: false, c: 0 })).toEqual({ kind: 'text', body: 'false0' });
    expect(sms('{{ a | default: "-" }}{% if a == nil %}none{% endif %}', { a: null })).toEqual({
      kind: 'text',
      body: '-none',
    });
  });

  test('size is that of a list or a text, or a field of that name', () => {
    const data = { list: [1, 2], name: 'Ana', shirt: { size: 'XL' }, cup: { a: 1 } };
    expect(sms('{{ list.size }} {{ name.size }} {{ shirt.size }}', data)).toEqual({ kind: 'text', body: '2 3 XL' });
    expect(() => sms('{{ cup.size }}{{ size }}', data)).toThrow(lacking('cup.size', 'size'));
  });

  test('all missing variables are reported together, from all parts, once each', () => {
    const run = () =>
      email(
        {
          subject: '{{ a }}',
          html: '{{ b | append: c }} {{ a }}{% if vip %}{{ d.e }} {{ f }}{% endif %}',
          text: '{{ g[0].h }}',
        },
        { vip: true },
      );
    expect(run).toThrow(
      expect.objectContaining({
        code: 'missing_variables',
        names: ['a', 'b', 'c', 'g[0].h', 'd.e', 'f'],
        message: expect.stringContaining('`d.e`'),
        errors: expect.arrayContaining([{ path: 'data.d.e', message: 'is missing or null' }]),
      }),
    );
  });

  test('a variable that could not be assigned because another is missing is not reported too', () => {
    expect(() => sms('{% assign total = price | times: count %}{{ total }}', { price: 2 })).toThrow(lacking('count'));
    expect(() => sms('{% if vip %}{% assign x = 1 %}{% endif %}{{ x }}')).toThrow(lacking('x'));
  });

  test('a property missing in one item of a loop is named as in the template', () => {
    const run = () => sms('{% for t in tickets %}{{ t.seat }}{% endfor %}', { tickets: [{ seat: 1 }, {}] });
    expect(run).toThrow(lacking('t.seat'));
  });
});

describe('An email', () => {
  test('escapes data in HTML, and leaves them unchanged in subject and text', () => {
    const name = `<b>"Tom" & 'Jo'</b>`;
    const parts = { subject: '{{ name }}', html: '<p title="{{ name }}">{{ name }}</p>', text: '{{ name }}' };
    const safe = '&lt;b&gt;&#34;Tom&#34; &amp; &#39;Jo&#39;&lt;/b&gt;';
    expect(email(parts, { name })).toEqual({
      kind: 'email',
      subject: name,
      html: `<p title="${safe}">${safe}</p>`,
      text: name,
    });
  });

  test.each([
    ['{{ x }}', '&lt;b&gt;\n&amp;'],
    ['{{ x | raw }}', '<b>\n&'],
    ['{{ x | escape }}', '&lt;b&gt;\n&amp;'],
    ['{{ x | escape | escape_once }}', '&lt;b&gt;\n&amp;'],
    ['{{ x | newline_to_br }}', '&lt;b&gt;<br>\n&amp;'],
    ['{{ x | escape | newline_to_br }}', '&lt;b&gt;<br>\n&amp;'],
    ['{{ x | raw | append: "<" }}', '&lt;b&gt;\n&amp;&lt;'],
    ['{% echo x %}', '&lt;b&gt;\n&amp;'],
    ['{% cycle x %}', '&lt;b&gt;\n&amp;'],
    ['{% capture y %}<i>{{ x }}</i>{% endcapture %}{{ y | raw }}', '<i>&lt;b&gt;\n&amp;</i>'],
    ['{% for c in list %}{{ c }}{% endfor %}{{ list }}', '&lt;&lt;'],
  ])('escapes %s exactly once in HTML', (html, expected) => {
    expect(email({ html }, { x: '<b>\n&', list: ['<'] })).toMatchObject({ html: expected });
  });

  test.each(['\r\n', '\n', '\r', '\u0085', '\u2028', '\u2029', '\u0000', '\t', '\u000b'])(
    'has a single-line subject, whatever the data (%j)',
    (newline) => {
      const subject = 'Hi {{ name }}\n';
      const rendered = email({ subject, text: 'x' }, { name: `Ana${newline}Bcc: all@example.com${newline}` });
      expect(rendered).toMatchObject({ subject: 'Hi Ana Bcc: all@example.com' });
    },
  );

  test('may have only text', () => {
    expect(email({ text: 'Hi' })).toEqual({ kind: 'email', subject: 'Hello', text: 'Hi' });
  });
});

describe('A WhatsApp message', () => {
  test('has a body', () => {
    expect(render(compile({ channel: 'whatsapp', body: 'Hi {{ a }}' }), { a: '<b>' })).toEqual({
      kind: 'text',
      body: 'Hi <b>',
    });
  });

  test('or an approved template with single-line variables', () => {
    const contentVariables = { 1: '{{ customer.name }}', 2: '{{ total | money: "EUR" }}' };
    const template = compile({ channel: 'whatsapp', contentSid: 'HX1', contentVariables });
    const data = { customer: { name: 'Ana\n    Lee' }, total: 5_000_000 };
    expect(render(template, data)).toEqual({
      kind: 'content-template',
      contentSid: 'HX1',
      variables: { 1: 'Ana Lee', 2: '€5.00' },
    });
    expect(() => render(template, {})).toThrow(lacking('customer.name', 'total'));
    expect(render(compile({ channel: 'whatsapp', contentSid: 'HX1' }), {})).toMatchObject({ variables: {} });
  });
});

describe('Media URLs', () => {
  const mms = (mediaUrls: string[], data: TemplateData = {}) =>
    render(compile({ channel: 'mms', body: 'Hi {{ name }}', mediaUrls }), { name: 'Ana', ...data });

  test('are rendered from the data, in the order of the template', () => {
    const mediaUrls = ['https://img.example/{{ order.id }}.png?q={{ q | url_encode }}', ' {{ map }}\n'];
    const data = { order: { id: 7 }, q: 'a b&c', map: 'HTTP://img.example/1.png' };
    expect(mms(mediaUrls, data)).toEqual({
      kind: 'text',
      body: 'Hi Ana',
      mediaUrls: ['https://img.example/7.png?q=a+b%26c', 'HTTP://img.example/1.png'],
    });
    expect(render(compile({ channel: 'whatsapp', mediaUrls }), data)).toMatchObject({
      kind: 'text',
      body: '',
      mediaUrls: [expect.stringContaining('7.png'), expect.anything()],
    });
  });

  test('are left out if empty', () => {
    const mediaUrls = ['{% if map %}{{ map }}{% endif %}', 'https://img.example/a.png', '{{ empty }}'];
    expect(mms(mediaUrls, { empty: '' })).toMatchObject({ mediaUrls: ['https://img.example/a.png'] });
    expect(mms(['{{ empty }}'], { empty: ' ' })).toEqual({ kind: 'text', body: 'Hi Ana' });
  });

  test('report missing variables like any other part', () => {
    expect(() => mms(['{{ a }}', '{{ b.c }}'])).toThrow(lacking('a', 'b.c'));
  });

  test.each([
    ['of another protocol', 'ftp://img.example/secret.png'],
    ['without a protocol', 'img.example/secret.png'],
    ['without a host', 'https://'],
    ['with a host that is none', 'https://[secret/a.png'],
    ['with a blank', 'https://img.example/secret 1.png'],
    ['with a line break', 'https://img.example/\nsecret.png'],
    ['with a control character', 'https://img.example/\u0000secret.png'],
    ['of 2,001 characters', 'https://img.example/'.padEnd(2_001, 'x')],
    ['that runs code', 'javascript:alert(1)'],
    ['that holds the picture', 'data:image/png;base64,AAAA'],
  ])('are rejected %s, without quoting the value', (_what, url) => {
    const rendering = () => mms(['https://img.example/a.png', '{{ url }}'], { url });
    expect(rendering).toThrow(InvalidMediaUrl);
    expect(rendering).toThrow(expect.objectContaining({ code: 'invalid_media_url', part: 'mediaUrls[1]' }));
    expect(rendering).not.toThrow(/secret|alert|AAAA/);
  });

  test('may have 2,000 characters', () => {
    const url = 'https://img.example/'.padEnd(2_000, 'x');
    expect(mms(['{{ url }}'], { url })).toMatchObject({ mediaUrls: [url] });
  });
});

describe('A value that a filter or tag cannot process', () => {
  test.each([
    ['{{ order }}', 'an object cannot be printed: name one of its fields, or use the filter json'],
    ['{{ list }}', 'an object cannot be printed: name one of its fields, or use the filter json'],
    ['{{ name | date: "%Y" }}', 'date needs an ISO 8601 time, such as 2026-11-21T19:30:00Z'],
    ['{{ name | money: "EUR" }}', 'money needs an amount in whole micros'],
    ['{{ name | base64_decode }}', 'a filter or tag cannot work with the value it is given'],
    ['{{ odd | upcase }}', 'a filter or tag cannot work with the value it is given'],
  ])('fails %s with its position and without the value', (expression, reason) => {
    const data = { name: 'secret!', order: { secret: 1 }, list: [{ secret: 1 }], odd: { toString: 'secret' } };
    const rendering = () => sms(`Hi\n${expression}`, data);
    expect(rendering).toThrow(TemplateRenderError);
    const message = expect.stringMatching(new RegExp(`^body, line 2, column 1: ${reason}$`));
    expect(rendering).toThrow(expect.objectContaining({ code: 'template_render_failed', message }));
  });
});

test('Rendering changes neither the data nor the template', () => {
  const template = compile({
    channel: 'email',
    subject: '{% increment n %}',
    text: '{% increment n %}{% assign a = 2 %}{{ a }}',
  });
  const data = Object.freeze({ n: 5, a: 1 });
  const first = render(template, data);
  expect(first).toEqual({ kind: 'email', subject: '5', text: '52' });
  expect(render(template, data)).toEqual(first);
});
