/** `Idempotency-Key`, over HTTP. */
import { PurgeIdempotencyKeysSchedule } from '../../src/kernel/http/purge-idempotency-keys.schedule.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly id?: string; readonly code?: string };
}

let app: TestApp;
let tenant: Tenant;
let keys = 0;

beforeAll(async () => {
  app = await openTestApp();
});
beforeEach(async () => {
  tenant = await app.tenant();
});
afterAll(() => app.close());

const freshKey = (): string => `key-${(keys += 1)}`;

const post = async (key: string, body: object, owner = tenant, path = '/api/venues'): Promise<Answer> =>
  app.as(owner).post(path).set('idempotency-key', key).send(body);

async function venueNames(owner = tenant): Promise<string[]> {
  const { body } = await app.as(owner).get('/api/venues').expect(200);
  return (body as { items: { name: string; isDefault: boolean }[] }).items
    .filter(({ isDefault }) => !isDefault)
    .map(({ name }) => name);
}

describe('The same key with the same body', () => {
  test('gets the first answer again and has no second effect', async () => {
    const key = freshKey();
    const first = await post(key, { name: 'Hall', externalId: 'hall' });
    const second = await post(key, { externalId: 'hall', name: 'Hall' });
    expect(first.status).toBe(201);
    expect(first.headers).not.toHaveProperty('idempotency-replayed');
    expect(second).toMatchObject({ status: 201, body: first.body, headers: { 'idempotency-replayed': 'true' } });
    await expect(venueNames()).resolves.toEqual(['Hall']);
  });

  test('has one effect when all come at once', async () => {
    const key = freshKey();
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(key, { name: 'Hall' })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers['idempotency-replayed'] === 'true')).toHaveLength(7);
    await expect(venueNames()).resolves.toEqual(['Hall']);
  });

  test('works again after an error, which left nothing behind', async () => {
    const taken = await post(freshKey(), { name: 'First', externalId: 'hall' });
    const key = freshKey();
    const refused = await post(key, { name: 'Second', externalId: 'hall' });
    expect(refused).toMatchObject({ status: 409, body: { code: 'external_id_taken' } });
    await app.as(tenant).patch(`/api/venues/${taken.body.id}`).send({ externalId: null }).expect(200);
    const again = await post(key, { name: 'Second', externalId: 'hall' });
    expect(again.status).toBe(201);
    expect(again.headers).not.toHaveProperty('idempotency-replayed');
  });

  test('is a new request for another tenant', async () => {
    const key = freshKey();
    const other = await app.tenant();
    const mine = await post(key, { name: 'Hall' });
    const theirs = await post(key, { name: 'Hall' }, other);
    expect(theirs.status).toBe(201);
    expect(theirs.body.id).not.toBe(mine.body.id);
    await expect(venueNames(other)).resolves.toEqual(['Hall']);
  });

  test('is a new request after 24 hours, and its new answer is the one repeated', async () => {
    const key = freshKey();
    const first = await post(key, { name: 'Hall' });
    await app.database.query(
      `update idempotency_key set created_at = now() - interval '24 hours 1 second' where key = $1`,
      [key],
    );
    const second = await post(key, { name: 'Hall' });
    const third = await post(key, { name: 'Hall' });
    expect(second.body.id).not.toBe(first.body.id);
    expect(third).toMatchObject({ body: second.body, headers: { 'idempotency-replayed': 'true' } });
    await expect(venueNames()).resolves.toEqual(['Hall', 'Hall']);
  });
});

describe('The same key', () => {
  test('with another body is refused', async () => {
    const key = freshKey();
    await post(key, { name: 'Hall' });
    expect(await post(key, { name: 'Stage' })).toMatchObject({ status: 409, body: { code: 'idempotency_key_reused' } });
    await expect(venueNames()).resolves.toEqual(['Hall']);
  });

  test('on another route is refused', async () => {
    const key = freshKey();
    await post(key, { name: 'Hall' });
    const answer = await post(key, { name: 'Hall' }, tenant, `/api/templates`);
    expect(answer).toMatchObject({ status: 409, body: { code: 'idempotency_key_reused' } });
  });

  test.each([
    ['with a space', 'a b'],
    ['of 256 characters', 'x'.repeat(256)],
    ['outside of ASCII', 'schlüssel'],
  ])('%s is no key', async (_, key) => {
    expect(await post(key, { name: 'Hall' })).toMatchObject({ status: 400, body: { code: 'invalid_idempotency_key' } });
    await expect(venueNames()).resolves.toEqual([]);
  });
});

test('What was answered is kept encrypted: it may hold a secret', async () => {
  const key = freshKey();
  const path = `/api/tenants/${tenant.id}/api-keys`;
  const issued = await app
    .admin()
    .post(path)
    .set('idempotency-key', key)
    .send({ name: 'k', scopes: ['*'] });
  const again = await app
    .admin()
    .post(path)
    .set('idempotency-key', key)
    .send({ name: 'k', scopes: ['*'] });
  const { key: secret } = issued.body as { key: string };
  expect(again.body).toEqual(issued.body);
  const rows = await app.database.query(`select * from idempotency_key where key = $1`, [key]);
  expect(rows).toEqual([expect.objectContaining({ owner: 'platform', status: 201 })]);
  expect(JSON.stringify(rows)).not.toContain(secret);
});

test('Keys whose time has passed are purged, however many they are', async () => {
  await app.database.query(
    `insert into idempotency_key (owner, key, request_hash, created_at)
     select 'purge', n::text, '', now() - make_interval(hours => case n when 0 then 23 else 25 end)
     from generate_series(0, 10001) n`,
  );
  await app.nest.get(PurgeIdempotencyKeysSchedule).purge();
  const left = await app.database.query(`select key from idempotency_key where owner = 'purge'`);
  expect(left).toEqual([{ key: '0' }]);
});
