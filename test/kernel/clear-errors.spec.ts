/** What a problem tells its reader: the field at fault by its path, what is wrong with it, and what was probably meant. */
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';

const NOBODY = '0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12';
const SMS = { channel: 'sms', to: '+15551230001', content: { body: 'Doors open at 19:00' } };
const EMAIL = { channel: 'email', to: 'ana@example.com', content: { subject: 'Doors', text: 'Open at 19:00' } };

interface Problem {
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

/** The problem's status and code, the path of its first error and, as it is or in part, its detail. */
type Expected = readonly [status: number, code: string, path: string | undefined, detail: string | RegExp];

let app: TestApp;
let tenant: Tenant;

beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
  const order = { key: 'order', channel: 'sms', category: 'transactional', body: 'Hello {{ name }}' };
  const news = { key: 'news', channel: 'sms', category: 'marketing', body: 'Spring' };
  for (const template of [order, news]) await app.as(tenant).post('/api/templates').send(template).expect(201);
});
afterAll(() => app.close());

function expectProblem(problem: Problem, status: number, [expected, code, path, detail]: Expected): void {
  expect({ status, code: problem.code, path: problem.errors?.[0]?.path }).toEqual({ status: expected, code, path });
  if (typeof detail === 'string') expect(problem.detail).toBe(detail);
  else expect(problem.detail).toMatch(detail);
}

const invalid = (path: string, detail: string | RegExp): Expected => [400, 'invalid_request', path, detail];
const withTemplate = (key: string, more: object = {}): object => ({
  ...SMS,
  content: undefined,
  template: { key },
  ...more,
});
const withFallback = (step: object, more: object = {}): object => ({
  ...SMS,
  fallback: [{ channel: 'sms', content: { body: 'x' } }, step],
  ...more,
});

