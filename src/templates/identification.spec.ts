/** What marketing by text lacks of its sender's identification. */
import { certainlyLacking, lacking } from './identification.js';
import { compile } from './rendering/compile.js';

const NAMES = ['Kulturhaus Süd', 'The Boathouse'];

describe('A text', () => {
  test.each([
    ['The Boathouse: doors open at 7. Reply STOP to opt out', []],
    ['the  BOATHOUSE: doors open at 7. Reply stop', []],
    ['Kulturhaus Su\u0308d: Einlass um 7. Abmelden mit STOPP, oder abmelden', []],
    ['The Boathouse : portes à 19 h. Répondez ARRÊT', []],
    ['Doors open at 7. Reply STOP', ['sender']],
    ['The Boathouse: next stopover at 7, the bus stops here', ['opt_out']],
    ['Doors open at 7', ['sender', 'opt_out']],
  ])('“%s” lacks %j', (text, missing) => {
    expect(lacking(text, NAMES, false)).toEqual(missing);
  });

  test('with our link to leave says how to', () => {
    expect(lacking('The Boathouse: doors open at 7', NAMES, true)).toEqual([]);
  });
});

describe('A template', () => {
  const missing = (body: string, translations: object[] = []): readonly string[] =>
    certainlyLacking(
      compile({ channel: 'sms', body, language: 'en', translations } as Parameters<typeof compile>[0]),
      NAMES,
    );

  test.each([
    ['The Boathouse: {{ name }}, doors open at 7. Reply STOP', []],
    ['{{ venue }}: doors open at 7. Reply STOP', []],
    ['{{ venue }}: doors open at 7', ['opt_out']],
    ['Doors open at 7. Reply STOP', ['sender']],
    ['The Boathouse: doors open at 7. Leave: {{ unsubscribe_url }}', []],
  ])('“%s” certainly lacks %j', (body, lacks) => {
    expect(missing(body)).toEqual(lacks);
  });

  test('lacks it in any of its languages', () => {
    const body = 'The Boathouse: doors open at 7. Reply STOP';
    expect(missing(body, [{ language: 'de', body: 'Einlass um 7. STOP zum Abmelden' }])).toEqual(['sender']);
  });
});
