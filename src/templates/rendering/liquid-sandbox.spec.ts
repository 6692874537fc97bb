import fc from 'fast-check';
import { compile } from './compile.js';
import { LIMITS } from './limits.js';
import { parseFault } from './liquid-faults.js';
import { render, type TemplateData } from './render.js';

const sms = (body: string, data: TemplateData = {}) => render(compile({ channel: 'sms', body }), data);
const tooExpensive = (message: unknown) =>
  expect.objectContaining({ code: 'template_too_expensive', part: 'body', message });

/** Many times the limits: the test machine may be busy. */
const SOON = 100_000;

function within(milliseconds: number, run: () => void): void {
  const start = performance.now();
  run();
  expect(performance.now() - start).toBeLessThan(milliseconds);
}

describe('A template sees its data and nothing else', () => {
  const data = { name: 'Ana', list: [1], nested: { a: 1 } };

  test.each([
    'constructor',
    '__proto__',
    'toString',
    'hasOwnProperty',
    'globalThis',
    'process',
    'name.constructor',
    'name.__proto__.constructor',
    'list.constructor.constructor',
    'list.map',
    'nested.__proto__',
    'nested["constructor"]',
    'nested.hasOwnProperty.call',
    '"".constructor',
    '"".constructor.constructor',
  ])('%s is a missing variable', (expression) => {
    expect(() => sms(`{{ ${expression} }}`, data)).toThrow(
      expect.objectContaining({ code: 'missing_variables', names: [expression] }),
    );
    expect(sms(`{{ ${expression} | default: 'none' }}`, data)).toEqual({ kind: 'text', body: 'none' });
  });

  test('a property name from the data reaches no further', () => {
    const body = '{{ nested[key] | default: "none" }}{{ list | map: key | join }}{{ list | where: key, 1 | size }}';
    for (const key of ['constructor', '__proto__', 'toString']) {
      expect(sms(body, { ...data, key })).toEqual({ kind: 'text', body: 'none0' });
    }
  });

  test('data with a property named __proto__ pollute nothing', () => {
    const hostile: TemplateData = JSON.parse(
      '{ "a": { "__proto__": { "polluted": "yes" } }, "__proto__": { "polluted": "yes" } }',
    );
    const body =
      '{% assign __proto__ = a %}{% capture constructor %}x{% endcapture %}{% increment toString %}{{ a.__proto__.polluted }}';
    expect(sms(body, hostile)).toEqual({ kind: 'text', body: '0yes' });
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    expect(() => sms('{{ polluted }}', {})).toThrow(expect.objectContaining({ names: ['polluted'] }));
  });

  test.each(['include "x"', 'render "x"', 'layout "x"', 'block x'])('the tag {%% %s %%} is not available', (tag) => {
    expect(() => compile({ channel: 'sms', body: `{% ${tag} %}` })).toThrow(
      expect.objectContaining({ code: 'template_syntax' }),
    );
  });

  test('no filter evaluates text as code', () => {
    for (const filter of ['where_exp', 'reject_exp', 'group_by_exp', 'has_exp', 'find_exp', 'find_index_exp']) {
      const body = `{{ list | ${filter}: "x", "x > 1" }}`;
      expect(() => compile({ channel: 'sms', body })).toThrow(expect.objectContaining({ code: 'template_syntax' }));
    }
  });

  test('data are never parsed as Liquid', () => {
    expect(sms('{{ a }}', { a: '{{ b }}{% include "x" %}', b: 1 })).toEqual({
      kind: 'text',
      body: '{{ b }}{% include "x" %}',
    });
  });
});

describe('A template is bounded in its output', () => {
  const big = '%'.repeat(200_000);
  test.each([
    ['a huge loop', '{% for i in (1..100000000) %}x{% endfor %}'],
    ['a loop with much text', `{% for i in (1..10000) %}${'x'.repeat(1_000)}{% endfor %}`],
    ['a megabyte and more of output', '{{ big }}{{ big }}{{ big }}{{ big }}{{ big }}{{ big }}'],
    [
      'a text doubled by append',
      '{% assign s = "x" %}{% for i in (1..64) %}{% assign s = s | append: s %}{% endfor %}',
    ],
    [
      'a text doubled by capture',
      '{% assign s = "x" %}{% for i in (1..64) %}{% capture s %}{{ s }}{{ s }}{% endcapture %}{% endfor %}',
    ],
    ['a chain of filters that grow a text', `{{ big ${'| url_encode '.repeat(9_000)} }}`],
    ['one replacement', '{{ big | replace: "%", big }}'],
    ['a wide table', '{% tablerow i in (1..900000) %}{% endtablerow %}'],
  ])('%s is stopped', (_what, body) => {
    // On a slow machine its time may be up before its output is too long.
    const limit = expect.stringMatching(`more than ${LIMITS.made}|takes longer`) as unknown;
    within(SOON, () => expect(() => sms(body, { big })).toThrow(tooExpensive(limit)));
  });
});

