/** What Plivo says of our messages and what people write, and how it proves that it is Plivo. */
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import type { WebhookAccounts, WebhookRequest } from '../../src/providers/provider.webhook.js';
import { isV3Signature, plivoHmac, signedByV3 } from '../../src/providers/plivo/plivo.signature.js';
import { parsePlivoWebhook, verifyPlivoWebhook } from '../../src/providers/plivo/plivo.webhook.js';
import { MalformedWebhook, UntrustedWebhook } from '../../src/providers/webhook.errors.js';
import { plivoSdk } from './plivo-sdk.js';

const TOKEN = 'token-of-riverside';
const MID = '019a9b1c-4a3c-7b1e-8f00-000000000001';
const ACCOUNT = '019a9b1c-4a3c-7b1e-8f00-00000000000a';
const URL_OF_STATUS = `https://desk.example.com/webhook/plivo/${ACCOUNT}?mid=${MID}`;

const STATUS = {
  MessageUUID: 'u-1',
  ParentMessageUUID: 'u-1',
  From: '14155550100',
  To: '14155550111',
  Type: 'sms',
  Status: 'delivered',
  Sequence: '2',
  Units: '1',
};
const INBOUND = {
  MessageUUID: 'u-2',
  From: '14155550111',
  To: '14155550100',
  Type: 'sms',
  Text: 'STOP',
  Units: '1',
};
type Fields = Readonly<Record<string, string>>;

const NONCE = '12345678901234567890';
function post(fields: Fields, url = URL_OF_STATUS, headers: Record<string, string | undefined> = {}): WebhookRequest {
  return {
    url,
    rawBody: Buffer.from(new URLSearchParams(fields).toString()),
    headers,
    ...(url.includes(ACCOUNT) ? { accountId: ACCOUNT } : {}),
  };
}
const v3 = (fields: Fields, url = URL_OF_STATUS, token = TOKEN): WebhookRequest =>
  post(fields, url, {
    'x-plivo-signature-v3': plivoHmac(`${signedByV3(url, new URLSearchParams(fields))}.${NONCE}`, token),
    'x-plivo-signature-v3-nonce': NONCE,
  });
const v2 = (fields: Fields, url = URL_OF_STATUS, token = TOKEN): WebhookRequest =>
  post(fields, url, {
    'x-plivo-signature-v2': createHmac('sha256', token)
      .update(`${url.split('?')[0]}${NONCE}`)
      .digest('base64'),
    'x-plivo-signature-v2-nonce': NONCE,
  });

const account = (credentials: Record<string, string> = { authToken: TOKEN }) => ({
  id: ACCOUNT,
  version: 1,
  credentials,
});
const accounts = (credentials?: Record<string, string>): WebhookAccounts => ({
  platform: () => Promise.resolve(account(credentials)),
  find: (id) => Promise.resolve(id === ACCOUNT ? account(credentials) : undefined),
  findByExternalId: () => Promise.resolve([]),
  all: () => Promise.resolve([]),
});
const read = (fields: Fields, url?: string) => parsePlivoWebhook(post(fields, url));
const status = (more: object) => [
  {
    kind: 'status',
    dedupeKey: `u-1:${'status' in more ? String(more.status) : ''}`,
    providerMessageId: 'u-1',
    messageId: MID,
    ...more,
  },
];

test.each<[string, Fields, object]>([
  ['sent', {}, { status: 'sent' }],
  ['delivered', {}, { status: 'delivered' }],
  ['read', {}, { status: 'read' }],
  [
    'undelivered',
    { ErrorCode: '80' },
    {
      status: 'undelivered',
      code: '80',
      message: 'The phone is switched off, out of reach, or takes no messages now.',
    },
  ],
  [
    'undelivered',
    { ErrorCode: '50' },
    {
      status: 'undelivered',
      code: '50',
      message: 'The number is not valid.',
      suppress: { address: '+14155550111', reason: 'invalid_address' },
    },
  ],
  [
    'failed',
    { ErrorCode: '200' },
    { status: 'failed', code: '200', message: 'The person has said STOP to this sender.', optedOut: true },
  ],
  ['failed', { ErrorCode: '7777' }, { status: 'failed', code: '7777' }],
  ['failed', {}, { status: 'failed' }],
])('reads the status %s with %j', (word, more, expected) => {
  expect(read({ ...STATUS, Status: word, ...more })).toEqual(status(expected));
});

test('a message that was rejected has failed', () => {
  expect(read({ ...STATUS, Status: 'rejected', ErrorCode: '30' })).toMatchObject([
    { dedupeKey: 'u-1:rejected', status: 'failed', code: '30' },
  ]);
});

