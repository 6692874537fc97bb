/** Whatever a caller gets wrong: a clear problem, and nothing written. */
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';

interface Problem {
  status: number;
  code: string;
  detail: string;
  errors?: { path: string; message: string }[];
}

const SMS = { channel: 'sms', to: '+15551230001', content: { body: 'Doors open at 19:00' } };
const EMAIL = { channel: 'email', to: 'ana@example.com', content: { subject: 'Doors', text: 'Open at 19:00' } };
const UNKNOWN_ID = '0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12';
const DAY_MS = 86_400_000;
const inDays = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString();

let app: TestApp;
let tenant: Tenant;
let other: Tenant;
let foreign: { venueId: string; senderId: string };

beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
  other = await app.tenant();
  const post = async (owner: Tenant, path: string, body: object): Promise<{ id: string }> =>
    (await app.as(owner).post(path).send(body).expect(201)).body as { id: string };
  await post(tenant, '/api/templates', {
    key: 'order',
    channel: 'sms',
    category: 'transactional',
    body: 'Hello {{ name }}, order {{ order.id }}',
  });
  await post(tenant, '/api/templates', { key: 'news', channel: 'sms', category: 'marketing', body: 'Summer is near' });
  await post(other, '/api/templates', { key: 'theirs', channel: 'sms', category: 'transactional', body: 'Hi' });
  const venue = await post(other, '/api/venues', { name: 'Elsewhere' });
  const sender = await post(other, '/api/senders', { venueId: venue.id, channel: 'sms', address: '+15559990001' });
  foreign = { venueId: venue.id, senderId: sender.id };
});
afterAll(() => app.close());

async function written(): Promise<number> {
  const [row] = await app.database.query<{ rows: number }>(`select count(*)::int as rows from message`);
  return row?.rows ?? 0;
}

const cases: [name: string, body: () => unknown, status: number, code: string, says: RegExp][] = [
  ['an unknown field', () => ({ ...SMS, sendat: inDays(1) }), 400, 'invalid_request', /sendat/],
  ['a channel that is none', () => ({ ...SMS, channel: 'fax' }), 400, 'invalid_request', /one of email, sms/],
  ['a recipient of the wrong type', () => ({ ...SMS, to: 5 }), 400, 'invalid_request', /to must be a string/],
  ['no recipient', () => ({ ...SMS, to: undefined }), 400, 'invalid_request', /^to is missing$/],
  ['what is not a phone number', () => ({ ...SMS, to: 'ana@example.com' }), 400, 'invalid_address', /country code/],
  ['what is not an email address', () => ({ ...EMAIL, to: 'ana@' }), 400, 'invalid_address', /ana@example\.com/],
  ['a venue that is no text', () => ({ ...SMS, venueId: 42 }), 400, 'invalid_request', /venueId/],
  ['an unknown externalId', () => ({ ...SMS, venueId: 'stage-1' }), 404, 'venue_not_found', /externalId/],
  ['an unknown venue', () => ({ ...SMS, venueId: UNKNOWN_ID }), 404, 'venue_not_found', /venue/],
  ['another tenant’s venue', () => ({ ...SMS, venueId: foreign.venueId }), 404, 'venue_not_found', /venue/],
  ['another tenant’s sender', () => ({ ...SMS, senderId: foreign.senderId }), 404, 'sender_not_found', /sender/],
  [
    'an unknown template',
    () => ({ ...SMS, content: undefined, template: { key: 'nope' } }),
    404,
    'template_not_found',
    /key/,
  ],
  [
    'another tenant’s template',
    () => ({ ...SMS, content: undefined, template: { key: 'theirs' } }),
    404,
    'template_not_found',
    /key/,
  ],
  [
    ...(['missing variables', () => ({ ...SMS, content: undefined, template: { key: 'order', data: {} } })] as const),
    ...([422, 'missing_variables', /`name`, `order\.id`/] as const),
  ],
  [
    ...([
      'a template of another channel',
      () => ({ ...EMAIL, content: undefined, template: { key: 'order' } }),
    ] as const),
    ...([422, 'template_mismatch', /for sms/] as const),
  ],
  [
    'a marketing template sent as transactional',
    () => ({ ...SMS, content: undefined, category: 'transactional', template: { key: 'news' } }),
    ...([422, 'template_mismatch', /marketing/] as const),
  ],
  ['both a template and content', () => ({ ...SMS, template: { key: 'news' } }), 400, 'content_required', /not both/],
  [
    'neither a template nor content',
    () => ({ ...SMS, content: undefined }),
    400,
    'content_required',
    /Say what to send/,
  ],
  [
    'content that means nothing on the channel',
    () => ({ ...SMS, content: { html: '<p>x</p>' } }),
    400,
    'content_required',
    /content\.html/,
  ],
  ['an email without a subject', () => ({ ...EMAIL, content: { text: 'x' } }), 400, 'content_required', /subject/],
  ['an email of blanks', () => ({ ...EMAIL, content: { subject: 's', text: ' \n' } }), 400, 'content_required', /text/],
  ['a text of blanks', () => ({ ...SMS, content: { body: '  ' } }), 400, 'content_required', /content\.body/],
  [
    'a subject of two lines',
    () => ({ ...EMAIL, content: { subject: 'Doors\r\nBcc: bea@example.com', text: 'x' } }),
    ...([400, 'invalid_request', /content\.subject must be one line/] as const),
  ],
  [
    'a number that would lose digits',
    () => ({ ...SMS, content: undefined, template: { key: 'order', data: { name: 'Ana', order: { id: 2 ** 60 } } } }),
    ...([400, 'invalid_request', /template\.data must hold no number beyond .* send it as text/] as const),
  ],
  ['an MMS without a picture', () => ({ ...SMS, channel: 'mms' }), 400, 'content_required', /mediaUrls/],
  [
    'a text over the channel’s limit',
    () => ({ ...SMS, content: { body: 'x'.repeat(1_601) } }),
    422,
    'message_too_long',
    /1600/,
  ],
  [
    'a channel nobody carries',
    () => ({ ...SMS, channel: 'fax' }),
    400,
    'invalid_request',
    /email, sms, mms, whatsapp, voice$/,
  ],
  ['a time to send in the past', () => ({ ...SMS, sendAt: '2020-01-01T00:00:00Z' }), 422, 'bad_schedule', /past/],
  ['a time to send too far ahead', () => ({ ...SMS, sendAt: inDays(400) }), 422, 'bad_schedule', /year/],
  ['a time without its offset', () => ({ ...SMS, sendAt: '2030-01-01T00:00:00' }), 400, 'invalid_request', /offset/],
  [
    'an expiry before the sending',
    () => ({ ...SMS, sendAt: inDays(2), expiresAt: inDays(1) }),
    422,
    'bad_schedule',
    /expiresAt/,
  ],
  [
    'metadata over the limit',
    () => ({ ...SMS, metadata: { note: 'x'.repeat(5_000) } }),
    400,
    'content_required',
    /metadata/,
  ],
];

