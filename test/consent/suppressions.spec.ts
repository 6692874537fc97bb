/** Addresses that must not be written to. */
import { Suppress } from '../../src/consent/index.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { logOf, run, stateOf } from './support.js';
import { newNumber } from '../support/people.js';

let app: TestApp;
beforeAll(async () => {
  app = await openTestApp({ role: 'api' });
});
afterAll(() => app.close());

interface Listed {
  readonly items: { readonly channel: string; readonly address: string; readonly reason: string }[];
  readonly nextCursor: string | null;
}

const list = async (tenant: Tenant, query: object | string = {}): Promise<Listed> =>
  (await app.as(tenant).get('/api/suppressions').query(query).expect(200)).body as Listed;

test('The first reason stays', async () => {
  const tenant = await app.tenant();
  const entry = { tenantId: tenant.id, channel: 'email', address: 'gone@example.com' } as const;
  await run(
    app,
    new Suppress([
      { ...entry, reason: 'hard_bounce', evidence: { code: '5.1.1' } },
      { ...entry, reason: 'complaint' },
    ]),
  );
  await run(app, new Suppress([{ ...entry, reason: 'invalid_address' }]));
  expect(await list(tenant)).toEqual({
    items: [
      {
        channel: 'email',
        address: 'gone@example.com',
        reason: 'hard_bounce',
        evidence: { code: '5.1.1' },
        actor: 'provider',
        createdAt: expect.stringMatching(/Z$/) as unknown,
      },
    ],
    nextCursor: null,
  });
});

test('A list paged by channel and address, each once', async () => {
  const tenant = await app.tenant();
  const emails = Array.from({ length: 25 }, (_, index) => `guest${index}@example.com`);
  const numbers = Array.from({ length: 25 }, newNumber);
  const entries = [
    ...emails.map((address) => ({ channel: 'email', address }) as const),
    ...numbers.map((address) => ({ channel: 'mms', address }) as const),
  ];
  await run(app, new Suppress(entries.map((entry) => ({ ...entry, tenantId: tenant.id, reason: 'invalid_address' }))));
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Listed = await list(tenant, { limit: 7, ...(cursor && { cursor }) });
    seen.push(...page.items.map(({ channel, address }) => `${channel} ${address}`));
    cursor = page.nextCursor;
  } while (cursor !== null);
  expect(seen).toHaveLength(50);
  expect(new Set(seen)).toEqual(
    new Set([...emails.map((email) => `email ${email}`), ...numbers.map((number) => `sms ${number}`)]),
  );
});

test('A list of one channel, or of one address however it is spelt', async () => {
  const tenant = await app.tenant();
  const number = newNumber();
  const entry = { tenantId: tenant.id, reason: 'hard_bounce' } as const;
  await run(
    app,
    new Suppress([
      { ...entry, channel: 'sms', address: number },
      { ...entry, channel: 'email', address: 'ana@example.com' },
    ]),
  );
  const found = async (query: object | string): Promise<string[]> =>
    (await list(tenant, query)).items.map(({ address }) => address);
  expect(await found({ channel: 'mms' })).toEqual([number]);
  expect(await found({ address: 'ANA@example.com' })).toEqual(['ana@example.com']);
  expect(await found({ address: number })).toEqual([number]);
  expect(await found(`address=${number}`)).toEqual([number]);
  expect(await found({ channel: 'voice' })).toEqual([]);
});

test('A lifted suppression is gone, for its tenant alone', async () => {
  const [tenant, other] = [await app.tenant(), await app.tenant()];
  const number = newNumber();
  const entry = { channel: 'sms', address: number, reason: 'invalid_address' } as const;
  await run(app, new Suppress([tenant, other].map(({ id }) => ({ ...entry, tenantId: id }))));
  const { body: empty } = await app.as(tenant).delete(`/api/suppressions/sms/${number}`).expect(204);
  expect(empty).toEqual({});
  expect((await list(tenant)).items).toEqual([]);
  expect((await list(other)).items).toHaveLength(1);
  const { body } = await app
    .as(tenant)
    .delete(`/api/suppressions/sms/${encodeURIComponent(number)}`)
    .expect(404);
  expect(body).toMatchObject({ code: 'suppression_not_found' });
});

test('A complaint is also an opt-out from the venue, which outlives the suppression', async () => {
  const tenant = await app.tenant();
  const address = 'cross@example.com';
  const entry = { tenantId: tenant.id, channel: 'email', address } as const;
  await run(app, new Suppress([{ ...entry, reason: 'hard_bounce', venueId: tenant.defaultVenueId }]));
  expect(await stateOf(app, tenant, address, 'email')).toBe('unknown');
  await run(
    app,
    new Suppress([{ ...entry, reason: 'complaint', venueId: tenant.defaultVenueId, evidence: { feedback: 'abuse' } }]),
  );
  await app.as(tenant).delete(`/api/suppressions/email/${address}`).expect(204);
  expect(await stateOf(app, tenant, address, 'email')).toBe('opted_out');
  expect(await logOf(app, tenant, address, 'email')).toMatchObject([
    { source: 'complaint', actor: 'recipient', evidence: { feedback: 'abuse' } },
  ]);
});

test('Suppressing the same thousand addresses from many sides at once', async () => {
  const tenant = await app.tenant();
  const addresses = Array.from({ length: 1_000 }, newNumber);
  const entries = addresses.map(
    (address) => ({ tenantId: tenant.id, channel: 'sms', address, reason: 'invalid_address' }) as const,
  );
  await Promise.all(
    [entries, [...entries].reverse(), entries, [...entries].reverse()].map((batch) => run(app, new Suppress(batch))),
  );
  const [counted] = await app.database.query<{ count: number }>(
    'select count(*)::int from suppression where tenant_id = $1',
    [tenant.id],
  );
  expect(counted?.count).toBe(1_000);
});

test.each([
  ['get', '/api/suppressions?channel=fax', 'invalid_request'],
  ['get', '/api/suppressions?address=ana', 'invalid_address'],
  ['get', '/api/suppressions?cursor=x', 'invalid_cursor'],
  ['get', `/api/suppressions?cursor=${Buffer.from('["sms","\\u0000"]').toString('base64url')}`, 'invalid_cursor'],
  ['get', '/api/suppressions?limit=501', 'invalid_request'],
  ['delete', '/api/suppressions/fax/ana@example.com', 'invalid_request'],
  ['delete', '/api/suppressions/sms/ana@example.com', 'invalid_address'],
] as const)('%s %s is refused as %s', async (method, url, code) => {
  const tenant = await app.tenant();
  const { body } = await app.as(tenant)[method](url).expect(400);
  expect(body).toMatchObject({ code });
});
