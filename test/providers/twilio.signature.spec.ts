/** Twilio's webhook signature: published examples, the SDK's signer, and forgeries. */
import { createHmac } from 'node:crypto';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import type { WebhookRequest } from '../../src/providers/provider.webhook.js';
import { accountSidOf, isTwilioSignature } from '../../src/providers/twilio/twilio.signature.js';
import { MalformedWebhook } from '../../src/providers/webhook.errors.js';

const TOKEN = '12345';
const URL_AS_CALLED = 'https://desk.example.com/webhook/twilio?mid=0199a3c4-7d2e-7c11-9a53-0b6f1d2c3e4f';
const fields = {
  MessageSid: 'SM1',
  AccountSid: 'AC1',
  From: '+14155550111',
  To: '+14155550100',
  Body: "Où est l'entrée? 100% + 1 & more",
  Empty: '',
};

const request = (url: string, form: Record<string, string>, signature?: string): WebhookRequest => ({
  url,
  headers: { 'x-twilio-signature': signature },
  rawBody: Buffer.from(new URLSearchParams(form).toString()),
});

/** Twilio's rule in its own words: the URL, then each field's name and value, sorted by name; HMAC-SHA1 with the auth token. */
const byTheBook = (url: string, form: Record<string, string>, token = TOKEN): string =>
  createHmac('sha1', token)
    .update(
      url +
        Object.entries(form)
          .sort(([one], [other]) => (one < other ? -1 : 1))
          .flat()
          .join(''),
    )
    .digest('base64');

describe("Twilio's signature", () => {
  test.each([
    ['+12349013030', '0/KCTR6DLpKmkAf8muzZqo1nDgQ='],
    ['+14158675309', 'RSOYDt4T1cUTdK1PDd93/VVr8B8='],
  ])("fits the example of Twilio's documentation for %s", (caller, signature) => {
    const form = { CallSid: 'CA1234567890ABCDE', Caller: caller, Digits: '1234', From: caller, To: '+18005551212' };
    expect(isTwilioSignature(request('https://mycompany.com/myapp.php?foo=1&bar=2', form, signature), [TOKEN])).toBe(
      true,
    );
  });

  test.each([
    URL_AS_CALLED,
    'http://127.0.0.1:3000/webhook/twilio?mid=1',
    'https://desk.example.com:8443/webhook/twilio',
    "https://desk.example.com/it's/{here}?q=a+b%20c",
  ])('is the same by the book, by the SDK and by us for %s', (url) => {
    const signature = byTheBook(url, fields);
    expect(getExpectedTwilioSignature(TOKEN, url, fields)).toBe(signature);
    expect(isTwilioSignature(request(url, fields, signature), [TOKEN])).toBe(true);
  });

  test('covers a field that comes several times', () => {
    const body = { url: URL_AS_CALLED, rawBody: Buffer.from('AccountSid=AC1&MediaUrl=b&MediaUrl=a') };
    const signature = getExpectedTwilioSignature(TOKEN, URL_AS_CALLED, { AccountSid: 'AC1', MediaUrl: ['b', 'a'] });
    expect(isTwilioSignature({ ...body, headers: { 'x-twilio-signature': signature } }, [TOKEN])).toBe(true);
  });

  const signature = byTheBook(URL_AS_CALLED, fields);

  test.each([
    ['no signature', request(URL_AS_CALLED, fields)],
    ['an empty signature', request(URL_AS_CALLED, fields, '')],
    ['a signature of another length', request(URL_AS_CALLED, fields, `${signature}=`)],
    ['another URL', request(URL_AS_CALLED.replace('mid=0', 'mid=1'), fields, signature)],
    ['another host', request(URL_AS_CALLED.replace('desk', 'disk'), fields, signature)],
    ['a field altered', request(URL_AS_CALLED, { ...fields, Body: 'STOP' }, signature)],
    ['a field added', request(URL_AS_CALLED, { ...fields, OptOutType: 'STOP' }, signature)],
    ['a field of an odd name added', request(URL_AS_CALLED, { ...fields, ['__proto__']: 'x' }, signature)],
    ['a field gone', request(URL_AS_CALLED, { MessageSid: 'SM1', AccountSid: 'AC1' }, signature)],
  ])('does not fit with %s', (_, forged) => {
    expect(isTwilioSignature(forged, [TOKEN])).toBe(false);
  });

  test('does not fit with any single byte of the body altered', () => {
    const good = request(URL_AS_CALLED, fields, signature);
    for (let index = 0; index < good.rawBody.length; index += 1) {
      const rawBody = Buffer.from(good.rawBody);
      rawBody[index] = rawBody[index] === 0x41 ? 0x42 : 0x41;
      expect(isTwilioSignature({ ...good, rawBody }, [TOKEN])).toBe(false);
    }
  });

  test('fits either token while they are rotated, and none where the account is not known', () => {
    const good = request(URL_AS_CALLED, fields, signature);
    expect(isTwilioSignature(good, ['new', TOKEN])).toBe(true);
    expect(isTwilioSignature(good, ['new', 'newer'])).toBe(false);
    expect(isTwilioSignature(good, [])).toBe(false);
  });

  test('the account is named in the body', () => {
    expect(accountSidOf(request(URL_AS_CALLED, fields))).toBe('AC1');
    for (const AccountSid of [undefined, '', 'AC\0', 'AC 1', 'A'.repeat(65)]) {
      const form = { MessageSid: 'SM1', ...(AccountSid !== undefined && { AccountSid }) };
      expect(() => accountSidOf(request(URL_AS_CALLED, form))).toThrow(MalformedWebhook);
    }
  });
});
