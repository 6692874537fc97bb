/** The question in SQL says the same as the renderer says of one person. */
import fc from 'fast-check';
import { LACKS_VARIABLES, neededBy } from '../../src/campaigns/needed-variables.js';
import { compile, requiredVariables } from '../../src/templates/rendering/compile.js';
import { render, type TemplateData } from '../../src/templates/rendering/render.js';
import { MissingVariables, TemplateError } from '../../src/templates/template.errors.js';
import { openTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await openTestApp({ role: 'api' });
});
afterAll(() => app.close());

async function lacking(body: string, people: readonly TemplateData[]): Promise<boolean[]> {
  const rows = await app.database.query<{ lacks: boolean }>(
    `select ${LACKS_VARIABLES('attributes', '$2')} as lacks
     from jsonb_array_elements($1::jsonb) with ordinality as person (attributes, place) order by place`,
    [JSON.stringify(people), neededBy(compile({ channel: 'sms', body }))],
  );
  return rows.map(({ lacks }) => lacks);
}

/** The names that the renderer misses; empty if it renders, or fails for another reason. */
function missing(body: string, data: TemplateData): readonly string[] {
  try {
    render(compile({ channel: 'sms', body }), data);
    return [];
  } catch (error) {
    if (error instanceof MissingVariables) return error.names;
    if (error instanceof TemplateError) return [];
    throw error;
  }
}

test.each<[string, TemplateData, boolean]>([
  ['{{ seats.size }}', { seats: ['A', 'B'] }, false],
  ['{{ seats.size }}', { seats: [] }, false],
  ['{{ seats.size }}', { seats: { a: 1 } }, true],
  ['{{ shirt.size }}', { shirt: { size: 'XL' } }, false],
  ['{{ shirt.size }}', { shirt: { size: null } }, true],
  ['{{ name.size }}', { name: '' }, false],
  ['{{ count.size }}', { count: 5 }, true],
  ['{{ size }}', { a: 1 }, true],
  ['{{ seats.length }}', { seats: [] }, false],
  ['{{ seats.size.more }}', { seats: [] }, true],
  ['{{ seats.first }}', { seats: ['A'] }, false],
  ['{{ seats.first }}', { seats: [] }, true],
  ['{{ seats.first }}', { seats: [null] }, true],
  ['{{ seats.first.row }}', { seats: [{ row: 'F' }] }, false],
  ['{{ seats.last.row }}', { seats: [{ row: 'F' }, {}] }, true],
  ['{{ name.first }}', { name: 'Ana' }, true],
  ['{{ name.first }}', { name: { first: 'Ana' } }, false],
  ['{{ seats[-1] }}', { seats: ['A'] }, false],
  ['{{ seats[-2] }}', { seats: ['A'] }, true],
  ['{{ seats[1] }}', { seats: ['A'] }, true],
  ['{{ seats["0"] }}', { seats: ['A'] }, false],
  ['{{ seats["-1"] }}', { seats: ['A'] }, true],
  ['{{ seats[0] }}', { seats: { 0: 'A' } }, false],
  ['{{ seats[99999999999] }}', { seats: ['A'] }, true],
  ['{{ name[0] }}', { name: '\n' }, false],
  ['{{ name[0] }}', { name: '' }, true],
  ['{{ name[1] }}', { name: '🎶' }, true],
  ['{{ name[0][0].size }}', { name: '🎶' }, false],
  ['{{ name[300] }}', { name: 'x'.repeat(301) }, false],
  ['{{ name }}', { name: null }, true],
  ['{{ name }}', { name: '' }, false],
  ['{{ a.b }}', { a: null }, true],
  ['{{ ["a \\"b\\" . c"] }}', { 'a "b" . c': 1 }, false],
  ['{{ a["\u2028"] }}', { a: { '\u2028': 1 } }, false],
  [`{{ a${'.first'.repeat(40)} }}`, { a: [] }, false],
  [`{{ a${'.b'.repeat(3_000)} }}`, { a: 1 }, false],
])('of %s and %j it says %s', async (body, data, lacks) => {
  expect(await lacking(body, [data])).toEqual([lacks]);
  const isAsked = !/(?:\.first){7}|(?:\.b){51}/.test(body);
  if (isAsked) expect(missing(body, data).length > 0).toBe(lacks);
});

