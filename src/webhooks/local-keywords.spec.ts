/** Keywords in the languages of the countries that a text is between. */
import { localKeyword } from './local-keywords.js';

const [GERMAN, FRENCH, SPANISH, AMERICAN, DANISH] = [
  '+4915212345678',
  '+33612345678',
  '+34612345678',
  '+12125550142',
  '+4520123456',
] as const;

test.each([
  ['Abmelden', GERMAN, 'stop'],
  [' stopp! ', GERMAN, 'stop'],
  ['Hilfe', GERMAN, 'help'],
  ['ARRÊT', FRENCH, 'stop'],
  ['arret', FRENCH, 'stop'],
  ['désabonner', FRENCH, 'stop'],
  ['Aide?', FRENCH, 'help'],
  ['baja', SPANISH, 'stop'],
  ['Dar-me de baja', SPANISH, 'stop'],
  ['AYUDA', SPANISH, 'help'],
  ['hjælp', DANISH, 'help'],
] as const)('„%s“ to or from %s is %s', (body, number, keyword) => {
  expect(localKeyword(body, [AMERICAN, number])).toBe(keyword);
  expect(localKeyword(body, [number, AMERICAN])).toBe(keyword);
});

test.each([
  ['Abmelden', FRENCH],
  ['arret', GERMAN],
  ['Bitte abmelden und danke', GERMAN],
  ['Hilfe beim Bezahlen', GERMAN],
  ['', GERMAN],
  ['…', GERMAN],
  ['x'.repeat(100_000), GERMAN],
  ['Anmelden', GERMAN],
])('„%.30s“ to %s is no keyword', (body, number) => {
  expect(localKeyword(body, [number, '+4420'])).toBeUndefined();
});

test('A number that is none, such as a user id of WhatsApp, has no language', () => {
  expect(localKeyword('Abmelden', ['DE.13491208655302741918', '12345'])).toBeUndefined();
});
