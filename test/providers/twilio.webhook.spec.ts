/** Twilio's callbacks as events of ours. */
import type { ProviderEvent } from '../../src/providers/provider.events.js';
import type { WebhookRequest } from '../../src/providers/provider.webhook.js';
import { keywordOf } from '../../src/providers/twilio/twilio.keywords.js';
import { parseTwilioWebhook } from '../../src/providers/twilio/twilio.webhook.js';
import { MalformedWebhook } from '../../src/providers/webhook.errors.js';

const MID = '0199a3c4-7d2e-7c11-9a53-0b6f1d2c3e4f';
const SID = `SM${'a'.repeat(32)}`;

const request = (form: Record<string, string>, query = `?mid=${MID}`): WebhookRequest => ({
  url: `https://desk.example.com/webhook/twilio${query}`,
  headers: {},
  rawBody: Buffer.from(new URLSearchParams({ AccountSid: 'AC1', MessageSid: SID, ...form }).toString()),
});
const read = (form: Record<string, string>, query?: string): ProviderEvent[] =>
  parseTwilioWebhook(request(form, query));
const callback = (MessageStatus: string, more: Record<string, string> = {}) => ({
  MessageStatus,
  SmsStatus: MessageStatus,
  To: '+14155550111',
  From: '+14155550100',
  ...more,
});

describe('Twilio status callbacks', () => {
  test.each(['sent', 'delivered', 'read', 'undelivered', 'failed'] as const)('%s', (word) => {
    expect(read(callback(word))).toEqual([
      { kind: 'status', dedupeKey: `${SID}:${word}`, messageId: MID, providerMessageId: SID, status: word },
    ]);
  });

  test('a cancelled message failed', () => {
    expect(read(callback('canceled'))).toMatchObject([
      { dedupeKey: `${SID}:canceled`, status: 'failed', code: 'canceled' },
    ]);
  });

  test('a read receipt is read, whatever else it says', () => {
    expect(read(callback('delivered', { EventType: 'READ', To: 'whatsapp:+14155550111' }))).toMatchObject([
      { status: 'read', dedupeKey: `${SID}:read` },
    ]);
  });

  test.each(['queued', 'accepted', 'scheduled', 'sending', 'partially_delivered', 'constructor'])(
    '%s is ignored',
    (word) => {
      expect(read(callback(word))).toEqual([{ kind: 'ignored', dedupeKey: `${SID}:${word}`, type: word }]);
    },
  );

  test.each(['30005', '30006', '21614'])('%s says that the number is dead', (ErrorCode) => {
    expect(read(callback('undelivered', { ErrorCode }))).toMatchObject([
      { status: 'undelivered', code: ErrorCode, suppress: { address: '+14155550111', reason: 'invalid_address' } },
    ]);
  });

  test.each(['30003', '30004', '30007', '63003', '63016', '21610'])('%s does not', (ErrorCode) => {
    const [event] = read(callback('failed', { ErrorCode }));
    expect(event).toMatchObject({ status: 'failed', code: ErrorCode });
    expect(event).not.toHaveProperty('suppress');
  });

  test('30006 does not either if a short code was the sender: its carrier may serve none', () => {
    expect(read(callback('undelivered', { ErrorCode: '30006', From: '24365' }))[0]).not.toHaveProperty('suppress');
  });

  test('a delivered message needs no code', () => {
    expect(read(callback('delivered', { ErrorCode: '30005' }))[0]).not.toHaveProperty('code');
  });

  test('an old callback without MessageStatus is read by SmsStatus', () => {
    expect(read({ SmsStatus: 'delivered' })).toMatchObject([{ status: 'delivered' }]);
  });

  test.each(['', '?mid=', '?mid=1%20or%201', `?other=${MID}`])(
    'with the query %j the message is known only by its sid',
    (query) => {
      const [event] = read(callback('sent', { To: 'whatsapp:+14155550111' }), query);
      expect(event).not.toHaveProperty('messageId');
      expect(event).toMatchObject({ lookup: { providerMessageId: SID, to: '+14155550111' } });
      // A repeat with our id must not pass for a repeat of this one.
      expect(event?.dedupeKey).not.toBe(read(callback('sent'))[0]?.dedupeKey);
    },
  );
});

test.each(['MessageSid', 'MessageStatus', 'SmsStatus'])('a webhook whose %s is no word is malformed', (field) => {
  const form = { SmsStatus: 'delivered', ...(field === 'MessageStatus' && { MessageStatus: 'x' }) };
  for (const value of ['', 'x'.repeat(321)]) expect(() => read({ ...form, [field]: value })).toThrow(MalformedWebhook);
});

