/** Twilio: the contract, and what only Twilio does. */
import { randomUUID } from 'node:crypto';
import type { Envelope } from '../../src/providers/provider.port.js';
import { TwilioAdapter } from '../../src/providers/twilio/twilio.adapter.js';
import { twilio } from '../../src/providers/twilio/twilio.descriptor.js';
import { json, Loopback, type Received, type Script } from './loopback.js';
import { providerContract } from './provider.contract.js';
import { twilioBooks } from './twilio.books.js';

const ACCOUNT_SID = `AC${'0'.repeat(32)}`;
const account = {
  id: 'account-1',
  version: 1,
  credentials: { accountSid: ACCOUNT_SID, authToken: 'token' },
} as const;
const BAD = '+15005550001';

const adapterAt = (origin: string, timeoutMs = 60_000) =>
  new TwilioAdapter({
    baseUrl: origin,
    timeoutMs,
    webhookUrl: 'https://desk.example.com/webhook/twilio',
  });

const sms = (to: string): Envelope => ({
  messageId: randomUUID(),
  attempt: 1,
  tenantId: randomUUID(),
  channel: 'sms',
  from: '+14155550100',
  to,
  content: { kind: 'text', body: 'Doors open at seven & the bar too: 50% off' },
});

const fieldsOf = ({ body }: Received): URLSearchParams => new URLSearchParams(body);

const healthy: Script = (request) => {
  if (request.method === 'GET') return json(200, { sid: ACCOUNT_SID, status: 'active' });
  const to = fieldsOf(request).get('To');
  return to === BAD
    ? json(400, { code: 21211, message: `The 'To' number ${to} is not a valid phone number.`, status: 400 })
    : json(201, { sid: `SM${randomUUID().replaceAll('-', '')}`, status: 'queued' });
};

providerContract({
  name: 'Twilio',
  adapterAt,
  account,
  secret: 'authToken',
  envelope: sms,
  goodRecipients: ['+14155550111', '+14155550112', '+14155550113'],
  badRecipient: BAD,
  healthy,
  badCredentials: json(401, { code: 20003, message: 'Authenticate', status: 401 }),
  throttled: json(429, { code: 20429, message: 'Too Many Requests', status: 429 }),
  callsFor: (messages) => messages,
  messageIdsIn: (request) => [
    new URL(fieldsOf(request).get('StatusCallback') ?? '').searchParams.get('mid') ?? undefined,
  ],
  books: twilioBooks,
});