describe('A template is bounded in time', () => {
  const long = Array.from({ length: 50_000 }, () => 1);
  const other = [...long.slice(1), 2];
  test.each([
    ['loops in loops', `${'{% for i in (1..1000) %}'.repeat(3)}${'{% endfor %}'.repeat(3)}`],
    ['long comparisons in one tag', `{% if ${'long == other and '.repeat(6_000)} true %}{% endif %}`],
    ['long comparisons in one case', `{% case long %}{% when ${'other, '.repeat(15_000)} 1 %}{% endcase %}`],
    ['long searches', '{{ long | has: "x", 2 }}'.repeat(4_000)],
  ])('%s are stopped', (_what, body) => {
    within(SOON, () =>
      expect(() => sms(body, { long, other })).toThrow(
        tooExpensive(expect.stringContaining(`${LIMITS.milliseconds} ms`)),
      ),
    );
  });

  test('a rendering that only a busy host made slow continues', () => {
    const venue = {
      get name() {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LIMITS.milliseconds * 1.5); // the host is busy with something else
        return 'Blue Hall';
      },
    };
    const body = '{{ venue.name }}{{ venue.name }}{{ venue.name }}';
    expect(sms(body, { venue })).toEqual({ kind: 'text', body: 'Blue HallBlue HallBlue Hall' });
  });
});

describe('A template is bounded in size', () => {
  test.each([
    ['too long', 'x'.repeat(LIMITS.source + 1), 'is longer than'],
    ['of too many tags', '{{ a }}'.repeat(LIMITS.tags + 1), 'Liquid tags'],
    ['nested too deep', `${'{% if a %}'.repeat(60)}${'{% endif %}'.repeat(60)}`, 'too deep'],
    ['nested so deep that the parser gives up', `{% liquid\n${'if a\n'.repeat(20_000)}%}`, 'too deep'],
    [
      'a path nested so deep that the parser gives up',
      `{{ ${'a['.repeat(40_000)}a${']'.repeat(40_000)} }}`,
      'too deep',
    ],
  ])('one %s is rejected', (_what, body, reason) => {
    within(SOON, () =>
      expect(() => compile({ channel: 'sms', body })).toThrow(tooExpensive(expect.stringContaining(reason))),
    );
  });

  test.each([
    'Maximum call stack size exceeded, line:1, col:1',
    'Invalid regular expression: /a b/gm: Stack overflow, line:1366, col:1',
    'Invalid regular expression: /a b/gm: Maximum call stack size exceeded, line:1425, col:1',
  ])('the stack may end while an error is made: %s', (message) => {
    expect(parseFault('body', new Error(message))).toEqual(tooExpensive(expect.stringContaining('too deep')));
  });

  test('extremely nested HTML still renders', () => {
    const html = '<div><table><tr><td><ul><li><blockquote>'.repeat(3_000);
    within(SOON, () => expect(render(compile({ channel: 'email', subject: 'x', html }), {})).toMatchObject({ html }));
  });
});

test('No error quotes the data', () => {
  const secret = 'hunter2';
  const word = fc.constantFrom(
    'name',
    'order.total',
    'list',
    'odd[name]',
    'name[name]',
    'list[0]',
    'absent',
    '(1..name)',
    '"x"',
  );
  const filter = fc.constantFrom(
    'date: "%A", name',
    'date: name',
    'money: name',
    'money: "EUR", name',
    'base64_decode',
    'url_decode',
    'upcase',
    'split: name',
    'plus: name',
    'where: name, name',
    'map: name',
    'sort: name',
    'round: name',
    'json',
    'join: odd',
    'default: absent',
    'slice: name',
  );
  const piece = fc
    .tuple(
      fc.constantFrom('{{ # }}', '{% assign x = # %}{{ x[name] }}', '{% cycle # %}'),
      word,
      fc.array(filter, { maxLength: 3 }),
    )
    .map(([tag, first, filters]) => tag.replace('#', () => [first, ...filters].join(' | ')));
  const data = {
    name: secret,
    order: { total: secret },
    list: [secret, { [secret]: secret }],
    odd: { toString: secret, [secret]: 1 },
  };
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 4 }), (pieces) => {
      const template = compile({ channel: 'sms', body: pieces.join('') });
      try {
        render(template, data);
      } catch (error) {
        expect(error).toHaveProperty('code', expect.stringMatching(/^(missing_variables|template_\w+)$/));
        expect(`${JSON.stringify(error)}${error instanceof Error ? error.stack : ''}`).not.toContain(secret);
      }
    }),
    { numRuns: 500 },
  );
});
