/** Plivo: the contract, and what only Plivo does. */
import { randomUUID } from 'node:crypto';
import type { Envelope, Outcome } from '../../src/providers/provider.port.js';
import { PlivoAdapter } from '../../src/providers/plivo/plivo.adapter.js';
import { plivo } from '../../src/providers/plivo/plivo.descriptor.js';
import { DAY, type Books } from './books.contract.js';
import { json, Loopback, type Answer, type Received, type Script } from './loopback.js';
import { plivoClient } from './plivo-sdk.js';
import { providerContract } from './provider.contract.js';

const AUTH_ID = `MA${'0'.repeat(18)}`;
const account = { id: 'account-1', version: 1, credentials: { authId: AUTH_ID, authToken: 'token' } } as const;
const BAD = '+15005550001';

const adapterAt = (baseUrl: string, timeoutMs = 60_000) =>
  new PlivoAdapter({
    baseUrl,
    timeoutMs,
    webhookUrl: 'https://desk.example.com/webhook/plivo',
  });

const sms = (to: string, more: Partial<Envelope> = {}): Envelope => ({
  messageId: randomUUID(),
  attempt: 1,
  tenantId: randomUUID(),
  channel: 'sms',
  from: '+14155550100',
  to,
  content: { kind: 'text', body: 'Doors open at seven & the bar too: 50% off' },
  ...more,
});

interface Body {
  readonly src: string;
  readonly dst: string;
  readonly text: string;
  readonly url: string;
}
const bodyOf = ({ body }: Received): Body => JSON.parse(body) as Body;
const refusal = (status: number, error: unknown): Answer => json(status, { api_id: randomUUID(), error });
const taken = (): Answer => json(202, { message: 'message(s) queued', message_uuid: [randomUUID()], api_id: 'a' });

const healthy: Script = (request) => {
  if (request.method === 'GET') return json(200, { auth_id: AUTH_ID });
  return bodyOf(request).dst === BAD ? refusal(400, `dst parameter ${BAD} is not valid`) : taken();
};

/** Twenty-one texts, the last one dearer, and one that is not a text. */
const LISTED = Array.from({ length: 21 }, (_, n) => ({
  message_uuid: `uuid-${n}`,
  from_number: '14155550100',
  to_number: `1415555${1000 + n}`,
  message_direction: 'outbound',
  message_type: n === 20 ? 'mms' : 'sms',
  message_state: n === 3 ? 'undelivered' : n === 4 ? 'queued' : 'delivered',
  error_code: n === 3 ? '80' : '000',
  message_time: `${DAY} 10:00:00+00:00`,
  units: n === 2 ? 2 : 1,
  total_rate: '0.00500',
  total_amount: n === 2 ? '0.01000' : '0.00500',
}));
const BOOKS: Books = {
  script: ({ path }) => {
    const query = new URL(path, 'http://plivo').searchParams;
    expect(query.get('message_time__gte')).toBe(`${DAY} 00:00:00`);
    expect(query.get('message_time__lte')).toBe(`${DAY} 23:59:59`);
    const start = Number(query.get('offset'));
    const objects = [...LISTED, { ...LISTED[0], message_type: 'whatsapp' }].slice(start, start + 20);
    return json(200, { meta: {}, objects });
  },
  records: LISTED.map(({ message_uuid, to_number, message_type, message_state, units, total_amount }) => ({
    providerMessageId: message_uuid,
    channel: message_type === 'mms' ? 'mms' : 'sms',
    to: `+${to_number}`,
    sentAt: new Date(`${DAY}T10:00:00Z`),
    status: message_state === 'queued' ? 'sent' : message_state === 'undelivered' ? 'undelivered' : 'delivered',
    ...(message_type === 'mms' ? {} : { segments: units }),
    price: { micros: total_amount === '0.01000' ? 10_000 : 5_000, currency: 'USD' },
  })),
};

