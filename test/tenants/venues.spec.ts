/** Venues over HTTP, and what an Idempotency-Key promises on them. */
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';

const NOBODY = '01990000-0000-7000-8000-000000000000';
const NOT_FOUND = {
  code: 'venue_not_found',
  detail: 'There is no venue with this id or externalId: see GET /api/venues',
};
const TAKEN = { code: 'external_id_taken', detail: 'Another venue of this tenant has this externalId: choose another' };

interface Venue {
  readonly id: string;
  readonly name: string;
}

describe('Venues', () => {
  let app: TestApp;
  let tenant: Tenant;
  let other: Tenant;
  beforeAll(async () => {
    app = await openTestApp();
    tenant = await app.tenant();
    other = await app.tenant();
  });
  afterAll(() => app.close());

  const create = async (input: object): Promise<Venue> => {
    const { body } = await app.as(tenant).post('/api/venues').send(input).expect(201);
    return body as Venue;
  };

  test('are added, read, listed and changed', async () => {
    const venue = await create({ name: 'Riverside Hall', externalId: 'hall-1' });
    expect(venue).toEqual({
      id: expect.any(String) as string,
      name: 'Riverside Hall',
      externalId: 'hall-1',
      unsubscribeEmail: null,
      keywordReplies: null,
      forwardTo: null,
      isDefault: false,
      createdAt: expect.stringMatching(/Z$/) as string,
    });
    const path = `/api/venues/${venue.id}`;
    expect((await app.as(tenant).get(path).expect(200)).body).toEqual(venue);
    const renamed = await app.as(tenant).patch(path).send({ name: 'The Hall' }).expect(200);
    expect(renamed.body).toEqual({ ...venue, name: 'The Hall' });
    const bare = await app.as(tenant).patch(path).send({ externalId: null }).expect(200);
    expect(bare.body).toMatchObject({ name: 'The Hall', externalId: null });
    expect((await app.as(tenant).get(path)).body).toEqual(bare.body);
    const reached = await app.as(tenant).patch(path).send({ unsubscribeEmail: 'Leave@Hall.example' }).expect(200);
    expect(reached.body).toEqual({ ...(bare.body as Venue), unsubscribeEmail: 'leave@hall.example' });
    const wrong = await app.as(tenant).patch(path).send({ unsubscribeEmail: 'leave at hall' }).expect(400);
    expect(wrong.body).toMatchObject({ code: 'invalid_address', errors: [{ path: 'unsubscribeEmail' }] });
    await app.as(tenant).patch(path).send({ unsubscribeEmail: null }).expect(200);
    expect((await app.as(tenant).get(path)).body).toEqual(bare.body);
  });

  test('forward to mailboxes, each once in its normal form', async () => {
    const { id } = await create({ name: 'Desk' });
    const path = `/api/venues/${id}`;
    const emails = ['Desk@Hall.example', 'desk@hall.example'];
    const set = await app.as(tenant).patch(path).send({ forwardTo: { emails } }).expect(200);
    expect(set.body).toMatchObject({ forwardTo: { emails: ['desk@hall.example'], language: 'en' } });
    for (const wrong of [{ emails: [] }, { emails: ['desk at hall'] }, { emails, language: 'fr' }])
      await app.as(tenant).patch(path).send({ forwardTo: wrong }).expect(400);
    const ended = await app.as(tenant).patch(path).send({ forwardTo: null }).expect(200);
    expect(ended.body).toMatchObject({ forwardTo: null });
  });

  test('are paged oldest first, beginning with the one made with the tenant, and are only one’s own', async () => {
    const fresh = await app.tenant();
    for (const name of ['a', 'b', 'c']) await app.as(fresh).post('/api/venues').send({ name }).expect(201);
    const first = await app.as(fresh).get('/api/venues?limit=3').expect(200);
    const { items, nextCursor } = first.body as { items: Venue[]; nextCursor: string };
    expect(items.map(({ name }) => name)).toEqual(['Riverside Festivals', 'a', 'b']);
    expect(items[0]).toMatchObject({ id: fresh.defaultVenueId, isDefault: true });
    const second = await app.as(fresh).get('/api/venues').query({ limit: 3, cursor: nextCursor }).expect(200);
    expect(second.body).toMatchObject({ items: [{ name: 'c' }], nextCursor: null });
    const bad = await app.as(fresh).get('/api/venues?cursor=nonsense').expect(400);
    expect(bad.body).toMatchObject({ code: 'invalid_cursor' });
  });

  test('may share an externalId with another tenant’s, not with one’s own', async () => {
    await create({ name: 'x', externalId: 'shared' });
    await app.as(other).post('/api/venues').send({ name: 'x', externalId: 'shared' }).expect(201);
    const again = await app.as(tenant).post('/api/venues').send({ name: 'y', externalId: 'shared' }).expect(409);
    expect(again.body).toMatchObject(TAKEN);
    const second = await create({ name: 'z' });
    const changed = await app.as(tenant).patch(`/api/venues/${second.id}`).send({ externalId: 'shared' }).expect(409);
    expect(changed.body).toMatchObject(TAKEN);
  });

  test('of another tenant, or of nobody, are not found on any route', async () => {
    const venue = await create({ name: 'Mine' });
    for (const id of [venue.id, NOBODY, 'nowhere', 'x'.repeat(300)]) {
      const theirs = app.as(other);
      expect((await theirs.get(`/api/venues/${id}`).expect(404)).body).toMatchObject(NOT_FOUND);
      expect((await theirs.patch(`/api/venues/${id}`).send({ name: 'Theirs' }).expect(404)).body).toMatchObject(
        NOT_FOUND,
      );
    }
    expect((await app.as(tenant).get(`/api/venues/${venue.id}`)).body).toMatchObject({ name: 'Mine' });
  });

  test('are the admin’s to manage for a tenant it names, and only then', async () => {
    await app.admin(tenant.id).post('/api/venues').send({ name: 'By the platform' }).expect(201);
    const unnamed = await app.admin().post('/api/venues').send({ name: 'x' }).expect(400);
    expect(unnamed.body).toMatchObject({ code: 'tenant_required' });
  });

  test('need a scope: one to read, another to write', async () => {
    const stranger = app.as(await app.keyOf(tenant, ['messages:write']));
    const path = `/api/venues/${tenant.defaultVenueId}`;
    for (const [answer, scope] of [
      [await stranger.get('/api/venues'), 'senders:read'],
      [await stranger.get(path), 'senders:read'],
      [await stranger.post('/api/venues').send({ name: 'x' }), 'senders:write'],
      [await stranger.patch(path).send({ name: 'x' }), 'senders:write'],
    ] as const) {
      expect(answer.status).toBe(403);
      expect(answer.body).toMatchObject({
        code: 'missing_scope',
        detail: expect.stringContaining(`"${scope}"`) as string,
      });
    }
  });

  test.each([
    [{}, 'name', 'name is missing'],
    [{ name: 7 }, 'name', 'name must be a string, such as Riverside Hall'],
    [
      { name: 'x', colour: 'red' },
      'colour',
      'colour is not a field of this request: check its spelling or leave it out',
    ],
    [{ name: 'x', externalId: '' }, 'externalId', 'externalId must not be empty, such as venue-42'],
  ])('%j is refused with a sentence', async (input, path, message) => {
    const { body } = await app.as(tenant).post('/api/venues').send(input).expect(400);
    expect(body).toMatchObject({
      code: 'invalid_request',
      errors: expect.arrayContaining([{ path, message }]) as unknown,
    });
  });

  describe('with an Idempotency-Key', () => {
    const named = async (name: string): Promise<number> => {
      const rows = await app.database.query('select 1 from venue where name = $1', [name]);
      return rows.length;
    };
    const post = (key: string, input: object, as = tenant) =>
      app.as(as).post('/api/venues').set('idempotency-key', key).send(input);

    test('the same request gets the first answer again', async () => {
      const first = await post('k-1', { name: 'Once', externalId: 'once' }).expect(201);
      const again = await post('k-1', { externalId: 'once', name: 'Once' }).expect(201);
      expect(again.body).toEqual(first.body);
      expect(await named('Once')).toBe(1);
    });

    test('another body is refused and does nothing; another tenant’s key is another key', async () => {
      await post('k-2', { name: 'First' }).expect(201);
      const { body } = await post('k-2', { name: 'Second' }).expect(409);
      expect(body).toMatchObject({ code: 'idempotency_key_reused' });
      expect(await named('Second')).toBe(0);
      await post('k-2', { name: 'Elsewhere' }, other).expect(201);
    });

    test('five at the same time make one venue', async () => {
      const answers = await Promise.all(Array.from({ length: 5 }, () => post('k-3', { name: 'Five at once' })));
      expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201]);
      expect(new Set(answers.map(({ body }) => (body as Venue).id)).size).toBe(1);
      expect(await named('Five at once')).toBe(1);
    });

    test('a refusal is not kept: the key may be used again', async () => {
      await create({ name: 'Holder', externalId: 'held' });
      await post('k-4', { name: 'Late', externalId: 'held' }).expect(409);
      expect((await post('k-4', { name: 'Late', externalId: 'held' }).expect(409)).body).toMatchObject(TAKEN);
      await post('k-4', { name: 'Late', externalId: 'free' }).expect(201);
    });
  });
});