const messages: [what: string, body: object, expected: Expected][] = [
  ['no recipient', { ...SMS, to: undefined }, invalid('to', 'to is missing')],
  ['no channel', { ...SMS, channel: undefined }, invalid('channel', 'channel is missing')],
  [
    'a template without its key',
    withTemplate(''),
    invalid('template.key', 'template.key must not be empty, such as order-confirmation'),
  ],
  [
    'a template of no key',
    { ...SMS, content: undefined, template: {} },
    invalid('template.key', 'template.key is missing'),
  ],
  ['null for a recipient', { ...SMS, to: null }, invalid('to', 'to must not be null: leave it out instead')],
  ['a recipient of another type', { ...SMS, to: 5 }, invalid('to', 'to must be a string, such as ana@example.com')],
  ['the body on top', { ...SMS, content: undefined, body: 'x' }, invalid('body', /did you mean content\.body\?$/)],
  ['the subject on top', { ...EMAIL, subject: 'x' }, invalid('subject', /did you mean content\.subject\?$/)],
  ['the HTML on top', { ...EMAIL, html: 'x' }, invalid('html', /did you mean content\.html\?$/)],
  ['the data on top', withTemplate('order', { data: {} }), invalid('data', /did you mean template\.data\?$/)],
  ['the recipient within', { ...SMS, content: { body: 'x', to: 'x' } }, invalid('content.to', /did you mean to\?$/)],
  ['another case', { ...SMS, sendat: '2030-01-01T00:00:00Z' }, invalid('sendat', /did you mean sendAt\?$/)],
  ['another separator', { ...SMS, venue_id: NOBODY }, invalid('venue_id', /did you mean venueId\?$/)],
  ['a misspelt field', { ...SMS, refrence: 'x' }, invalid('refrence', /did you mean reference\?$/)],
  [
    'a misspelt field of a step',
    withFallback({ channel: 'sms', senderid: NOBODY }),
    invalid('fallback[1].senderid', /did you mean fallback\[1\]\.senderId\?$/),
  ],
  ['a field of nothing known', { ...SMS, priority: 1 }, invalid('priority', /check its spelling or leave it out$/)],
  [
    'a channel that no provider carries',
    { ...SMS, channel: 'fax' },
    invalid('channel', 'channel must be one of email, sms, mms, whatsapp, voice'),
  ],
  ['no phone number', { ...SMS, to: 'ana@example.com' }, [400, 'invalid_address', 'to', /country code/]],
  ['a number of two meanings', { ...SMS, to: '15712345678' }, [400, 'ambiguous_address', 'to', /country code/]],
  ['no email address', { ...EMAIL, to: 'ana@' }, [400, 'invalid_address', 'to', /ana@example\.com/]],
  ['an unknown venue', { ...SMS, venueId: NOBODY }, [404, 'venue_not_found', 'venueId', /venue/]],
  ['an unknown externalId', { ...SMS, venueId: 'hall-1' }, [404, 'venue_not_found', 'venueId', /externalId/]],
  ['an unknown sender', { ...SMS, senderId: NOBODY }, [404, 'sender_not_found', 'senderId', /sender/]],
  ['an unknown template', withTemplate('gone'), [404, 'template_not_found', 'template.key', /key/]],
  ['a template without its data', withTemplate('order'), [422, 'missing_variables', 'template.data.name', /`name`/]],
  [
    'a template of another channel',
    withTemplate('order', { channel: 'email', to: 'ana@example.com' }),
    [422, 'template_mismatch', 'channel', /for sms/],
  ],
  [
    'marketing as transactional',
    withTemplate('news', { category: 'transactional' }),
    [422, 'template_mismatch', 'category', /marketing/],
  ],
  [
    'too long a text by its data',
    withTemplate('order', { template: { key: 'order', data: { name: 'x'.repeat(1_600) } } }),
    [422, 'message_too_long', 'template.data', /1600/],
  ],
  [
    'too long a text',
    { ...SMS, content: { body: 'x'.repeat(1_601) } },
    [422, 'message_too_long', 'content.body', /1600/],
  ],
  ['template and content', { ...SMS, template: { key: 'order' } }, [400, 'content_required', 'content', /not both/]],
  ['nothing to say', { ...SMS, content: undefined }, [400, 'content_required', 'content', /Say what to send/]],
  [
    'a subject on a text',
    { ...SMS, content: { subject: 'x' } },
    [400, 'content_required', 'content.subject', /means nothing on sms/],
  ],
  [
    'an email without its subject',
    { ...EMAIL, content: { text: 'x' } },
    [400, 'content_required', 'content.subject', /needs content\.subject/],
  ],
  ['an MMS without a picture', { ...SMS, channel: 'mms' }, [400, 'content_required', 'content.mediaUrls', /mediaUrls/]],
  ['a time gone by', { ...SMS, sendAt: '2020-01-01T00:00:00Z' }, [422, 'bad_schedule', 'sendAt', /past/]],
  ['an expiry gone by', { ...SMS, expiresAt: '2020-01-01T00:00:00Z' }, [422, 'bad_schedule', 'expiresAt', /expiresAt/]],
  [
    'too much metadata',
    { ...SMS, metadata: { note: 'x'.repeat(5_000) } },
    [400, 'content_required', 'metadata', /metadata/],
  ],
  [
    'a step to nowhere',
    withFallback({ channel: 'email', content: { subject: 'x', text: 'x' } }),
    [400, 'content_required', 'alternateTo', /alternateTo/],
  ],
  [
    'no other address',
    { ...SMS, alternateTo: '+15551230002' },
    [400, 'invalid_address', 'alternateTo', /email address/],
  ],
  [
    'an unknown template of a step',
    withFallback({ channel: 'sms', template: { key: 'gone' } }),
    [404, 'template_not_found', 'fallback[1].template.key', /key/],
  ],
  [
    'a template of a step without its data',
    withFallback({ channel: 'sms', template: { key: 'order' } }),
    [422, 'missing_variables', 'fallback[1].template.data.name', /`name`/],
  ],
  [
    'marketing as a step',
    withFallback({ channel: 'sms', template: { key: 'news' } }),
    [422, 'template_mismatch', 'fallback[1].template.key', /marketing/],
  ],
  [
    'an unknown sender of a step',
    withFallback({ channel: 'sms', senderId: NOBODY, content: { body: 'x' } }),
    [404, 'sender_not_found', 'fallback[1].senderId', /sender/],
  ],
  [
    'a step without words',
    withFallback({ channel: 'sms', content: { body: ' ' } }),
    [400, 'content_required', 'fallback[1].content.body', /content\.body/],
  ],
];

describe('A message with', () => {
  test.each(messages)('%s names the field', async (_, body, expected) => {
    const { status, body: problem } = await app.as(tenant).post('/api/messages').send(body);
    expectProblem(problem as Problem, status, expected);
  });
});

test('A message of a batch names its own fields, in the place of its answer', async () => {
  const { body } = await app
    .as(tenant)
    .post('/api/messages/batch')
    .send({ messages: messages.map(([, message]) => message) })
    .expect(202);
  const { items } = body as { items: { error: Problem & { status: number } }[] };
  for (const [index, [, , expected]] of messages.entries()) {
    const error = items[index]?.error;
    expect(error).toBeDefined();
    if (error) expectProblem(error, error.status, expected);
  }
});

test('Two messages that fail by the same lookup each name their own field', async () => {
  const unknown = { key: 'gone' };
  const { body } = await app
    .as(tenant)
    .post('/api/messages/batch')
    .send({ messages: [withTemplate('gone'), withFallback({ channel: 'sms', template: unknown })] })
    .expect(202);
  const { items } = body as { items: { error: Problem }[] };
  expect(items.map(({ error }) => error.errors?.[0]?.path)).toEqual(['template.key', 'fallback[1].template.key']);
});

