/** What lists say for yes and no. */
import { readDecision } from './decision-words.js';

test.each([
  [
    'opted_in',
    [
      'yes',
      'Y',
      'TRUE',
      '1',
      'x',
      '✓',
      '✔ ja',
      'Ja',
      'oui',
      'Sí',
      'sì',
      'sim',
      'tak',
      'да',
      'はい',
      'SUBSCRIBED',
      'opted-in',
      'Opt In',
    ],
  ],
  [
    'opted_out',
    [
      'no',
      'N',
      'false',
      '0',
      '✗',
      'nein',
      'non',
      'não',
      'nee',
      'nej',
      'нет',
      'いいえ',
      'UNSUBSCRIBED',
      'opted_out',
      'revoked',
    ],
  ],
  [null, ['', ' ', '-', 'n/a', 'never_subscribed', 'pending', 'unknown', 'null']],
  [undefined, ['perhaps', 'yes and no', '2', 'ana@example.com', 'cleaned']],
] as const)('A cell is understood as %s', (decision, cells) => {
  expect(cells.map((cell) => [cell, readDecision(cell)])).toEqual(cells.map((cell) => [cell, decision]));
});
