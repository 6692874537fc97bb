/** Which addresses of media are asked, by whose credentials, and where they may lead. */
import type { ProviderAccount } from '../../src/providers/provider.port.js';
import { plivoMediaRequest } from '../../src/providers/plivo/plivo.media.js';
import { twilioMediaRequest } from '../../src/providers/twilio/twilio.media.js';

const SID = `AC${'1'.repeat(32)}`;
const AUTH_ID = `MA${'A'.repeat(18)}`;
const account = (credentials: Readonly<Record<string, string>>): ProviderAccount => ({
  id: 'a',
  version: 1,
  credentials,
});
const ours = account({ accountSid: SID, authToken: 'token-of-ours' });
const plivos = account({ authId: AUTH_ID, authToken: 'token-of-ours' });
const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`;
const PATH = `/2010-04-01/Accounts/${SID}/Messages/MM1/Media/ME1`;

test('Twilio’s API is asked in every region, by the key where there is one, and leads to storage alone', () => {
  const asked = twilioMediaRequest(ours, `https://api.twilio.com${PATH}`, undefined);
  expect(asked?.headers).toEqual({ authorization: basic(`${SID}:token-of-ours`) });
  expect(twilioMediaRequest(ours, `https://api.dublin.ie1.twilio.com${PATH}`, undefined)).toBeDefined();
  const keyed = account({ ...ours.credentials, apiKeySid: 'SK1', apiKeySecret: 'secret-of-it' });
  expect(twilioMediaRequest(keyed, `https://api.twilio.com${PATH}`, undefined)?.headers).toEqual({
    authorization: basic('SK1:secret-of-it'),
  });
  for (const storage of [
    'https://mms.twiliocdn.com/AC/1?Expires=1',
    'https://s3-external-1.amazonaws.com/media.twiliocdn.com/AC/1',
  ])
    expect([storage, asked?.mayLeadTo(storage)]).toEqual([storage, true]);
  for (const elsewhere of [
    'https://example.com/1',
    'http://mms.twiliocdn.com/1',
    'https://twiliocdn.com.example.org/1',
    `https://api.twilio.com${PATH}`,
  ])
    expect([elsewhere, asked?.mayLeadTo(elsewhere)]).toEqual([elsewhere, false]);
});

test.each([
  `http://api.twilio.com${PATH}`,
  `https://api.twilio.com:8443${PATH}`,
  `https://api.twilio.com.example.org${PATH}`,
  `https://evil.example/api.twilio.com${PATH}`,
  `https://user@api.twilio.com${PATH}`,
  `https://video.twilio.com${PATH}`,
  `https://api.twilio.com/2010-04-01/Accounts/AC${'2'.repeat(32)}/Messages/MM1/Media/ME1`,
  `https://api.twilio.com/2010-04-01/Accounts/${SID}/Messages/../Calls.json`,
  `https://api.twilio.com/2010-04-01/Accounts/${SID}/Messages/%2e%2e/Calls.json`,
])('Twilio’s credentials are not shown to %s', (url) => {
  expect(twilioMediaRequest(ours, url, undefined)).toBeUndefined();
});

test('Plivo’s host for media is asked, and leads nowhere', () => {
  for (const url of [
    `https://media.plivo.com/Account/${AUTH_ID}/Media/1`,
    `https://aps1.media.plivo.com/v1/Account/${AUTH_ID}/Media/1`,
  ]) {
    const asked = plivoMediaRequest(plivos, url, undefined);
    expect(asked?.headers).toEqual({ authorization: basic(`${AUTH_ID}:token-of-ours`) });
    expect(asked?.mayLeadTo(url)).toBe(false);
  }
  for (const url of [
    `https://media.plivo.com/Account/MA${'B'.repeat(18)}/Media/1`,
    `https://media.plivo.com.example.org/Account/${AUTH_ID}/Media/1`,
    `http://media.plivo.com/Account/${AUTH_ID}/Media/1`,
  ])
    expect([url, plivoMediaRequest(plivos, url, undefined)]).toEqual([url, undefined]);
});

test('Where the configuration has the API elsewhere, its media are there too', () => {
  const base = 'http://mock:8080';
  expect(twilioMediaRequest(ours, base + PATH, base)?.mayLeadTo(`${base}/storage/1`)).toBe(true);
  expect(twilioMediaRequest(ours, `http://mock:8081${PATH}`, base)).toBeUndefined();
  expect(plivoMediaRequest(plivos, `${base}/v1/Account/${AUTH_ID}/Media/1`, base)).toBeDefined();
});