type Call = readonly [method: 'get' | 'post' | 'put' | 'patch' | 'delete', path: string, body?: object];

describe('A request', () => {
  test.each<[what: string, call: Call, expected: Expected]>([
    ['of a batch without its list', ['post', '/api/messages/batch', {}], invalid('messages', 'messages is missing')],
    [
      'of one message as a batch',
      ['post', '/api/messages/batch', SMS],
      invalid('channel', /did you mean messages\[0\]\.channel\?/),
    ],
    [
      'of an empty batch',
      ['post', '/api/messages/batch', { messages: [] }],
      invalid('messages', 'messages must hold at least 1'),
    ],
    ['with a misspelt query', ['get', '/api/messages?statuss=sent'], invalid('statuss', /did you mean status\?$/)],
    ['with an unknown query', ['get', '/api/messages?page=2'], invalid('page', /check its spelling/)],
    [
      'with a month in words',
      ['get', '/api/usage?month=November'],
      invalid('month', 'month must be a month such as 2026-11'),
    ],
    ['with a recipient that is none', ['get', '/api/messages?to=ana'], [400, 'invalid_address', 'to', /country code/]],
    ['with a cursor that is none', ['get', '/api/venues?cursor=next'], [400, 'invalid_cursor', 'cursor', /nextCursor/]],
    [
      'with an unknown externalId in its path',
      ['get', '/api/venues/hall-1'],
      [404, 'venue_not_found', 'id', /externalId/],
    ],
    [
      'with a word for an id in its path',
      ['patch', '/api/senders/main', {}],
      invalid('id', 'id in the path must be an id (a UUID)'),
    ],
    ['for an unknown venue', ['get', `/api/venues/${NOBODY}`], [404, 'venue_not_found', 'id', /venue/]],
    ['for an unknown sender', ['patch', `/api/senders/${NOBODY}`, {}], [404, 'sender_not_found', 'id', /sender/]],
    ['for an unknown message', ['get', `/api/messages/${NOBODY}`], [404, 'message_not_found', 'id', /message/]],
    ['for an unknown template', ['get', '/api/templates/gone'], [404, 'template_not_found', 'key', /key/]],
    [
      'for an unknown version',
      ['get', '/api/templates/order?version=9'],
      [404, 'template_version_not_found', 'version', /newest is 1/],
    ],
    ['for an unknown audience', ['get', `/api/audiences/${NOBODY}`], [404, 'audience_not_found', 'id', /audience/]],
    [
      'for consent at an unknown venue',
      ['get', `/api/consent/${NOBODY}/ana@example.com`],
      [404, 'venue_not_found', 'venueId', /venue/],
    ],
    ['for consent of nobody', ['get', '/api/consent/{venue}/ana'], [400, 'invalid_address', 'address', /country code/]],
    [
      'for consent without a source',
      ['put', '/api/consent/{venue}/ana@example.com', { status: 'opted_in' }],
      invalid('source', 'source is missing'),
    ],
    [
      'for a key that is taken',
      ['post', '/api/templates', { key: 'news', channel: 'sms', category: 'marketing', body: 'x' }],
      [409, 'template_key_taken', 'key', /key already/],
    ],
    [
      'to change a channel',
      ['put', '/api/templates/news', { channel: 'email', subject: 'x', text: 'x' }],
      [409, 'template_immutable', 'channel', /for sms/],
    ],
    [
      'for a sender that is no number',
      ['post', '/api/senders', { venueId: '{venue}', channel: 'whatsapp', address: 'Box' }],
      [400, 'invalid_address', 'address', /country code/],
    ],
    [
      'for a sender of an unknown venue',
      ['post', '/api/senders', { venueId: NOBODY, channel: 'sms', address: '+15551239999' }],
      [404, 'venue_not_found', 'venueId', /venue/],
    ],
    [
      'for a campaign on no channel',
      ['post', '/api/campaigns', { name: 'x', channel: 'fax', templateKey: 'news', audienceId: NOBODY }],
      invalid('channel', 'channel must be one of email, sms, mms, whatsapp, voice'),
    ],
    [
      'for a campaign to nobody',
      ['post', '/api/campaigns', { name: 'x', channel: 'sms', templateKey: 'news', audienceId: NOBODY }],
      [404, 'audience_not_found', 'audienceId', /audience/],
    ],
  ])('%s names the field', async (_, [method, path, body], expected) => {
    const here = <T>(given: T): T => JSON.parse(JSON.stringify(given).replace('{venue}', tenant.defaultVenueId)) as T;
    const request = app.as(tenant)[method](here(path));
    const answer = await request.send(here(body ?? {}));
    expectProblem(answer.body as Problem, answer.status, expected);
  });

  test.each<[what: string, body: object, expected: Expected]>([
    ['a country in words', { country: 'Germany' }, invalid('country', /^country must be a country .*, such as DE$/)],
    ['a slug in capitals', { slug: 'Riverside Hall' }, invalid('slug', /lower-case letters.*, such as riverside$/)],
    ['no slug', { slug: undefined }, invalid('slug', 'slug is missing')],
    [
      'a name without end',
      { name: 'x'.repeat(10_000) },
      invalid('name', /^name must be at most \d+ characters long, such as /),
    ],
    ['a zone of its own', { timezone: 'Berlin' }, invalid('timezone', /such as Europe\/Berlin$/)],
  ])('for a tenant with %s shows one that would do', async (_, fields, expected) => {
    const { status, body } = await app
      .admin()
      .post('/api/tenants')
      .send({ name: 'Riverside', slug: 'shown', ...fields });
    expectProblem(body as Problem, status, expected);
  });

  test.each<[what: string, header: string | undefined, expected: Expected]>([
    ['no tenant', undefined, [400, 'tenant_required', 'X-Tenant-Id', /X-Tenant-Id/]],
    [
      'a slug',
      'riverside',
      [404, 'tenant_not_found', 'X-Tenant-Id', /^X-Tenant-Id must be the tenant’s id \(a UUID\), not its slug/],
    ],
    ['an unknown id', NOBODY, [404, 'tenant_not_found', 'X-Tenant-Id', 'There is no tenant with this id']],
  ])('of the admin with %s names the header', async (_, header, expected) => {
    const { status, body } = await app.admin(header).get('/api/venues');
    expectProblem(body as Problem, status, expected);
  });

  test.each<[key: string, expected: Expected]>([
    ['two words', [400, 'invalid_idempotency_key', 'Idempotency-Key', /1 to 255/]],
    ['order-1', [409, 'idempotency_key_reused', 'Idempotency-Key', /new key/]],
  ])('with the Idempotency-Key %j names the header', async (key, expected) => {
    const post = (body: object) => app.as(tenant).post('/api/messages').set('idempotency-key', key).send(body);
    await post(SMS);
    const { status, body } = await post(EMAIL);
    expectProblem(body as Problem, status, expected);
  });
});