describe('a message that cannot be sent', () => {
  test.each(cases)('%s is refused with a problem that says what to change', async (_name, body, status, code, says) => {
    const before = await written();
    const response = await app
      .as(tenant)
      .post('/api/messages')
      .send(body() as object);
    expect(response.headers['content-type']).toContain('application/problem+json');
    expect(response.body).toMatchObject({ status, code, type: `urn:callboard:problem:${code}` });
    expect((response.body as Problem).detail).toMatch(says);
    expect(await written()).toBe(before);
  });

  test('a channel the tenant has switched off is named with the switch', async () => {
    const quiet = await app.tenant();
    await app.admin().patch(`/api/tenants/${quiet.id}/settings`).send({ smsEnabled: false }).expect(200);
    const { body } = await app.as(quiet).post('/api/messages').send(SMS).expect(422);
    expect(body).toMatchObject({ code: 'channel_disabled', detail: expect.stringContaining('settings') });
  });
});

test('A country that is not among the tenant’s is refused, for that item of a batch alone, and email goes everywhere', async () => {
  const own = await app.tenant();
  const settings = (allowedCountries: unknown): ReturnType<ReturnType<TestApp['admin']>['patch']> =>
    app.admin().patch(`/api/tenants/${own.id}/settings`).send({ allowedCountries });
  expect((await settings(['DE', 'XX']).expect(400)).body).toMatchObject({ errors: [{ path: 'allowedCountries' }] });
  expect((await settings(['DE']).expect(200)).body).toMatchObject({ settings: { allowedCountries: ['DE'] } });
  const sms = { channel: 'sms', content: { body: 'Doors open at seven' } };
  const mail = { channel: 'email', to: 'ana@example.fr', content: { subject: 'Doors', text: 'At seven' } };
  const fallback = [{ channel: 'sms', content: { body: 'Doors open at seven' } }];
  const { body } = await app
    .as(own)
    .post('/api/messages/batch')
    .send({
      messages: [
        { ...sms, to: '+491713920001' },
        { ...sms, to: '+33612345678' },
        { ...sms, to: '+881612345678', category: 'emergency' },
        { ...mail },
        { ...mail, alternateTo: '+33612345678', fallback },
      ],
    })
    .expect(202);
  const { items } = body as { items: { error?: { code: string; field?: string; detail: string } }[] };
  expect(items.map(({ error }) => error?.code)).toEqual([
    undefined,
    'country_not_allowed',
    'country_not_allowed',
    undefined,
    'country_not_allowed',
  ]);
  expect(items[1]?.error?.detail).toContain('FR');
  const single = await app
    .as(own)
    .post('/api/messages')
    .send({ ...sms, to: '+33612345678' });
  expect(single.body).toMatchObject({ status: 422, code: 'country_not_allowed', errors: [{ path: 'to' }] });
  await settings(null).expect(200);
  await app
    .as(own)
    .post('/api/messages')
    .send({ ...sms, to: '+33612345678' })
    .expect(202);
});

