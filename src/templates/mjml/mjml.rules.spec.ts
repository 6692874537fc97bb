import { lostLiquid, mjmlFaults } from './mjml.rules.js';

const inBody = (content: string): string => `<mjml><mj-body>${content}</mj-body></mjml>`;
const section = (content: string): string => inBody(`<mj-section><mj-column>${content}</mj-column></mj-section>`);

describe('What MJML would garble', () => {
  test.each([
    section('<mj-text>Hello {% if vip %}<b>{{ name }}</b>{% endif %}</mj-text>'),
    section('<mj-image src="a.png" alt="1 > 0" /><mj-text font-size="12px">a</mj-text>'),
    section('<mj-raw>{% if vip %}</mj-raw><mj-text>x</mj-text><mj-raw>{% endif %}</mj-raw>'),
    inBody('<!-- a word --><mj-section>\n</mj-section>'),
    `<mjml><mj-head><mj-style>.a > b { color: red }</mj-style><mj-title>Hi</mj-title></mj-head></mjml>`,
  ])('is nothing in %s', (source) => {
    expect(mjmlFaults(source)).toEqual([]);
  });

  test.each([
    [inBody('{% if vip %}<mj-section></mj-section>{% endif %}'), ['{% if vip %}', '{% endif %}']],
    [section('Hello <mj-text>x</mj-text>'), ['Hello']],
    [section('<mj-text>x</mj-text> and <mj-image src="a"/> more'), ['and', 'more']],
    [inBody('<mj-include path="/etc/passwd" />'), ['mj-include reads files']],
    [section(`<mj-text css-class='a"b'>x</mj-text>`), ['&quot;']],
  ])('is named in %s', (source, words) => {
    const faults = mjmlFaults(source);
    expect(faults).toHaveLength(words.length);
    for (const [place, word] of words.entries()) expect(faults[place]).toContain(word);
  });

  test('is Liquid that its HTML lacks, each once', () => {
    expect(lostLiquid('{{ a }}{{ a }}{% if b %}{% endif %}', '{{ a }}{% if b %}{% endif %}')).toEqual(['{{ a }}']);
    expect(lostLiquid('{{ a }}', '<title>{{ a }}</title>{{ a }}')).toEqual([]);
    expect(() => lostLiquid('{{ a }}', '<i>{{ a </i>')).toThrow(expect.objectContaining({ code: 'template_syntax' }));
  });

  test.each(['<mj-text', "<mj-text a='", '<mj-section>x', '<!--', '<mj-text>'])(
    'is found in %j, thirty thousand times over, in moments',
    (piece) => {
      expect(mjmlFaults(piece.repeat(30_000)).length).toBeLessThanOrEqual(30_000);
    },
  );
});
