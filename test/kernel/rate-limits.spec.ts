/** Limits of requests by key, tenant and address, which two processes on one database keep together. */
import type { Response, Test } from 'supertest';
import { until } from '../../harness/until.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';

const ADDRESS_LIMIT = 30;

let one: TestApp;
let other: TestApp;
beforeAll(async () => {
  const rates = { send: 10, read: 0, write: 10_000, address: 10_000_000 };
  one = await openTestApp({ rates });
  const { databaseUrl, encryptionKeys } = one.config;
  other = await openTestApp({
    databaseUrl,
    encryptionKeys,
    rates: { ...rates, address: ADDRESS_LIMIT },
    role: 'api',
    trustedProxies: ['127.0.0.1'],
  });
});
afterAll(() => Promise.all([one.close(), other.close()]));

/** Of two minutes, if one ends meanwhile: three times the limit is too much for both. */
async function many(limit: number, ask: () => PromiseLike<Response>): Promise<Response[]> {
  const answers: Response[] = [];
  for (let index = 0; index < 3 * limit; index += 1) answers.push(await ask());
  return answers;
}

const statuses = (answers: readonly Response[]): number[] =>
  [...new Set(answers.map(({ status }) => status))].toSorted((left, right) => left - right);

const from = (address: string, request: Test): Test => request.set('x-forwarded-for', address);

async function issue(tenant: Tenant, requestsPerMinute: object): Promise<Tenant> {
  const body = { name: 'tests', scopes: ['*'], requestsPerMinute };
  const issued = await one.admin().post(`/api/tenants/${tenant.id}/api-keys`).send(body).expect(201);
  expect(issued.body).toMatchObject({ requestsPerMinute });
  return { ...tenant, key: (issued.body as { key: string }).key };
}

test('a key that sends too much is answered 429 with what it may do and when, and may still read', async () => {
  const tenant = await one.tenant();
  const message = { channel: 'email', to: 'ana@example.com', content: { subject: 'Doors', text: 'At 19:00.' } };
  const answers = await many(10, () => one.as(tenant).post('/api/messages').send(message));
  expect(statuses(answers)).toEqual([202, 429]);
  const [first] = answers;
  expect(first?.headers['ratelimit-policy']).toBe('"send";q=10;w=60');
  expect(first?.headers['ratelimit']).toMatch(/^"send";r=9;t=\d+$/);
  const refused = answers.find(({ status }) => status === 429);
  expect(refused?.body).toMatchObject({ code: 'rate_limited', status: 429 });
  expect(refused?.headers['ratelimit']).toMatch(/^"send";r=0;t=\d+$/);
  expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(0);
  expect(Number(refused?.headers['retry-after'])).toBeLessThanOrEqual(60);
  await one.as(tenant).get('/api/messages').expect(200);
  const metrics = await one.http.get('/metrics');
  expect(metrics.text).toMatch(/callboard_requests_limited_total\{group="send"\} [1-9]/);
});

test('a limit of a key’s own counts in its place, and goes on to the key that follows it', async () => {
  const strict = await issue(await one.tenant(), { read: 5 });
  const answers = await many(5, () => one.as(strict).get('/api/messages'));
  expect(statuses(answers)).toEqual([200, 429]);
  const list = await one.admin().get(`/api/tenants/${strict.id}/api-keys`).expect(200);
  const keys = (list.body as { items: { id: string; requestsPerMinute: object }[] }).items;
  const id = keys.at(-1)?.id;
  expect(keys.at(-1)?.requestsPerMinute).toEqual({ read: 5 });
  const rotated = await one.admin().post(`/api/tenants/${strict.id}/api-keys/${id}/rotate`).send({}).expect(201);
  expect(rotated.body).toMatchObject({ requestsPerMinute: { read: 5 } });
});

test('a tenant’s limit is of all its keys together, and only the admin key sets it', async () => {
  const tenant = await one.tenant();
  const settings = `/api/tenants/${tenant.id}/settings`;
  const own = await one
    .as(tenant)
    .patch(settings)
    .send({ requestsPerMinute: { read: 10_000 } })
    .expect(403);
  expect(own.body).toMatchObject({ code: 'admin_only', errors: [{ path: 'requestsPerMinute' }] });
  const set = await one
    .admin()
    .patch(settings)
    .send({ requestsPerMinute: { read: 6 } })
    .expect(200);
  expect(set.body).toMatchObject({ settings: { requestsPerMinute: { read: 6 } } });
  const keys = [await one.keyOf(tenant, ['*']), await one.keyOf(tenant, ['*'])]; // the first may be known without, for some seconds
  let turn = 0;
  const answers = await many(6, () => one.as(keys[(turn += 1) % 2] ?? tenant).get('/api/templates'));
  expect(statuses(answers)).toEqual([200, 429]);
  expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(12);
});

test('what one process has counted is known to the other within a second', async () => {
  const limit = 1_000;
  const tenant = await issue(await one.tenant(), { read: limit });
  let asked = 0;
  await until(async () => {
    await many(1, () => one.as(tenant).get('/api/messages'));
    asked += 1;
    const { headers } = await from(`198.51.100.${asked}`, other.as(tenant).get('/api/messages')).expect(200);
    const [, left] = /r=(\d+)/.exec(headers['ratelimit'] ?? '') ?? [];
    return Number(left) < limit - asked; // it has taken no more than that itself
  });
});

test('an address that asks too much is refused with whatever key or none, but for health', async () => {
  const answers = await many(ADDRESS_LIMIT, () => from('203.0.113.7', other.http.get('/api/messages')));
  const refused = answers.find(({ status }) => status === 429);
  expect(refused?.body).toMatchObject({ code: 'rate_limited' });
  expect(refused?.headers['ratelimit-policy']).toBe(`"address";q=${ADDRESS_LIMIT};w=60`);
  await other.http.get('/health/live').expect(200);
  await one.http.get('/api/messages').expect(401); // where more are allowed
});
