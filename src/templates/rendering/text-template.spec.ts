import fc from 'fast-check';
import { compile } from './compile.js';
import { htmlToText } from './html-text.js';
import { render, type TemplateData } from './render.js';
import { textTemplateOf } from './text-template.js';

function mail(html: string, data: TemplateData = {}): { html: string; text: string } {
  const rendered = render(compile({ channel: 'email', subject: 'x', html }), data);
  if (rendered.kind !== 'email' || rendered.html === undefined) throw new Error('Not a mail of HTML');
  return { html: rendered.html, text: rendered.text };
}

describe('The text of an HTML-only email', () => {
  test('reads like the HTML, line by line, without escapes', () => {
    const html = `<html><head><title>{{ event }}</title><style>p { color: {{ colour }} }</style></head><body>
      <h1>Thank you, {{- name -}}!</h1>
      <p>{{ event }}<br>at {{ venue | upcase }}</p>
      {%- if vip -%}<p>Welcome to the <b>VIP</b> club.</p>{%- else -%}<p>Doors open at 19:00.</p>{%- endif -%}
      <ul>{% for t in tickets %}<li>{{ t.name }}</li>{% endfor %}</ul>
      <table>{% for t in tickets %}<tr><td>{{ t.name }}</td><td>{{ t.price }}</td></tr>{% endfor %}</table>
      <p><a href="{{ url }}">Your tickets</a> <a href="{{ url }}">{{ url }}</a><img src="{{ pixel }}"></p></body></html>`;
    const data = {
      event: 'Jazz & Friends',
      colour: 'red',
      name: 'Ana',
      venue: 'Blue Hall',
      vip: false,
      pixel: 'p',
      url: 'https://x.test/?a=1&b=2',
      tickets: [
        { name: 'Adult', price: '€12' },
        { name: 'Child', price: '€6' },
      ],
    };
    expect(textTemplateOf(html)).toBeDefined();
    expect(mail(html, data).text.split('\n')).toEqual([
      'Thank you,Ana!',
      '',
      'Jazz & Friends',
      'at BLUE HALL',
      '',
      'Doors open at 19:00.',
      '',
      ' * Adult',
      ' * Child',
      '',
      'Adult €12',
      'Child €6',
      '',
      'Your tickets [https://x.test/?a=1&b=2] https://x.test/?a=1&b=2',
    ]);
  });

  test('keeps lines apart if a block between them is empty', () => {
    const html = '<p>{{ name }}{% if no %}<br>VIP<br>{% endif %}<br>Bye</p>';
    expect(mail(html, { name: 'Ana', no: false }).text).toBe('Ana\nBye');
    expect(mail(html, { name: 'Ana', no: true }).text).toBe('Ana\nVIP\n\nBye');
  });

  test.each([
    [
      'in an attribute',
      '<p style="{% if vip %}color:red{% else %}color:blue{% endif %}">Hi</p><p class="{% if a %}b{% endif %}">you</p>',
    ],
    ['as an attribute', '<p {% unless vip %}hidden{% endunless %}>Hi {{ name }}</p>'],
    ['with a comparison', '{% if count < 3 and count > 1 %}<p>{{ name }}</p>{% endif %}'],
    ['with quoted markup', '<p>{{ name | append: "<b>" | remove: "<b>" }}</p>'],
    ['before the document', '{% assign who = name %}<html><body>{{ who }}</body></html>'],
    ['in a link', '<a href="https://x.test/{% if vip %}vip{% else %}all{% endif %}/{{ name }}">Go</a>'],
  ])('is derived once for all mails with Liquid %s', (_where, html) => {
    expect(textTemplateOf(html)).toBeDefined();
    const { text, html: rendered } = mail(html, { name: 'Ana', vip: true, count: 2, a: false });
    expect(text).toBe(htmlToText(rendered));
  });

  test.each([
    ['data are HTML', '<p>{{ note | raw }}</p>', '<b>Big</b> & <i>new</i>', 'Big & new'],
    ['a filter makes HTML', '<p>{{ note | newline_to_br }}</p>', 'a & b\nc', 'a & b\nc'],
    [
      'a block opens in one comment and closes in another',
      '<!-- {% if no %} --><p>VIP</p><!-- {% endif %} -->{{ note }}',
      'Hi',
      'Hi',
    ],
    [
      'a block opens in an attribute and closes in another',
      '<i id="{% if no %}">A</i><i id="{% endif %}">B</i>{{ note }}',
      'C',
      'BC',
    ],
    ['a name is given where the text has nothing', '<head>{% assign x = note %}</head><p>{{ x }}</p>', 'Hi', 'Hi'],
    [
      'a loop numbers its items',
      '<ol>{% for i in (1..2) %}<li>{{ note }}</li>{% endfor %}</ol>',
      'Hi',
      '1. Hi\n 2. Hi',
    ],
    ['an entity only looks like Liquid', '<p>&#123;{ x }} {{ note }}</p>', 'Hi', '{{ x }} Hi'],
    ['raw text only looks like Liquid', '<p>{% raw %}{{ x }}{% endraw %} {{ note }}</p>', 'Hi', '{{ x }} Hi'],
    ['the HTML has the marks that the making uses', '<p>\ue0000\ue001 {{ note }}</p>', 'Hi', '\ue0000\ue001 Hi'],
    [
      'a link’s tags change places',
      '<a href="{% if note %}x{% endif %}">{% if note %}{{ note }}{% endif %}</a>',
      'Hi',
      'Hi [x]',
    ],
  ])('is derived from each rendered mail if %s', (_where, html, note, expected) => {
    expect(textTemplateOf(html)).toBeUndefined();
    expect(mail(html, { note, no: false }).text.trim()).toBe(expected);
  });

  test('is the same either way, except for blanks', () => {
    const word = fc.constantFrom(
      '{{ name }}',
      '{{ note }}',
      'Hi',
      '{{ nick | default: "you" }}',
      '<b>{{ name }}</b>',
      '<br>',
      ' ',
    );
    const { block } = fc.letrec<{ block: string }>((tie) => {
      const inside = fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        fc.array(word, { maxLength: 4 }).map((words) => words.join(' ')),
        fc.array(tie('block'), { maxLength: 3 }).map((blocks) => blocks.join('')),
      );
      const wrap = (before: string, after: string) => inside.map((html) => before + html + after);
      return {
        block: fc.oneof(
          wrap('<p>', '</p>'),
          wrap('<div style="{% if yes %}a{% endif %}">', '</div>'),
          wrap('{% if yes %}', '{% endif %}'),
          wrap('{% if no %}', '{% else %}else{% endif %}'),
          wrap('{%- unless no -%}', '{%- endunless -%}'),
          wrap('{% for i in list %}{{ i }} ', '{% endfor %}'),
          wrap('<ul>{% for i in list %}<li>', '</li>{% endfor %}</ul>'),
          wrap('<table>{% for i in list %}<tr><td>{{ i }}</td><td>', '</td></tr>{% endfor %}</table>'),
          wrap('<blockquote>', '</blockquote>'),
          wrap('<h2>', '</h2>'),
          wrap('<a href="https://x.test/{{ name }}">Go ', '</a>'),
          fc.array(word).map((words) => `{% comment %}${words.join('')}{% endcomment %}`),
        ),
      };
    });
    const data = { name: 'Ana', note: 'a < b & "c"', yes: true, no: false, list: ['one', 'two'] };
    const words = (text: string) =>
      text
        .split(/[\s*]+/)
        .join(' ')
        .trim();
    let derived = 0;
    fc.assert(
      fc.property(block, (html) => {
        derived += textTemplateOf(html) === undefined ? 0 : 1;
        const { text, html: rendered } = mail(html, data);
        expect(words(text)).toBe(words(htmlToText(rendered)));
      }),
      { numRuns: 300 },
    );
    expect(derived).toBeGreaterThan(100);
  });
});

describe('htmlToText', () => {
  test('leaves at most one empty line and no trailing blanks', () => {
    expect(htmlToText('<h1>A</h1><div><p>B&nbsp;&nbsp;</p><p> </p><p>C</p></div>')).toBe('A\n\nB\n\nC');
  });

  test('shows a link once if its text is its address', () => {
    expect(htmlToText('<a href="https://x.test">https://x.test</a> <a href="https://x.test">Go</a>')).toBe(
      'https://x.test Go [https://x.test]',
    );
  });
});
