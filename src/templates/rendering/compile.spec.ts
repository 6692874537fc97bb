import fc from 'fast-check';
import { compile, requiredVariables } from './compile.js';
import { render } from './render.js';
import { InvalidTemplate, TemplateSyntaxError } from '../template.errors.js';
import type { TemplateSource } from '../template-source.js';

describe('compile', () => {
  test.each<[TemplateSource, string[]]>([
    [{ channel: 'email', html: 'x' }, ['subject']],
    [{ channel: 'email', subject: 'x', html: ' ' }, ['html']],
    [{ channel: 'email', subject: 'x', text: 'x', body: 'x' }, ['body']],
    [{ channel: 'sms' }, ['body']],
    [{ channel: 'sms', body: 'x', mediaUrls: ['x'] }, ['mediaUrls']],
    [{ channel: 'mms', subject: 'x', html: 'x', body: 'x' }, ['subject', 'html', 'mediaUrls']],
    [{ channel: 'mms', body: 'x', mediaUrls: [] }, ['mediaUrls']],
    [{ channel: 'mms', body: 'x', mediaUrls: [' '] }, ['mediaUrls']],
    [{ channel: 'whatsapp', contentVariables: {} }, ['body', 'contentVariables']],
    [{ channel: 'whatsapp', body: 'x', contentSid: 'HX1' }, ['body']],
    [{ channel: 'whatsapp', mediaUrls: ['x'], contentSid: 'HX1' }, ['mediaUrls']],
  ])('rejects %j and names the fields', (source, paths) => {
    const errors = paths.map((path) => expect.objectContaining({ path }));
    expect(() => compile(source)).toThrow(InvalidTemplate);
    expect(() => compile(source)).toThrow(expect.objectContaining({ code: 'invalid_template', errors }));
  });

  test.each([
    ['Hi\n {{ name', 2, 2, 'output ".*" not closed'],
    ['{% if a %}', 1, 1, 'tag .* not closed'],
    ['ab\n\n{% nope %}', 3, 1, 'tag "nope" not found'],
    ['{{ a | nope }}', 1, 1, 'undefined filter: nope'],
    ['{% for in x %}{% endfor %}', 1, 1, 'illegal tag: .*'],
    ['{{ }}', 1, 4, 'invalid value expression: .*'],
    ['{% if a %}{% endfor %}', 1, 11, 'tag "endfor" not found'],
  ])('reports the error in %j and its position', (body, line, column, reason) => {
    const run = () => compile({ channel: 'sms', body });
    const message = expect.stringMatching(new RegExp(`^body, line ${line}, column ${column}: ${reason}$`));
    expect(run).toThrow(TemplateSyntaxError);
    expect(run).toThrow(expect.objectContaining({ code: 'template_syntax', part: 'body', line, column, message }));
  });

  test('names the part with the error', () => {
    const html = { channel: 'email', subject: 'x', html: '<p>{{ x' } as const;
    expect(() => compile(html)).toThrow(expect.objectContaining({ part: 'html' }));
    const content = { channel: 'whatsapp', contentSid: 'HX1', contentVariables: { 2: '{{' } } as const;
    expect(() => compile(content)).toThrow(expect.objectContaining({ part: 'contentVariables.2' }));
    const media = { channel: 'mms', mediaUrls: ['https://img.example/a.png', '{{ x'] } as const;
    expect(() => compile(media)).toThrow(expect.objectContaining({ part: 'mediaUrls[1]' }));
  });
});

describe('requiredVariables', () => {
  test('lists what every rendering needs, in order, and nothing that only some renderings need', () => {
    const template = compile({
      channel: 'email',
      subject: 'Order {{ order.id }}',
      html:
        '{{ customer.name }}{{ order.id }}{{ nick | default: customer.first }}{% if vip %}{{ vip.level }}{% endif %}' +
        '{% for t in order["tickets"] limit: most %}{{ t.name }}{{ venue.name }}{% endfor %}{% assign x = fee %}{{ x.y }}' +
        '{{ prices[currency] }}{% cycle one, two %}{% case z %}{% when y %}{{ w }}{% endcase %}{{ (1..n) | join }}',
    });
    expect(requiredVariables(template)).toEqual([
      'order.id',
      'customer.name',
      'customer.first',
      'order["tickets"]',
      'fee',
      'prices[currency]',
      'currency',
      'n',
    ]);
  });

  test('lists what media URLs need', () => {
    const mediaUrls = ['https://img.example/{{ order.id }}.png', '{{ seat.map }}'];
    expect(requiredVariables(compile({ channel: 'mms', body: '{{ name }}', mediaUrls }))).toEqual([
      'name',
      'order.id',
      'seat.map',
    ]);
  });

  test.each([
    ['after a break that only some renderings reach', '{{ a }}{% if b %}{% break %}{% endif %}{{ c }}', ['a']],
    ['after a continue', '{% if b %}{% unless d %}{% continue %}{% endunless %}{% endif %}{{ c }}', []],
    ['after a break in a capture', '{% capture x %}{% if b %}{% break %}{% endif %}{{ a }}{% endcapture %}{{ c }}', []],
    ['but those after a loop with a break', '{% for i in a %}{% break %}{% endfor %}{{ c }}', ['a', 'c']],
  ])('leaves out variables %s', (_where, body, expected) => {
    expect(requiredVariables(compile({ channel: 'sms', body }))).toEqual(expected);
  });

  test('leaves out variables that the template assigns itself', () => {
    const body =
      '{% capture a %}x{% endcapture %}{{ a }}{% increment b %}{{ b }}{{ c }}{% assign c = 1 %}{{ forloop }}';
    expect(requiredVariables(compile({ channel: 'sms', body }))).toEqual(['c', 'forloop']);
  });

  test('is sufficient to render, and each variable is necessary', () => {
    const piece = fc.constantFrom(
      '{{ a }}',
      '{{ b.c | upcase }}',
      '{{ d | default: "x" }}',
      '{{ g | append: a }}',
      '{% assign h = i %}{{ h }}',
      '{% if e %}{{ e.f }}{% endif %}',
      '{% for j in l.m %}{{ j }}{{ n }}{% endfor %}',
      '{% capture o %}{{ p }}{% endcapture %}',
      '{% unless e.f %}{{ d | default: q.r }}{% endunless %}',
      '{% case e %}{% when "x" %}{{ s }}{% endcase %}',
      '{{ t[0].u }}',
    );
    fc.assert(
      fc.property(fc.uniqueArray(piece, { minLength: 1 }), (pieces) => {
        const template = compile({ channel: 'sms', body: pieces.join(' ') });
        const required = requiredVariables(template);
        const data = (names: string[]) => ({
          ...Object.fromEntries(names.filter((name) => name.length === 1).map((name) => [name, 'x'])),
          ...(names.includes('b.c') && { b: { c: 'x' } }),
          ...(names.includes('l.m') && { l: { m: [] } }),
          ...(names.includes('t[0].u') && { t: [{ u: 'x' }] }),
        });
        const optional = pieces.some((text) => text.includes('q.r')) ? { q: { r: 'x' } } : {};
        expect(() => render(template, { ...data(required), ...optional })).not.toThrow();
        for (const name of required) {
          const without = { ...data(required.filter((other) => other !== name)), ...optional };
          expect(() => render(template, without)).toThrow(expect.objectContaining({ names: [name] }));
        }
      }),
    );
  });
});