test('what a caller gives to be kept is kept whole, whatever its fields are called', async () => {
  const own = { constructor: 'Ferrari', toString: 'F1', deep: [{ hasOwnProperty: { constructor: 5 } }] };
  const sent = await app
    .as(tenant)
    .post('/api/messages')
    .send({ ...SMS, metadata: own })
    .expect(202);
  const { id } = sent.body as { id: string };
  const { body: message } = await app.as(tenant).get(`/api/messages/${id}`).expect(200);
  expect(message).toMatchObject({ metadata: own });

  const path = `/api/consent/${tenant.defaultVenueId}/ana%40example.com`;
  await app.as(tenant).put(path).send({ status: 'opted_in', source: 'checkout', evidence: own }).expect(200);
  const { body: log } = await app.as(tenant).get(`${path}/log`).expect(200);
  expect((log as { items: { evidence: object }[] }).items[0]?.evidence).toEqual(own);

  const template = {
    key: 'race',
    channel: 'sms',
    category: 'transactional',
    body: '{{ constructor }} {{ car.toString }}',
  };
  await app.as(tenant).post('/api/templates').send(template).expect(201);
  const data = { constructor: 'Ferrari', car: { toString: 'F1' } };
  const { body: preview } = await app.as(tenant).post('/api/templates/race/preview').send({ data }).expect(200);
  expect(preview).toMatchObject({ body: 'Ferrari F1' });
});

describe('a Content template', () => {
  const template = (contentVariables: object): object => ({
    key: 'gate',
    channel: 'whatsapp',
    category: 'transactional',
    contentSid: `HX${'1'.repeat(32)}`,
    contentVariables,
  });

  test.each<[string, object]>([
    ['no texts', { '1': 5 }],
    ['nothing', { '1': null }],
    ['lists', { '1': ['a'] }],
    ['names that are none', { 'gate number': 'x' }],
    ['no names', { '': 'x' }],
    ['too much text', { '1': 'x'.repeat(10_001) }],
    ['too many texts', Object.fromEntries(Array.from({ length: 101 }, (_, index) => [index, 'x']))],
  ])('whose variables hold %s is refused', async (_what, variables) => {
    for (const send of [
      app.as(tenant).post('/api/templates').send(template(variables)),
      app.as(tenant).put('/api/templates/news').send({ contentVariables: variables }),
    ]) {
      const { body } = await send.expect(400);
      expect(body).toMatchObject({
        errors: [{ path: 'contentVariables', message: expect.stringMatching(/at most 100 texts/) as string }],
      });
    }
    await app.as(tenant).get('/api/templates/gate').expect(404);
  });
});

describe('a tenant', () => {
  test.each([
    ...['+02:00', '+0200', '-23:59', 'IST', 'SST', 'AET', 'Z', 'Europe/Atlantis', 'Europe', '', 5].map(
      (zone) => ['timezone', zone] as const,
    ),
    ...['XX', 'EU', 'de', 'DEU', 49].map((country) => ['country', country] as const),
  ])('does not take the %s %j', async (field, value) => {
    const whole = { name: 'Elsewhere', slug: 'elsewhere', [field]: value };
    const { body } = await app.admin().post('/api/tenants').send(whole).expect(400);
    expect(body).toMatchObject({ code: 'invalid_request', errors: [{ path: field }] });
    await app
      .admin()
      .patch(`/api/tenants/${other.id}`)
      .send({ [field]: value })
      .expect(400);
  });

  test.each(['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5', 'Asia/Calcutta'])(
    'may live in %s, which is the same to the database',
    async (timezone) => {
      await app.admin().patch(`/api/tenants/${other.id}`).send({ timezone }).expect(200);
      const at = '2026-07-01T12:00:00Z';
      const [row] = await app.database.query<{ shown: string }>(
        `select to_char($2::timestamptz at time zone timezone, 'YYYY-MM-DD HH24:MI') as shown from tenant where id = $1`,
        [other.id, at],
      );
      const clock = new Intl.DateTimeFormat('sv', { timeZone: timezone, dateStyle: 'short', timeStyle: 'short' });
      expect(row?.shown).toBe(clock.format(new Date(at)));
    },
  );
});

