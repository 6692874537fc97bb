import { LIMITS } from '../rendering/limits.js';
import { TemplateSyntaxError, TemplateTooExpensive } from '../template.errors.js';
import { aroundContent, includedIn, placesIn, withoutPartials, withPartials } from './includes.js';

const put = (source: string) => withPartials('html', source, (key) => `[${key}]`);

describe('Partials in a text', () => {
  test.each([
    ["a {% include 'foot' %} b", 'a [foot] b'],
    ['a {%include "foot"%} b', 'a [foot] b'],
    ["a {%- include 'foot' -%} b", 'a[foot]b'],
    ["{% include 'a' %}{%- include 'b' -%}{% include 'c' %}", '[a][b][c]'],
    ["{% raw %}{% include 'foot' %}{% endraw %}", "{% raw %}{% include 'foot' %}{% endraw %}"],
    ["{% if x %}{% include 'foot' %}{% endif %}", '{% if x %}[foot]{% endif %}'],
    ['{{ include }}', '{{ include }}'],
  ])('%s becomes %s', (source, expected) => {
    expect(put(source)).toBe(expected);
  });

  test('are named once each, in order', () => {
    expect(includedIn('html', `{% include 'b' %}{% include "a" %}{% include 'b' %}`)).toEqual(['b', 'a']);
  });

  test.each(['{% include foot %}', "{% include 'foot' with x %}", "{% include 'foot', a: 1 %}", '{% include %}'])(
    'are named by a text alone: %s is refused at its place',
    (tag) => {
      const including = () => includedIn('html', `\n ${tag}`);
      expect(including).toThrow(TemplateSyntaxError);
      expect(including).toThrow(expect.objectContaining({ part: 'html', line: 2, column: 2 }));
    },
  );

  test('leave everything else at its place where they are taken out', () => {
    const source = "{% include 'a' %}\n{% include\n'b' %} {{ name }}";
    const without = withoutPartials('html', source);
    expect(without).toHaveLength(source.length);
    expect(without.indexOf('{{ name }}')).toBe(source.indexOf('{{ name }}'));
    expect(without.split('\n')).toHaveLength(3);
    expect(includedIn('html', without)).toEqual([]);
  });

  test('may not add up to more than any text may be', () => {
    const many = "{% include 'a' %}".repeat(5_000);
    const long = 'x'.repeat(LIMITS.source);
    expect(() => withPartials('html', many, () => long)).toThrow(TemplateTooExpensive);
  });
});

describe('A layout', () => {
  test('has places for the content, which is not looked into', () => {
    expect(
      placesIn('html', '<p>{{ content }}</p>{{content}}{{ content.x }}{{ contents }}{%raw%}{{ content }}{%endraw%}'),
    ).toBe(2);
    expect(aroundContent('html', '<p> {{- content }}</p>', "{{ content }}{% include 'a' %}")).toBe(
      "<p>{{ content }}{% include 'a' %}</p>",
    );
  });
});