describe('Malformed JSON', () => {
  test.each([
    ['{"channel":"sms","to":"+15551230001",}', 'look at line 1, column 38'],
    ['{"channel":"sms",\n "to":"+15551230001"\n "content":{}}', 'look at line 3, column 2'],
    ['{"channel":"sms","to":"+1555', 'it breaks off at line 1, column 29'],
    ["{'to':'ana@example.com'}", 'look at line 1, column 2'],
    ['to=ana@example.com', 'look at line 1, column 1'],
  ])('such as %j is placed and not quoted', async (text, place) => {
    const { status, body } = await app.as(tenant).post('/api/messages').type('json').send(text);
    expectProblem(body as Problem, status, [
      400,
      'malformed_json',
      undefined,
      `The request body is not well-formed JSON: ${place}`,
    ]);
  });
});

describe('An address that leads nowhere', () => {
  test.each([
    ['/api/messages/', /did you mean \/api\/messages\?/],
    ['/api/message', /did you mean \/api\/messages\?/],
    ['/messages', /did you mean \/api\/messages\?/],
    ['/api/v1/messages/batch', /did you mean \/api\/messages\/batch\?/],
    ['/api/tenant/ana@example.com', /did you mean \/api\/tenants\/\{id\}\?/],
    ['/swagger', /see \/docs/],
    ['/api', /below it, such as \/api\/\w+.*see \/docs/],
    ['/health', /below it, such as \/health\/\w+/],
  ])('%s is answered with the nearest', async (path, detail) => {
    const { status, body } = await app.as(tenant).post(path).send({});
    expectProblem(body as Problem, status, [404, 'not_found', undefined, detail]);
    expect(JSON.stringify(body)).not.toContain('ana@example.com');
  });

  test.each([
    ['delete', '/api/messages', 'GET, HEAD, POST'],
    ['get', '/api/messages/batch', undefined],
    ['put', `/api/messages/${NOBODY}/cancel`, 'POST'],
    ['patch', '/docs-json', 'GET, HEAD'],
  ] as const)('by %s %s names the methods that do', async (method, path, allowed) => {
    const answer = await app.as(tenant)[method](path);
    if (allowed === undefined) return expect(answer.status).not.toBe(404);
    expectProblem(answer.body as Problem, answer.status, [405, 'method_not_allowed', undefined, /This address takes/]);
    expect(answer.headers['allow']?.split(', ').toSorted().join(', ')).toBe(allowed);
  });
});