describe('a body that cannot be read', () => {
  test.each([
    ['malformed JSON', '{"channel":', 'application/json', 400, 'malformed_json'],
    ['an empty body', '', 'application/json', 400, 'invalid_request'],
    [
      'a body over 1,000,000 bytes',
      JSON.stringify({ to: 'x'.repeat(1_000_001) }),
      'application/json',
      413,
      'body_too_large',
    ],
    ['another media type', '<message/>', 'application/xml', 415, 'unsupported_media_type'],
  ])('%s is refused', async (_name, text, type, status, code) => {
    const before = await written();
    for (const path of ['/api/messages', '/api/messages/batch']) {
      const response = await app.as(tenant).post(path).set('content-type', type).send(text);
      expect(response.headers['content-type']).toContain('application/problem+json');
      expect(response.body).toMatchObject({ status, code, detail: expect.stringMatching(/\w/) as string });
    }
    expect(await written()).toBe(before);
  });
});

describe('a batch', () => {
  test('answers each message in the order given, and takes the good ones', async () => {
    const before = await written();
    const messages = [SMS, { ...SMS, to: '1' }, { chanel: 'sms' }, 5, null, EMAIL];
    const { body } = await app.as(tenant).post('/api/messages/batch').send({ messages }).expect(202);
    const { items } = body as { items: { id?: string; error?: Problem }[] };
    expect(items.map(({ id, error }) => (id ? 'accepted' : error?.code))).toEqual([
      'accepted',
      'invalid_address',
      'invalid_request',
      'invalid_request',
      'invalid_request',
      'accepted',
    ]);
    expect(await written()).toBe(before + 2);
  });

  test.each([
    ['of none', { messages: [] }, /must hold at least 1$/],
    ['of 1,001', { messages: Array.from({ length: 1_001 }, () => SMS) }, /must hold at most 1,000$/],
    ['that is no list', { messages: SMS }, /list/],
  ])('%s is refused as a whole', async (_name, batch, says) => {
    const before = await written();
    const { body } = await app.as(tenant).post('/api/messages/batch').send(batch).expect(400);
    expect((body as Problem).detail).toMatch(says);
    expect(await written()).toBe(before);
  });
});

describe('a caller', () => {
  test.each([
    ['without a key', undefined],
    ['with a key that is none', 'Bearer nonsense'],
    ['with an unknown key', `Bearer cb_${'0'.repeat(32)}_${'A'.repeat(43)}`],
  ])('%s is not let in', async (_name, authorization) => {
    const request = app.http.post('/api/messages').send(SMS);
    const response = await (authorization ? request.set('authorization', authorization) : request);
    expect(response.status).toBe(401);
    expect(response.headers['www-authenticate']).toBe('Bearer');
    expect(response.body).toMatchObject({ code: 'unauthorized' });
  });

  test('whose key lacks the scope is refused, and the answer names it', async () => {
    const reader = await app.keyOf(tenant, ['messages:read']);
    const { body } = await app.as(reader).post('/api/messages').send(SMS).expect(403);
    expect(body).toMatchObject({ code: 'missing_scope', detail: expect.stringContaining('messages:write') });
  });

  test('who is the admin must say for which tenant', async () => {
    await app
      .admin()
      .post('/api/messages')
      .send(SMS)
      .expect(400)
      .expect(/tenant_required/);
    await app
      .admin(UNKNOWN_ID)
      .post('/api/messages')
      .send(SMS)
      .expect(404)
      .expect(/tenant_not_found/);
  });

  test.each(['zzz', Buffer.from('["x"]').toString('base64url'), Buffer.from('{}').toString('base64url')])(
    'who makes up the cursor %s is advised to use the one given',
    async (cursor) => {
      const { body } = await app.as(tenant).get('/api/messages').query({ cursor }).expect(400);
      expect(body).toMatchObject({ code: 'invalid_cursor' });
    },
  );
});