const name = fc.constantFrom('a', 'b', 'size', 'first', 'last', 'length', '0', 'odd "key"');
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom<unknown>(null, '', 'x', '🎶y', '\n', 0, 7.5, false, true),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(name, tie('value'), { maxKeys: 4 }),
  ),
}));
const person = fc.dictionary(name, value, { maxKeys: 8 }) as fc.Arbitrary<TemplateData>;

const step = fc.oneof(
  fc.constantFrom('.a', '.b', '.size', '.first', '.last', '.length', '["odd \\"key\\""]'),
  fc.constantFrom('[0]', '[1]', '[-1]', '[-2]', '["0"]', '["-1"]'),
);
const path = fc
  .tuple(fc.constantFrom('a', 'b', 'size', 'first', 'last'), fc.array(step, { maxLength: 4 }))
  .map(([root, steps]) => root + steps.join(''));
/** A path, and one in which a step is a variable. */
const read = fc.oneof({ weight: 5, arbitrary: path }, { weight: 1, arbitrary: path.map((inner) => `b[${inner}]`) });

const line = fc.oneof(
  read.map((from) => `{{ ${from} }}`),
  read.map((from) => `{{ ${from} | default: "x" }}`),
  fc.tuple(read, read).map(([from, other]) => `{{ ${from} | default: ${other} | append: "x" }}`),
  fc.tuple(read, read).map(([from, other]) => `{{ "x" | date: ${from} | append: ${other} }}`),
  fc.tuple(read, read).map(([from, other]) => `{{ ${from} | plus: 1 | divided_by: ${other} }}`),
  fc
    .tuple(fc.constantFrom('a', 'b', 'c'), read)
    .map(([local, from]) => `{% assign ${local} = ${from} %}{{ ${local} }}`),
  fc.constantFrom('{% increment a %}', '{% capture b %}x{% endcapture %}', '{% comment %}{{ z }}{% endcomment %}', 'x'),
  fc.constantFrom('{% break %}', '{% raw %}{{ z }}{% endraw %}', '{{ (1..a) | join }}', '{% cycle a, b %}'),
  read.map((from) => `{% echo ${from} %}`),
);
const { template } = fc.letrec<{ template: string }>((tie) => ({
  template: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.array(line, { minLength: 1, maxLength: 3 }).map((lines) => lines.join('')),
    fc.array(tie('template'), { maxLength: 3 }).map((parts) => parts.join('')),
    fc.tuple(read, tie('template')).map(([from, inner]) => `{% if ${from} %}${inner}{% endif %}`),
    fc.tuple(read, tie('template')).map(([from, inner]) => `{% unless ${from} == 7.5 %}${inner}{% endunless %}`),
    fc.tuple(read, tie('template')).map(([from, inner]) => `{% case ${from} %}{% when "x" %}${inner}{% endcase %}`),
    fc
      .tuple(read, read, tie('template'))
      .map(([from, most, inner]) => `{% for c in ${from} limit: ${most} %}${inner}{% else %}{{ b }}{% endfor %}`),
    fc
      .tuple(read, tie('template'))
      .map(([from, inner]) => `{% tablerow c in ${from} cols: 2 %}${inner}{% endtablerow %}`),
    tie('template').map((inner) => `{% capture c %}${inner}{% endcapture %}{{ c }}`),
  ),
}));

test('whoever it leaves out could not be rendered, and whoever lacks what is always needed is left out', async () => {
  const seen = { out: 0, in: 0 };
  await fc.assert(
    fc.asyncProperty(template, fc.array(person, { minLength: 1, maxLength: 20 }), async (lines, people) => {
      const body = `Hi ${lines}`;
      const always = new Set(
        requiredVariables(compile({ channel: 'sms', body })).filter((variable) => !/\[[a-z]/.test(variable)),
      );
      const stored = JSON.parse(JSON.stringify(people)) as TemplateData[];
      const verdicts = stored.map((data) => missing(body, data));
      const said = await lacking(body, stored);
      expect(said).toEqual(
        verdicts.map((names, at) => names.some((variable) => always.has(variable)) || (said[at] && names.length > 0)),
      );
      for (const lacks of said) seen[lacks ? 'out' : 'in'] += 1;
    }),
    { numRuns: 600 },
  );
  expect(Math.min(seen.out, seen.in)).toBeGreaterThan(500);
});