test('a status without an effect is kept', () => {
  expect(read({ ...STATUS, Status: 'queued' })).toEqual([{ kind: 'ignored', dedupeKey: 'u-1:queued', type: 'queued' }]);
});

test('a part of a long message is the message’s own, under a key of its own', () => {
  expect(read({ ...STATUS, MessageUUID: 'u-1b', PartInfo: '2 of 2' })).toMatchObject([
    { dedupeKey: 'u-1b:delivered', providerMessageId: 'u-1' },
  ]);
});

test.each<[string, Fields, object | undefined]>([
  ['0.00500', {}, { micros: 5_000, currency: 'USD' }],
  ['0.0123450', { PartInfo: '1 of 1' }, { micros: 12_345, currency: 'USD' }],
  ['0', {}, { micros: 0, currency: 'USD' }],
  ['0.0000005', {}, undefined],
  ['soon', {}, undefined],
  ['0.00500', { PartInfo: '1 of 2' }, undefined],
])('tells at once what a message costs: %s with %j', (TotalAmount, more, price) => {
  const [event] = read({ ...STATUS, TotalAmount, ...more });
  expect(event && 'price' in event ? event.price : undefined).toEqual(price);
  const key = price === undefined ? '' : `:${Object.values(price).join('')}`;
  expect(event).toMatchObject({ dedupeKey: `u-1:delivered${key}` });
});

test('without our id a message is looked up by Plivo’s', () => {
  const [event] = read(STATUS, `https://desk.example.com/webhook/plivo/${ACCOUNT}`);
  expect(event).not.toHaveProperty('messageId');
  expect(event).toMatchObject({
    dedupeKey: 'u-1:delivered:looked-up',
    lookup: { providerMessageId: 'u-1', to: '+14155550111' },
  });
});

test('reads of how many segments a text is that a person writes, where Plivo says it', () => {
  const segmentsOf = (Units: string): object => read({ ...INBOUND, Text: 'Hello', Units })[0] ?? {};
  expect(segmentsOf('3')).toMatchObject({ segments: 3 });
  for (const none of ['', '0', '-1', '2.5', '100', 'many']) expect(segmentsOf(none)).not.toHaveProperty('segments');
});

test.each<[string, Fields, object]>([
  ['STOP', {}, { channel: 'sms', keyword: 'stop' }],
  ['stop all.', {}, { channel: 'sms', keyword: 'stop' }],
  ['Unsub', {}, { channel: 'sms', keyword: 'stop' }],
  ['start', {}, { channel: 'sms', keyword: 'start' }],
  ['go', {}, { channel: 'sms', keyword: 'yes' }],
  ['Help', {}, { channel: 'sms', keyword: 'help' }],
  ['STOP it', {}, { channel: 'sms' }],
  ['', { Media0: 'https://media.example/1' }, { channel: 'mms', media: [{ url: 'https://media.example/1' }] }],
  ['A picture', { Type: 'mms' }, { channel: 'mms' }],
])('reads what a person writes: %j with %j', (Text, more, expected) => {
  expect(read({ ...INBOUND, Text, ...more })).toEqual([
    {
      kind: 'inbound',
      dedupeKey: 'inbound:u-2',
      from: '+14155550111',
      to: '+14155550100',
      body: Text,
      segments: 1,
      providerMessageId: 'u-2',
      ...expected,
    },
  ]);
});

test('an MMS has its text in another field, and its pictures counted from 0 or from 1', () => {
  const mms = { Type: 'mms', Text: '', Body: 'Look', MediaCount: '2' };
  const [one, two] = ['https://media.plivo.com/Account/MA1/Media/1', 'https://media.plivo.com/Account/MA1/Media/2'];
  const media = [{ url: one }, { url: two }];
  const forms: Fields[] = [
    { Media0: one, Media1: two },
    { Media1: one, Media2: two },
  ];
  for (const form of forms)
    expect(read({ ...INBOUND, ...mms, ...form })).toMatchObject([{ channel: 'mms', body: 'Look', media }]);
});

test('a short code keeps its digits, and WhatsApp is not spoken here', () => {
  expect(read({ ...INBOUND, To: '24365' })).toMatchObject([{ to: '24365' }]);
  expect(read({ ...INBOUND, Type: 'whatsapp' })).toEqual([
    { kind: 'ignored', dedupeKey: 'inbound:u-2', type: 'inbound' },
  ]);
});

test.each<[string, Fields]>([
  ['MessageUUID', { Status: 'sent' }],
  ['From', { MessageUUID: 'u', Text: 'hi' }],
  ['To', { MessageUUID: 'u', From: '1', Text: 'hi' }],
  ['Status', { MessageUUID: 'u', Status: 's'.repeat(400) }],
  ['CallUUID', { CallUUID: 'c'.repeat(400) }],
])('a post without a usable %s is malformed', (field, fields) => {
  expect(() => read(fields)).toThrow(new MalformedWebhook(field));
});

