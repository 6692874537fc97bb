/** The consent routes, over HTTP. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConsentProofView } from '../../src/consent/proof/proof.dto.js';
import { signedDocument } from '../../src/kernel/signing/signed-document.js';
import { callboard, environmentOf, type Said } from '../support/cli.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { newNumber } from '../support/people.js';
import { newVenue } from '../support/senders.js';

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp({ role: 'api' });
  tenant = await app.tenant({ country: 'DE' });
});
afterAll(() => app.close());

const path = (address: string, venueId = tenant.defaultVenueId): string => `/api/consent/${venueId}/${address}`;
const checkout = (status: string, more: object = {}): object => ({ status, source: 'checkout', ...more });

test('Nobody has decided anything: unknown', async () => {
  const number = newNumber();
  const { body } = await app.as(tenant).get(path(number)).expect(200);
  expect(body).toEqual({
    venueId: tenant.defaultVenueId,
    channel: 'sms',
    address: number,
    status: 'unknown',
    category: null,
    source: null,
    occurredAt: null,
    updatedAt: null,
    firstSource: null,
    firstAt: null,
    lastOptInAt: null,
    lastOptOutAt: null,
    numberOptOut: null,
  });
  const log = await app
    .as(tenant)
    .get(`${path(number)}/log`)
    .expect(200);
  expect(log.body).toEqual({ items: [], nextCursor: null });
});

test('A decision is the state from then on, and stands in the log with what proves it', async () => {
  const number = newNumber();
  const decision = checkout('opted_in', {
    evidence: { orderId: 'R-1042', form: { box: true } },
    occurredAt: '2026-01-02T03:04:05.678Z',
  });
  const put = await app.as(tenant).put(path(number)).send(decision).expect(200);
  expect(put.body).toEqual({
    venueId: tenant.defaultVenueId,
    channel: 'sms',
    address: number,
    status: 'opted_in',
    category: null,
    source: 'checkout',
    occurredAt: '2026-01-02T03:04:05.678Z',
    updatedAt: expect.stringMatching(/Z$/) as unknown,
    firstSource: 'checkout',
    firstAt: '2026-01-02T03:04:05.678Z',
    lastOptInAt: '2026-01-02T03:04:05.678Z',
    lastOptOutAt: null,
    numberOptOut: null,
  });
  const got = await app.as(tenant).get(path(number)).expect(200);
  expect(got.body).toEqual(put.body);
  await app.admin(tenant.id).put(path(number)).send({ status: 'opted_out', source: 'support' }).expect(200);

  const log = await app
    .as(tenant)
    .get(`${path(number)}/log`)
    .expect(200);
  expect(log.body).toMatchObject({
    items: [
      { status: 'opted_out', previousStatus: 'opted_in', source: 'support', evidence: null, actor: 'admin' },
      {
        status: 'opted_in',
        previousStatus: 'unknown',
        source: 'checkout',
        actor: expect.stringMatching(/^key:[\w-]{36}$/) as unknown,
        evidence: { orderId: 'R-1042', form: { box: true } },
        occurredAt: '2026-01-02T03:04:05.678Z',
      },
    ],
    nextCursor: null,
  });
});

test('The first source and the last decisions are told, whatever the order in which they came', async () => {
  const number = newNumber();
  const decide = (status: string, source: string, day: string): Promise<unknown> =>
    app
      .as(tenant)
      .put(path(number))
      .send({ status, source, occurredAt: `2026-01-${day}T00:00:00Z` })
      .expect(200);
  await decide('opted_in', 'checkout', '05');
  await decide('opted_out', 'keyword', '07');
  await decide('opted_in', 'paper form', '02'); // told late
  const told = {
    firstSource: 'paper form',
    firstAt: '2026-01-02T00:00:00.000Z',
    lastOptInAt: '2026-01-05T00:00:00.000Z',
    lastOptOutAt: '2026-01-07T00:00:00.000Z',
  };
  const get = async (query: object = {}): Promise<unknown> =>
    (await app.as(tenant).get(path(number)).query(query).expect(200)).body;
  expect(await get()).toMatchObject({ status: 'opted_out', ...told });
  const earlier = { status: 'opted_in', ...told, lastOptOutAt: null };
  expect(await get({ at: '2026-01-06T00:00:00Z' })).toMatchObject(earlier);
});

test('A repeated STOP is logged again and changes nothing', async () => {
  const number = newNumber();
  for (let time = 0; time < 3; time += 1)
    await app.as(tenant).put(path(number)).send(checkout('opted_out')).expect(200);
  const { body } = await app
    .as(tenant)
    .get(`${path(number)}/log`)
    .expect(200);
  expect(body).toMatchObject({
    items: [{ previousStatus: 'opted_out' }, { previousStatus: 'opted_out' }, { previousStatus: 'unknown' }],
  });
});

test('The log is paged newest first', async () => {
  const number = newNumber();
  const sources = ['one', 'two', 'three', 'four', 'five'];
  for (const source of sources) await app.as(tenant).put(path(number)).send({ status: 'opted_in', source }).expect(200);
  const seen: string[] = [];
  let cursor: string | null = '';
  let pages = 0;
  while (cursor !== null) {
    const response = await app
      .as(tenant)
      .get(`${path(number)}/log`)
      .query({ limit: 2, ...(cursor && { cursor }) })
      .expect(200);
    const page = response.body as { items: { source: string }[]; nextCursor: string | null };
    seen.push(...page.items.map(({ source }) => source));
    cursor = page.nextCursor;
    pages += 1;
  }
  expect(seen).toEqual([...sources].reverse());
  expect(pages).toBe(3);
});

test('One address, however it is spelt in the path', async () => {
  const number = newNumber();
  await app.as(tenant).put(path(number)).send(checkout('opted_in')).expect(200);
  const spellings = [
    number,
    encodeURIComponent(number),
    number.replace('+49', '0'),
    encodeURIComponent(number.replace('+49', '+49 (0) ')),
  ];
  for (const spelling of spellings) {
    const { body } = await app.as(tenant).get(path(spelling)).expect(200);
    expect(body).toMatchObject({ address: number, status: 'opted_in' });
  }
});

test('An address with an @ is an email address, whatever case it is in', async () => {
  await app
    .as(tenant)
    .put(path(encodeURIComponent('Ana+Tickets@Example.com')))
    .send(checkout('opted_in'))
    .expect(200);
  const { body } = await app.as(tenant).get(path('ana+tickets@example.com')).expect(200);
  expect(body).toMatchObject({ channel: 'email', address: 'ana+tickets@example.com', status: 'opted_in' });
});

test('Channels and venues are kept apart, but MMS is SMS', async () => {
  const number = newNumber();
  const other = await newVenue(app, tenant, 'Harbour Stage');
  await app
    .as(tenant)
    .put(path(number))
    .send(checkout('opted_out', { channel: 'mms' }))
    .expect(200);
  const status = async (venueId: string, channel: string): Promise<unknown> => {
    const { body } = await app.as(tenant).get(path(number, venueId)).query({ channel }).expect(200);
    return (body as { status: unknown }).status;
  };
  expect(await status(tenant.defaultVenueId, 'sms')).toBe('opted_out');
  expect(await status(tenant.defaultVenueId, 'mms')).toBe('opted_out');
  expect(await status(tenant.defaultVenueId, 'whatsapp')).toBe('unknown');
  expect(await status(tenant.defaultVenueId, 'voice')).toBe('unknown');
  expect(await status(other, 'sms')).toBe('unknown');
});

describe('Refused', () => {
  const nowhere = '0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12';
  const soon = (ms: number): string => new Date(Date.now() + ms).toISOString();

  test('another tenant’s venue is not there, on every route', async () => {
    const stranger = await app.tenant();
    const number = newNumber();
    for (const venueId of [tenant.defaultVenueId, nowhere]) {
      const agent = app.as(stranger);
      const answers = [
        await agent.get(path(number, venueId)),
        await agent.put(path(number, venueId)).send(checkout('opted_in')),
        await agent.get(`${path(number, venueId)}/log`),
        await agent
          .post('/api/consent/import')
          .send({ venueId, channel: 'sms', source: 'import', contacts: [{ address: number, status: 'opted_in' }] }),
      ];
      for (const { status, body } of answers) expect([status, body]).toMatchObject([404, { code: 'venue_not_found' }]);
    }
    const { body } = await app.as(tenant).get(path(number)).expect(200);
    expect(body).toMatchObject({ status: 'unknown' });
  });

  test('a key without the scope', async () => {
    const issued = await app
      .admin()
      .post(`/api/tenants/${tenant.id}/api-keys`)
      .send({ name: 'reader', scopes: ['consent:read'] })
      .expect(201);
    const reader = app.as({ ...tenant, key: (issued.body as { key: string }).key });
    const number = newNumber();
    await reader.get(path(number)).expect(200);
    const { body } = await reader.put(path(number)).send(checkout('opted_in')).expect(403);
    expect(body).toMatchObject({ code: 'missing_scope' });
    await reader.delete(`/api/suppressions/sms/${number}`).expect(403);
    await app.http.get(path(number)).expect(401);
  });

  test.each<[string, object, RegExp]>([
    ['no status', { source: 'checkout' }, /status is missing/],
    ['unknown as a decision', checkout('unknown'), /status must be one of/],
    ['no source', { status: 'opted_in' }, /source is missing/],
    ['a category of an opt-in', checkout('opted_in', { category: 'marketing' }), /category belongs to an opt-out/],
    [
      'a category that nobody leaves alone',
      checkout('opted_out', { category: 'emergency' }),
      /category must be one of marketing/,
    ],
    ['a long source', checkout('opted_in', { source: 'x'.repeat(101) }), /source must be at most 100 characters long/],
    [
      'a source with control characters',
      checkout('opted_in', { source: 'check\0out' }),
      /source must be one line of text/,
    ],
    ['an unknown channel', checkout('opted_in', { channel: 'fax' }), /channel must be one of/],
    ['evidence that is no object', checkout('opted_in', { evidence: ['yes'] }), /evidence must be an object/],
    [
      'evidence over 4 KB',
      checkout('opted_in', { evidence: { page: 'é'.repeat(2_050) } }),
      /evidence must be at most 4096 bytes/,
    ],
    ['evidence with a NUL', checkout('opted_in', { evidence: { list: ['a\0b'] } }), /no NUL characters/],
    ['evidence with half a character', checkout('opted_in', { evidence: { name: '\ud83d' } }), /broken Unicode/],
    [
      'a decision in the future',
      checkout('opted_in', { occurredAt: soon(600_000) }),
      /occurredAt must not be in the future/,
    ],
    [
      'a time without its offset',
      checkout('opted_in', { occurredAt: '2026-01-01T00:00:00' }),
      /occurredAt must be an ISO 8601 time/,
    ],
    ['a misspelt field', checkout('opted_in', { evidense: {} }), /evidense is not a field/],
  ])('a decision with %s', async (_, decision, sentence) => {
    const number = newNumber();
    const { body } = await app.as(tenant).put(path(number)).send(decision).expect(400);
    expect(body).toMatchObject({ code: 'invalid_request', detail: expect.stringMatching(sentence) as unknown });
    const { body: log } = await app
      .as(tenant)
      .get(`${path(number)}/log`)
      .expect(200);
    expect(log).toMatchObject({ items: [] });
  });

  test.each(['ana-4711', 'ana', 'x'.repeat(380), '%20'])('the address %s, without repeating it', async (address) => {
    const { body, text } = await app.as(tenant).get(path(address)).expect(400);
    expect(body).toMatchObject({ code: 'invalid_address' });
    expect(text).not.toContain(address);
  });

  test('an address of another channel, a venue that is none, a cursor that is none', async () => {
    const number = newNumber();
    const email = await app
      .as(tenant)
      .put(path(number))
      .send(checkout('opted_in', { channel: 'email' }))
      .expect(400);
    expect(email.body).toMatchObject({ code: 'invalid_address' });
    const id = await app.as(tenant).get(path(number, 'nowhere')).expect(404);
    expect(id.body).toMatchObject({ code: 'venue_not_found' });
    const cursor = await app
      .as(tenant)
      .get(`${path(number)}/log`)
      .query({ cursor: 'x' })
      .expect(400);
    expect(cursor.body).toMatchObject({ code: 'invalid_cursor' });
    const at = await app.as(tenant).get(path(number)).query({ at: 'yesterday' }).expect(400);
    expect(at.body).toMatchObject({ code: 'invalid_request' });
  });
});

test('A decision by a clock a little ahead of ours counts from now, so that it cannot outrank a STOP that follows', async () => {
  const number = newNumber();
  const ahead = new Date(Date.now() + 120_000).toISOString();
  const { body } = await app
    .as(tenant)
    .put(path(number))
    .send(checkout('opted_in', { occurredAt: ahead }))
    .expect(200);
  expect(Date.parse((body as { occurredAt: string }).occurredAt)).toBeLessThanOrEqual(Date.now());
  const stop = await app.as(tenant).put(path(number)).send(checkout('opted_out')).expect(200);
  expect(stop.body).toMatchObject({ status: 'opted_out' });
});

test('Every route and its errors are documented', async () => {
  const { body } = await app.http.get('/docs-json').expect(200);
  const { paths } = body as {
    paths: Record<string, Record<string, { responses: Record<string, unknown>; parameters?: { name: string }[] }>>;
  };
  expect(Object.keys(paths['/api/consent/{venueId}/{address}'] ?? {})).toEqual(['get', 'put']);
  expect(Object.keys(paths['/api/consent/{venueId}/{address}']?.['put']?.responses ?? {})).toEqual(
    expect.arrayContaining(['200', '400', '404']),
  );
  expect(Object.keys(paths['/api/consent/import']?.['post']?.responses ?? {})).toEqual(
    expect.arrayContaining(['200', '404']),
  );
  const parameters = paths['/api/suppressions/{channel}/{address}']?.['delete']?.parameters?.map(({ name }) => name);
  expect(parameters).toEqual(expect.arrayContaining(['channel', 'address']));
});

describe('A proof', () => {
  const DAY = '2026-02-0';
  let number: string;
  let folder: string;
  beforeAll(async () => {
    number = newNumber();
    folder = await mkdtemp(join(tmpdir(), 'proof-'));
    const decisions = [
      checkout('opted_in', { occurredAt: `${DAY}1T10:00:00Z`, evidence: { orderId: 'R-1042', total: 12.5 } }),
      checkout('opted_out', { occurredAt: `${DAY}3T10:00:00Z`, source: 'settings', category: 'marketing' }),
      checkout('opted_in', { occurredAt: `${DAY}5T10:00:00Z` }),
    ];
    for (const decision of decisions) await app.as(tenant).put(path(number)).send(decision).expect(200);
  });

  const prove = async (query: object = {}): Promise<ConsentProofView> =>
    (
      await app
        .as(tenant)
        .get(`${path(number)}/proof`)
        .query(query)
        .expect(200)
    ).body as ConsentProofView;

  const keep = async (name: string, document: unknown): Promise<string> => {
    const file = join(folder, name);
    await writeFile(file, typeof document === 'string' ? document : JSON.stringify(document, null, 2));
    return file;
  };
  const verify = (...args: string[]): Promise<Said> => callboard(environmentOf(app), 'consent', 'verify', ...args);

  test('says what held at an instant, by which decision, and what had come before', async () => {
    const first = await prove({ at: `${DAY}2T00:00:00Z` });
    expect(first).toMatchObject({
      type: 'callboard.consent-proof.v1',
      tenantId: tenant.id,
      address: number,
      at: `${DAY}2T00:00:00.000Z`,
      state: { status: 'opted_in', source: 'checkout' },
      decision: { status: 'opted_in', evidence: { orderId: 'R-1042', total: 12.5 } },
      omitted: 0,
    });
    expect(first.history).toHaveLength(1);
    const second = await prove({ at: `${DAY}4T00:00:00Z` });
    expect(second).toMatchObject({
      state: { status: 'opted_out', category: 'marketing' },
      decision: { status: 'opted_out', category: 'marketing', source: 'settings' },
    });
    const now = await prove();
    expect(now.history.map(({ occurredAt }) => occurredAt.slice(0, 10))).toEqual([`${DAY}5`, `${DAY}3`, `${DAY}1`]);
    expect(now.decision).toEqual(now.history[0]);
    expect(await prove({ at: '2026-01-01T00:00:00Z' })).toMatchObject({
      state: { status: 'unknown' },
      decision: null,
      history: [],
    });
    const inAWeek = new Date(Date.now() + 604_800_000).toISOString();
    await app
      .as(tenant)
      .get(`${path(number)}/proof`)
      .query({ at: inAWeek })
      .expect(400);
  });

  test('is verified by the key of the installation, with the service or without', async () => {
    const proof = await prove();
    const file = await keep('proof.json', proof);
    const { body } = await app.as(tenant).get('/api/signing-key').expect(200);
    const { keyId, publicKey } = body as { keyId: string; publicKey: string };
    expect(proof.signature).toMatchObject({ keyId, publicKey, algorithm: 'Ed25519' });
    const key = await keep('key.pem', publicKey);
    expect(await verify(file, '--key', key)).toEqual({ code: 0, out: 'The document is what was signed.', err: '' });
    const reordered = await keep('reordered.json', Object.fromEntries(Object.entries(proof).toReversed()));
    expect((await verify(reordered, '--key', key)).code).toBe(0);

    const altered = structuredClone(proof);
    altered.state.status = 'opted_out';
    const forged = { ...altered, ...signedDocument(contentOf(altered), generateKeyPairSync('ed25519').privateKey) };
    const rehashed = { ...forged, signature: { ...forged.signature, keyId, publicKey } };
    for (const [name, document, verdict] of [
      ['altered', altered, 'altered'],
      ['forged', forged, 'another_key'],
      ['rehashed', rehashed, 'altered'],
      ['none', [], 'no_document'],
    ] as const) {
      const { code, out } = await verify(await keep(`${name}.json`, document), '--key', key, '--json');
      expect([code, JSON.parse(out)]).toEqual([1, { verdict }]);
    }
  });

  test('is on record with who asked for it, and without the address', async () => {
    const { id } = await prove();
    const { body } = await app.as(tenant).get(`/api/audit?objectId=${id}`).expect(200);
    const { items } = body as { items: object[] };
    expect(items).toMatchObject([
      {
        action: 'consent.prove',
        objectKind: 'consent_proof',
        details: { channel: 'sms', venueId: tenant.defaultVenueId },
      },
    ]);
    expect(JSON.stringify(items)).not.toContain(number.slice(1));
  });

  test('is for keys that may read consent', async () => {
    const other = await app.keyOf(tenant, ['messages:read']);
    await app
      .as(other)
      .get(`${path(number)}/proof`)
      .expect(403);
    await app.as(other).get('/api/signing-key').expect(403);
  });
});

/** What is signed of a document. */
const contentOf = (proof: ConsentProofView): object =>
  Object.fromEntries(Object.entries(proof).filter(([name]) => name !== 'contentHash' && name !== 'signature'));