describe('Twilio inbound messages', () => {
  const inbound = (form: Record<string, string>) =>
    read({ SmsStatus: 'received', From: '+14155550111', To: '+14155550100', NumMedia: '0', Body: 'Hi', ...form }, '');

  test('an SMS', () => {
    expect(inbound({ Body: 'Is there parking?' })).toEqual([
      {
        kind: 'inbound',
        dedupeKey: `inbound:${SID}`,
        channel: 'sms',
        from: '+14155550111',
        to: '+14155550100',
        body: 'Is there parking?',
        providerMessageId: SID,
      },
    ]);
  });

  test('an MMS, also without text', () => {
    const [url, mediaType] = ['https://api.twilio.com/m', 'image/jpeg'];
    const form = { NumMedia: '3', MediaUrl0: url, MediaContentType0: mediaType, MediaUrl1: 'nowhere', MediaUrl2: url };
    expect(inbound({ ...form, Body: '' })).toMatchObject([
      { channel: 'mms', body: '', media: [{ url, mediaType }, { url }] },
    ]);
  });

  test('a WhatsApp message, with plain numbers', () => {
    expect(inbound({ From: 'whatsapp:+14155550111', To: 'whatsapp:+14155550100', ProfileName: 'Ana' })).toMatchObject([
      { channel: 'whatsapp', from: '+14155550111', to: '+14155550100' },
    ]);
  });

  test.each([
    ['Stop promotions', 'campaign-7', 'stop'],
    ['No more of these', 'STOP', 'stop'],
    ['Keep me posted', 'START', 'start'],
    ['Stop the music?', 'answer-2', undefined],
  ])('a button of a WhatsApp template, “%s” with the payload %s: %s', (text, payload, keyword) => {
    const tapped = { From: 'whatsapp:+14155550111', Body: text, ButtonText: text, ButtonPayload: payload };
    expect(inbound(tapped)).toMatchObject([{ channel: 'whatsapp', body: text }]);
    expect(inbound(tapped)[0]).toEqual(
      keyword
        ? expect.objectContaining({ keyword })
        : expect.not.objectContaining({ keyword: expect.anything() as string }),
    );
  });

  test('a message of a channel that is not ours is ignored', () => {
    expect(inbound({ From: 'messenger:1234' })).toEqual([
      { kind: 'ignored', dedupeKey: `inbound:${SID}`, type: 'inbound' },
    ]);
  });

  test('a keyword', () => {
    expect(inbound({ Body: ' stop\n' })).toMatchObject([{ keyword: 'stop' }]);
    expect(inbound({ Body: 'Baja', OptOutType: 'STOP' })).toMatchObject([
      { keyword: 'stop', body: 'Baja', isAnsweredByProvider: true },
    ]);
    expect(inbound({ Body: 'Please stop the music' })[0]).not.toHaveProperty('keyword');
  });

  test.each([
    ['no message', { MessageSid: '', MessageStatus: 'sent' }],
    ['no status', { MessageSid: SID }],
    ['no sender', { SmsStatus: 'received', To: '+1' }],
    ['no receiver', { SmsStatus: 'received', From: '+1' }],
  ])('a body with %s is malformed', (_, form) => {
    expect(() => read(form as Record<string, string>)).toThrow(MalformedWebhook);
  });
});

describe('keywords', () => {
  test.each([
    ['stop', ['STOP', 'stop', ' Stop ', 'stopall', 'UNSUBSCRIBE', 'cancel', 'End', 'QUIT', 'revoke', 'optout']],
    ['stop', ['Stop.', 'STOP!', '"stop"', 'stop all', 'opt-out', 'Stop\n']],
    ['start', ['START', 'Unstop']],
    ['yes', ['YES', ' yes ']],
    ['help', ['HELP', 'info']],
    [undefined, ['', 'Yes!', 'yes 2', "don't stop", 'stop it', 'ends', 'START over', '停止', 'S T O P 1']],
  ])('%s: %j', (keyword, bodies) => {
    expect(bodies.map((body) => keywordOf(body, null))).toEqual(bodies.map(() => keyword));
  });

  test("Twilio's own verdict wins over the text", () => {
    expect(keywordOf('STOP', 'HELP')).toBe('help');
    expect(keywordOf('start', 'stop')).toBe('stop');
    expect(keywordOf('STOP', 'OTHER')).toBe('stop');
    expect(keywordOf('hello', '')).toBeUndefined();
  });
});