describe('A signature', () => {
  const verified = (request: WebhookRequest, credentials?: Record<string, string>) =>
    verifyPlivoWebhook(request, accounts(credentials));

  test('of version 3 proves the account, and a person is answered with an empty response', async () => {
    await expect(verified(v3(STATUS))).resolves.toMatchObject({ accountIds: [ACCOUNT], answer: { status: 204 } });
    const inbound = await verified(v3(INBOUND, 'https://desk.example.com/webhook/plivo'));
    expect(inbound.answer).toEqual({
      status: 200,
      type: 'application/xml',
      body: '<?xml version="1.0" encoding="UTF-8"?><Response/>',
    });
  });

  test('of a call to a number counts as one, and the call is ended', async () => {
    const ringing = { CallUUID: 'c-1', CallStatus: 'ringing', From: '14155550111', To: '14155550100' };
    await expect(verified(v3(ringing))).resolves.toEqual({
      events: [{ kind: 'ignored', dedupeKey: 'call:c-1:ringing', type: 'call' }],
      accountIds: [ACCOUNT],
      answer: { status: 200, type: 'application/xml', body: '<?xml version="1.0" encoding="UTF-8"?><Response/>' },
    });
    await expect(verified(v3(ringing, undefined, 'another'))).rejects.toThrow(UntrustedWebhook);
  });

  test('of the main account, and one of several, is enough', async () => {
    const { headers, ...request } = v3(STATUS);
    const { 'x-plivo-signature-v3': signature, ...others } = headers;
    await verified({ ...request, headers: { ...others, 'x-plivo-signature-ma-v3': signature } });
    await verified({ ...request, headers: { ...headers, 'x-plivo-signature-v3': `b3RoZXI=, ${signature}` } });
  });

  test('of version 2 counts only at the account’s own path, by https, without one of version 3', async () => {
    await expect(verified(v2(STATUS))).resolves.toMatchObject({ accountIds: [ACCOUNT] });
    const bad = [
      v2(STATUS, 'https://desk.example.com/webhook/plivo'),
      v2(STATUS, URL_OF_STATUS.replace('https:', 'http:')),
      { ...v2(STATUS), headers: { ...v2(STATUS).headers, 'x-plivo-signature-v3': 'b3RoZXI=' } },
    ];
    for (const request of bad) await expect(verified(request)).rejects.toThrow(UntrustedWebhook);
  });

  test('that is forged, altered or missing is not trusted', async () => {
    const good = v3(STATUS);
    const bad: WebhookRequest[] = [
      v3(STATUS, URL_OF_STATUS, 'another'),
      v2(STATUS, URL_OF_STATUS, 'another'),
      { ...good, rawBody: Buffer.from(good.rawBody.toString().replace('delivered', 'failed')) },
      { ...good, url: good.url.replace(MID, ACCOUNT) },
      { ...good, headers: { ...good.headers, 'x-plivo-signature-v3-nonce': '1' } },
      { ...good, headers: { ...good.headers, 'x-plivo-signature-v3-nonce': undefined } },
      { ...good, headers: {} },
      { ...good, accountId: MID },
    ];
    for (const request of bad) await expect(verified(request)).rejects.toThrow(UntrustedWebhook);
    for (const credentials of [{}, { authToken: '' }] as Record<string, string>[]) {
      await expect(verified(v3(STATUS, URL_OF_STATUS, ''), credentials)).rejects.toThrow(UntrustedWebhook);
    }
  });

  test('is the one that the SDK takes, whatever the fields', () => {
    const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,8}$/);
    const fields = fc.dictionary(name, fc.string({ unit: 'grapheme', maxLength: 12 }), { maxKeys: 6 });
    const query = fc.dictionary(name, fc.stringMatching(/^[\w-]{0,8}$/), { maxKeys: 3 });
    fc.assert(
      fc.property(fields, query, (form, parameters) => {
        const search = new URLSearchParams(parameters).toString();
        const url = `https://desk.example.com:8443/webhook/plivo/x${search && `?${search}`}`;
        const request = v3(form, url);
        const signature = request.headers['x-plivo-signature-v3'] ?? '';
        expect(plivoSdk.validateV3Signature('POST', url, NONCE, TOKEN, signature, { ...form })).toBe(true);
        expect(isV3Signature(request, TOKEN)).toBe(true);
      }),
    );
    const [{ headers }] = [v2(STATUS)];
    const signature = headers['x-plivo-signature-v2'] ?? '';
    expect(plivoSdk.validateSignature(URL_OF_STATUS, NONCE, signature, TOKEN)).toBe(true);
  });
});