providerContract({
  name: 'Plivo',
  adapterAt,
  account,
  secret: 'authToken',
  envelope: (to) => sms(to),
  goodRecipients: ['+14155550111', '+14155550112', '+14155550113'],
  badRecipient: BAD,
  healthy,
  badCredentials: refusal(401, 'authentication failed'),
  throttled: refusal(429, 'rate limit exceeded'),
  callsFor: (messages) => messages,
  messageIdsIn: (request) => [new URL(bodyOf(request).url).searchParams.get('mid') ?? undefined],
  books: BOOKS,
});

describe('Plivo on the wire', () => {
  let provider: Loopback;
  const send = (envelope: Envelope): Promise<Outcome[]> => adapterAt(provider.origin).send(account, [envelope]);
  const first = (): Received => provider.received[0] as Received;

  beforeEach(async () => {
    provider = await Loopback.open();
    provider.script = healthy;
  });
  afterEach(() => provider.close());

  test('says the same as the SDK', async () => {
    const envelope = sms('+14155550111');
    await send(envelope);
    const url = `https://desk.example.com/webhook/plivo/account-1?mid=${envelope.messageId}`;
    const client = plivoClient(provider.origin, { authId: AUTH_ID, authToken: 'token' });
    const text = 'Doors open at seven & the bar too: 50% off';
    await client.messages.create('+14155550100', '+14155550111', text, { url, method: 'POST', type: 'sms' });
    const [ours, theirs] = provider.received;
    expect([ours?.method, ours?.path, ours?.headers.authorization]).toEqual([
      theirs?.method,
      theirs?.path,
      theirs?.headers.authorization,
    ]);
    expect(bodyOf(ours as Received)).toEqual(bodyOf(theirs as Received));
  });

  test('sends pictures as MMS', async () => {
    await send(
      sms('+14155550111', {
        channel: 'mms',
        content: { kind: 'text', body: 'The map', mediaUrls: ['https://img.example/map.png'] },
      }),
    );
    expect(bodyOf(first())).toMatchObject({
      type: 'mms',
      text: 'The map',
      media_urls: ['https://img.example/map.png'],
    });
  });

  test.each([
    [60, 60],
    [1, 5],
    [-60, 5],
    [4 * 3_600, undefined],
  ])('tells Plivo how long a text is of use: %d s from now as %d', async (seconds, expiry) => {
    await send(sms('+14155550111', { expiresAt: new Date(Date.now() + seconds * 1_000 + 900) }));
    expect((bodyOf(first()) as { message_expiry?: number }).message_expiry).toBe(expiry);
  });

  test.each<[number, unknown, object]>([
    [400, 'dst parameter is not valid', { reason: 'recipient', code: 'http-400' }],
    [400, 'destination number is not reachable', { reason: 'recipient' }],
    [400, 'src parameter is not valid', { reason: 'config' }],
    [400, 'text parameter is too long', { reason: 'content' }],
    [400, { dst: ['is not valid'] }, { reason: 'recipient', message: '{"dst":["is not valid"]}' }],
    [400, 'something else', { reason: 'unlisted' }],
    [401, 'authentication failed', { reason: 'config' }],
    [402, 'insufficient credit', { reason: 'account' }],
    [403, 'geo permission', { reason: 'sender' }],
    [404, 'not found', { reason: 'config' }],
    [418, 'teapot', { reason: 'unlisted', code: 'http-418' }],
    [500, 'down', { kind: 'unknown', code: 'http-500' }],
    [302, '', { kind: 'unknown', code: 'http-302', message: undefined }],
  ])('reads an answer of %d %j', async (status, error, outcome) => {
    provider.script = () => refusal(status, error);
    expect(await send(sms('+14155550111'))).toEqual([
      { kind: 'refused', code: expect.any(String), message: error, ...outcome },
    ]);
  });

  test.each([
    ['names a number as invalid', { message_uuid: [], invalid_number: ['14155550111'] }, 'invalid_number'],
    ['names no message', { message_uuid: [] }, undefined],
    ['is none of Plivo’s', { ok: true }, undefined],
    ['has one of no use', { message_uuid: [7] }, undefined],
  ])('an answer of 202 that %s', async (_, body, code) => {
    provider.script = () => json(202, body);
    expect(await send(sms('+14155550111'))).toEqual([
      code === undefined
        ? { kind: 'unknown', code: 'no-answer' }
        : expect.objectContaining({ kind: 'refused', reason: 'recipient', code, suppress: 'invalid_address' }),
    ]);
  });

  test('comes back after the time that Plivo names', async () => {
    provider.script = () => json(429, { error: 'slow down' }, { 'retry-after': '7' });
    expect(await send(sms('+14155550111'))).toEqual([
      { kind: 'deferred', reason: 'rate', code: 'http-429', message: 'slow down', retryAfterMs: 7_000 },
    ]);
  });

  test('reports what became of a message', async () => {
    const messageId = randomUUID();
    provider.script = () =>
      json(200, { message_uuid: 'u-1', message_state: 'undelivered', to_number: '14155550111', error_code: '050' });
    await expect(
      adapterAt(provider.origin).report(account, { providerMessageId: 'u-1', messageId }),
    ).resolves.toMatchObject({
      kind: 'status',
      dedupeKey: 'u-1:undelivered',
      messageId,
      status: 'undelivered',
      code: '50',
      suppress: { address: '+14155550111', reason: 'invalid_address' },
    });
    expect(first().path).toBe(`/v1/Account/${AUTH_ID}/Message/u-1/`);
    provider.script = () => refusal(404, 'not found');
    await expect(adapterAt(provider.origin).report(account, { providerMessageId: 'u', messageId })).rejects.toThrow(
      'http-404',
    );
  });

  describe('its list', () => {
    const hour = 3_600_000;
    const period = { since: new Date(Date.now() - 2 * hour), until: new Date(Date.now() - hour) };
    const traces = (asked = period) =>
      adapterAt(provider.origin).traces(account, { from: '+14155550100', to: '+14155550111' }, asked);
    const entry = (to: string, more: object = {}): object => ({
      message_uuid: randomUUID(),
      from_number: '14155550100',
      to_number: to,
      message_state: 'delivered',
      message_time: '2026-11-29T10:00:00.000000Z',
      error_code: '000',
      ...more,
    });

    test('is read page by page, and only what went from this sender to this person counts', async () => {
      const all = [
        ...Array.from({ length: 45 }, () => entry('14155550199')),
        entry('14155550111', { message_state: 'failed', error_code: '200', message_uuid: 'u-1' }),
        entry('14155550111', { from_number: '14155550177' }),
      ];
      provider.script = ({ path }) => {
        const offset = Number(new URL(path, provider.origin).searchParams.get('offset'));
        return json(200, { objects: all.slice(offset, offset + 20) });
      };
      expect(await traces()).toEqual([
        {
          providerMessageId: 'u-1',
          createdAt: new Date('2026-11-29T10:00:00.000Z'),
          status: 'failed',
          code: '200',
          message: 'The person has said STOP to this sender.',
        },
      ]);
      expect(provider.received).toHaveLength(3);
      const { searchParams } = new URL(first().path, provider.origin);
      expect(Object.fromEntries(searchParams)).toMatchObject({
        message_direction: 'outbound',
        message_time__gte: period.since.toISOString().slice(0, 19).replace('T', ' '),
        message_time__lte: period.until.toISOString().slice(0, 19).replace('T', ' '),
      });
    });

    test('is not believed while it may be incomplete, is too long, or is none', async () => {
      await expect(traces({ ...period, until: new Date() })).rejects.toThrow('may not be complete');
      expect(provider.received).toEqual([]);
      provider.script = () => json(200, { objects: Array.from({ length: 20 }, () => entry('14155550199')) });
      await expect(traces()).rejects.toThrow('more messages');
      for (const answer of [json(200, {}), refusal(500, 'down'), json(200, { objects: 'none' })]) {
        provider.script = () => answer;
        await expect(traces()).rejects.toThrow('was not read');
      }
    });
  });
});

test.each([
  ['sms', '+14155550100', 1],
  ['sms', '+18005550100', 25],
  ['sms', '24365', 100],
  ['mms', '+14155550100', 0.25],
] as const)('a sender of %s at %s has its published rate', (channel, address, perSecond) => {
  expect(plivo.capacity(channel, address)).toEqual({ perSecond, batchSize: 1 });
});