describe('Twilio on the wire', () => {
  let provider: Loopback;

  beforeEach(async () => {
    provider = await Loopback.open();
    provider.script = healthy;
  });
  afterEach(() => provider.close());

  const sent = async (envelope: Envelope): Promise<Record<string, string | string[]>> => {
    await adapterAt(provider.origin).send(account, [envelope]);
    const form = fieldsOf(provider.received[0] as Received);
    return Object.fromEntries(
      [...form.keys()].map((key) => [key, key === 'MediaUrl' ? form.getAll(key) : (form.get(key) ?? '')]),
    );
  };

  test('posts a form to the account, with the credentials and nothing in the environment', async () => {
    await adapterAt(provider.origin).send(account, [sms('+14155550111')]);
    expect(provider.received[0]).toMatchObject({
      method: 'POST',
      path: `/2010-04-01/Accounts/${ACCOUNT_SID}/Messages.json`,
      headers: {
        authorization: `Basic ${Buffer.from(`${ACCOUNT_SID}:token`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
    });
  });

  test('calls by an API key where there is one, and asks with it for what such a key may see', async () => {
    const credentials = { ...account.credentials, apiKeySid: `SK${'1'.repeat(32)}`, apiKeySecret: 'secret of the key' };
    const keyed = { ...account, credentials };
    await adapterAt(provider.origin).send(keyed, [sms('+14155550111')]);
    provider.script = () => json(200, { messages: [], next_page_uri: null });
    await adapterAt(provider.origin).ping(keyed);
    const basic = Buffer.from(`SK${'1'.repeat(32)}:secret of the key`).toString('base64');
    expect(provider.received.map(({ headers }) => headers.authorization)).toEqual([`Basic ${basic}`, `Basic ${basic}`]);
    expect(provider.received.map(({ path }) => path.split('?')[0])).toEqual([
      `/2010-04-01/Accounts/${ACCOUNT_SID}/Messages.json`,
      `/2010-04-01/Accounts/${ACCOUNT_SID}/Messages.json`,
    ]);
    provider.script = () => json(401, { code: 20003, message: 'Authenticate', status: 401 });
    await expect(adapterAt(provider.origin).ping(keyed)).rejects.toThrow('not well: 20003');
  });

  test('sends an SMS with a status callback that Twilio repeats for every failure', async () => {
    const envelope = sms('+14155550111');
    await expect(sent(envelope)).resolves.toEqual({
      From: '+14155550100',
      To: '+14155550111',
      Body: 'Doors open at seven & the bar too: 50% off',
      StatusCallback: `https://desk.example.com/webhook/twilio?mid=${envelope.messageId}#rc=5&rp=all`,
    });
  });

  test('sends an MMS with all its media', async () => {
    const mediaUrls = ['https://files.example.com/1.png', 'https://files.example.com/2.png'];
    const form = await sent({ ...sms('+14155550111'), channel: 'mms', content: { kind: 'text', body: '', mediaUrls } });
    expect(form).toMatchObject({ MediaUrl: mediaUrls, Body: '' });
  });

  test('sends free WhatsApp text', async () => {
    const form = await sent({ ...sms('+14155550111'), channel: 'whatsapp' });
    expect(form).toMatchObject({
      From: 'whatsapp:+14155550100',
      To: 'whatsapp:+14155550111',
      Body: expect.stringContaining('Doors'),
    });
  });

  test('has Twilio hold a text no longer than it is of use, and never longer than Twilio does', async () => {
    const until = (ms: number, more: Partial<Envelope> = {}): Envelope => ({
      ...sms('+14155550111'),
      expiresAt: new Date(Date.now() + ms),
      ...more,
    });
    expect(Number((await sent(until(20 * 60_000))).ValidityPeriod)).toBeGreaterThan(1_000);
    provider.received.length = 0;
    expect(Number((await sent(until(20 * 60_000))).ValidityPeriod)).toBeLessThanOrEqual(1_200);
    for (const envelope of [until(-5_000), until(400)]) {
      provider.received.length = 0;
      expect(await sent(envelope)).toMatchObject({ ValidityPeriod: '1' });
    }
    for (const envelope of [until(11 * 3_600_000), sms('+14155550111'), until(60_000, { channel: 'whatsapp' })]) {
      provider.received.length = 0;
      expect(await sent(envelope)).not.toHaveProperty('ValidityPeriod');
    }
  });

  test('sends a WhatsApp template without a body', async () => {
    const contentSid = `HX${'1'.repeat(32)}`;
    const form = await sent({
      ...sms('+14155550111'),
      channel: 'whatsapp',
      content: { kind: 'content-template', contentSid, variables: { 1: 'Ana "the Ace"' } },
    });
    expect(form).toMatchObject({ ContentSid: contentSid, ContentVariables: '{"1":"Ana \\"the Ace\\""}' });
    expect(form).not.toHaveProperty('Body');
  });

  test.each([
    [400, 21610, { kind: 'refused', reason: 'opted-out', code: '21610' }],
    [400, 21611, { kind: 'deferred', reason: 'rate', code: '21611' }],
    [429, 63038, { kind: 'deferred', reason: 'quota', code: '63038' }],
    [400, 21617, { kind: 'refused', reason: 'content', code: '21617' }],
    [403, 30002, { kind: 'refused', reason: 'account', code: '30002' }],
    [400, 99999, { kind: 'refused', reason: 'unlisted', code: '99999' }],
    [500, 21610, { kind: 'unknown', code: '21610' }],
  ])('reads %d with code %d', async (status, code, outcome) => {
    provider.script = () => json(status, { code, status, message: 'no' });
    await expect(adapterAt(provider.origin).send(account, [sms('+14155550111')])).resolves.toEqual([
      { ...outcome, message: 'no' },
    ]);
  });

  test('reads problem details (RFC 9457)', async () => {
    provider.script = () => json(400, { type: 'about:blank', title: 'Bad', status: 400, code: 21211 });
    await expect(adapterAt(provider.origin).send(account, [sms('+14155550111')])).resolves.toEqual([
      { kind: 'refused', reason: 'recipient', code: '21211', message: '[HTTP 400] Bad', suppress: 'invalid_address' },
    ]);
  });

  test('reads a page that says 429 or 403 by its status', async () => {
    const adapter = adapterAt(provider.origin);
    provider.script = () => ({ status: 429, body: '<html>', headers: { 'retry-after': '7' } });
    await expect(adapter.send(account, [sms('+14155550111')])).resolves.toEqual([
      { kind: 'deferred', reason: 'rate', code: 'http-429', message: expect.any(String), retryAfterMs: 7_000 },
    ]);
    provider.script = () => ({ status: 403, body: '<html>' });
    await expect(adapter.send(account, [sms('+14155550111')])).resolves.toEqual([
      { kind: 'refused', reason: 'unlisted', code: 'http-403', message: expect.any(String) },
    ]);
  });

  test('keeps Retry-After to the message it belongs to', async () => {
    provider.script = (request) =>
      fieldsOf(request).get('To') === BAD
        ? json(429, { code: 20429, status: 429 }, { 'retry-after': '3' })
        : json(429, { code: 20429, status: 429 });
    const outcomes = await adapterAt(provider.origin).send(account, [
      sms('+14155550111'),
      sms(BAD),
      sms('+14155550111'),
    ]);
    expect(outcomes.map((outcome) => 'retryAfterMs' in outcome && outcome.retryAfterMs)).toEqual([false, 3_000, false]);
  });

  test('reads Retry-After as a date', async () => {
    const date = new Date(Date.now() + 60_000).toUTCString();
    provider.script = () => json(429, { code: 20429, status: 429 }, { 'retry-after': date });
    const [outcome] = await adapterAt(provider.origin).send(account, [sms('+14155550111')]);
    const wait = outcome?.kind === 'deferred' ? outcome.retryAfterMs : undefined;
    expect(wait).toBeGreaterThan(50_000);
    expect(wait).toBeLessThanOrEqual(60_000);
  });

  test('ping refuses a suspended account', async () => {
    provider.script = () => json(200, { sid: ACCOUNT_SID, status: 'suspended' });
    await expect(adapterAt(provider.origin).ping(account)).rejects.toThrow('suspended');
  });

  test.each([
    ['sms', '+14155550100', 1],
    ['sms', '+18015550100', 1],
    ['sms', '+18885550100', 3],
    ['sms', '12345', 100],
    ['mms', '+14155550100', 1],
    ['whatsapp', '+14155550100', 80],
  ] as const)('knows the rate of a %s sender %s', (channel, address, perSecond) => {
    expect(twilio.capacity(channel, address)).toEqual({ perSecond, batchSize: 1 });
  });
});

describe('What Twilio has of the messages to a person', () => {
  const SINCE = new Date('2026-11-21T12:00:00Z');
  let provider: Loopback;
  beforeAll(async () => {
    provider = await Loopback.open();
  });
  afterAll(() => provider.close());

  const asked = { channel: 'sms', from: '+14155550100', to: '+14155550111' } as const;
  const listed = (sid: string, minutesLater: number, more: object = {}): object => ({
    sid,
    status: 'delivered',
    direction: 'outbound-api',
    body: 'Doors at 19:00',
    error_code: null,
    date_created: new Date(SINCE.getTime() + minutesLater * 60_000).toUTCString(),
    ...more,
  });
  const page = (messages: object[], next?: string): ReturnType<typeof json> =>
    json(200, { messages, next_page_uri: next ?? null, page_size: 100 });
  const traces = (): Promise<object[]> =>
    adapterAt(provider.origin).traces(account, asked, { since: SINCE, until: new Date() });

  test('is read page by page, back to the time asked about, without what the person wrote', async () => {
    const paths: string[] = [];
    provider.script = ({ path }) => {
      paths.push(path);
      return paths.length === 1
        ? page(
            [listed('SM3', 9, { status: 'queued' }), listed('SM2', 8, { direction: 'inbound' })],
            `${path}&PageToken=2`,
          )
        : page(
            [listed('SM1', 1, { status: 'undelivered', error_code: 30005 }), listed('SM0', -1)],
            `${path}&PageToken=3`,
          );
    };
    expect(await traces()).toEqual([
      { providerMessageId: 'SM3', createdAt: expect.any(Date), body: 'Doors at 19:00', status: 'sent' },
      {
        providerMessageId: 'SM1',
        createdAt: expect.any(Date),
        body: 'Doors at 19:00',
        status: 'undelivered',
        code: '30005',
        message: 'The number is not in use.',
      },
    ]);
    expect(paths).toHaveLength(2);
    const query = new URL(paths[0] ?? '', provider.origin).searchParams;
    expect(Object.fromEntries(query)).toEqual({ To: asked.to, From: asked.from, PageSize: '100' });
  });

  test('is reported with its price once Twilio knows it, as another event', async () => {
    const known = { sid: 'SM1', status: 'delivered', from: asked.from, to: asked.to, error_code: null };
    const report = async (price: string | null): Promise<unknown> => {
      provider.script = () => json(200, { ...known, price, price_unit: price === null ? null : 'USD' });
      return adapterAt(provider.origin).report(account, { providerMessageId: 'SM1', messageId: randomUUID() });
    };
    const [unpriced, priced, cheaper] = [await report(null), await report('-0.00790'), await report('-0.00780')];
    expect(unpriced).toMatchObject({ dedupeKey: 'SM1:delivered', status: 'delivered' });
    expect(unpriced).not.toHaveProperty('price');
    expect(priced).toMatchObject({ dedupeKey: 'SM1:delivered:7900USD', price: { micros: 7_900, currency: 'USD' } });
    expect(cheaper).toMatchObject({ dedupeKey: 'SM1:delivered:7800USD', price: { micros: 7_800, currency: 'USD' } });
  });

  test('is not known where Twilio does not answer well', async () => {
    provider.script = () => json(503, { code: 20503, status: 503 });
    await expect(traces()).rejects.toThrow("Twilio's list was not read: 20503");
  });

  test('is not known where there is too much to look through', async () => {
    provider.script = ({ path }) => page([listed('SM1', 1)], path);
    await expect(traces()).rejects.toThrow("Twilio's list was not read");
  });
});
