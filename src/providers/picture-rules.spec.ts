/** Which pictures Twilio and Plivo take. */
import { takesPictures, type Picture } from './picture-rules.js';
import { descriptorOf, type ProviderName } from './provider-catalog.js';

const KB = 1_024;
const MB = 1_024 * KB;

function takes(provider: ProviderName, ...pictures: Picture[]): boolean {
  const rules = descriptorOf(provider).pictureRules;
  return rules !== undefined && takesPictures(rules, pictures);
}

test.each<[string, number | undefined, twilio: boolean, plivo: boolean]>([
  ['image/jpeg', 2 * MB, true, true],
  ['image/jpeg', 2 * MB + 1, true, false],
  ['image/png', 5 * MB, true, false],
  ['image/gif', 5 * MB + 1, false, false],
  ['image/tiff', 500 * KB, true, true],
  ['image/tiff', 500 * KB + 1, false, true],
  ['video/mp4', 600 * KB, false, true],
  ['video/mp4', 600 * KB + 1, false, false],
  ['text/vcard', 1 * KB, true, true],
  ['application/pdf', 100 * KB, true, true],
  ['image/webp', 10 * KB, false, true],
  ['image/svg+xml', 10 * KB, false, false],
  ['image/avif', 10 * KB, false, false],
  ['text/html', 10 * KB, false, false],
  ['image/svg+xml', undefined, false, false],
  ['image/png', undefined, true, true],
])('%s of %s bytes: Twilio %s, Plivo %s', (type, bytes, byTwilio, byPlivo) => {
  const picture = bytes === undefined ? { type } : { type, bytes };
  expect({ twilio: takes('twilio', picture), plivo: takes('plivo', picture) }).toEqual({
    twilio: byTwilio,
    plivo: byPlivo,
  });
});

test('All pictures of a message together have at most 5 MB', () => {
  const picture = { type: 'image/png', bytes: 1.5 * MB };
  expect(takes('plivo', picture, picture, picture)).toBe(true);
  expect(takes('plivo', picture, picture, picture, picture)).toBe(false);
  expect(takes('twilio', picture, picture, picture, picture)).toBe(false);
});

test('Nothing is held against what is not known', () => {
  expect(takes('twilio', {}, { bytes: 5 * MB })).toBe(true);
  expect(takes('twilio', {}, { bytes: 5 * MB + 1 })).toBe(false);
  expect(takes('twilio', {}, { type: 'image/png', bytes: MB }, { type: 'image/svg+xml' })).toBe(false);
});
