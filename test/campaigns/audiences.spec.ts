/** Audiences and their contacts, over HTTP. */
import fc from 'fast-check';
import { AudiencePurgeSchedule } from '../../src/audiences/audience-purge.schedule.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { CSV, JSON_TYPE, newAudience, type Audience } from './support.js';

interface View {
  readonly id: string;
  readonly name: string;
  readonly updatedAt: string;
}
interface Page<Item> {
  readonly items: Item[];
  readonly nextCursor: string | null;
}

let app: TestApp;
let tenant: Tenant;
let audience: Audience;

beforeAll(async () => {
  app = await openTestApp();
});
beforeEach(async () => {
  tenant = await app.tenant({ country: 'DE' });
  audience = await newAudience(app, tenant);
});
afterAll(() => app.close());

describe('An audience', () => {
  test('is made empty, changed and read', async () => {
    const { body: made } = await app.as(tenant).post('/api/audiences').send({ name: 'Guests', description: 'All' });
    expect(made).toMatchObject({ name: 'Guests', description: 'All', counts: { email: 0, phone: 0 } });
    const path = `/api/audiences/${(made as View).id}`;
    const { body: changed } = await app.as(tenant).patch(path).send({ description: null }).expect(200);
    expect(changed).toEqual({ ...made, description: null, updatedAt: (changed as View).updatedAt });
    await app.as(tenant).patch(path).send({ name: 'Friends' }).expect(200);
    const { body: read } = await app.as(tenant).get(path).expect(200);
    expect(read).toMatchObject({ name: 'Friends', description: null });
  });

  test('stands in a list with its counts, page by page', async () => {
    await audience.import(CSV, 'email,phone\na@example.com,0171 3920001\nb@example.com,\n');
    for (const name of ['Two', 'Three']) await app.as(tenant).post('/api/audiences').send({ name }).expect(201);
    const { body } = await app.as(tenant).get('/api/audiences?limit=2').expect(200);
    const first = body as Page<View>;
    expect(first.items).toMatchObject([{ name: 'Guests', counts: { email: 2, phone: 1 } }, { name: 'Two' }]);
    const { body: rest } = await app.as(tenant).get(`/api/audiences?limit=2&cursor=${first.nextCursor}`);
    expect(rest).toMatchObject({ items: [{ name: 'Three' }], nextCursor: null });
  });

  test('that is deleted is gone at once, and its contacts soon', async () => {
    const other = await newAudience(app, tenant);
    const { body } = await audience.import(CSV, `email\nnobody\n${people(0, 10_001)}`);
    await other.import(CSV, `email\n${people(0, 10)}`);
    await app.as(tenant).delete(audience.path).expect(204);
    for (const path of ['', '/contacts', '/imports', `/imports/${body.id}`, `/imports/${body.id}/errors`]) {
      await app
        .as(tenant)
        .get(audience.path + path)
        .expect(404);
    }
    await app.as(tenant).delete(audience.path).expect(404);
    await app.as(tenant).patch(audience.path).send({ name: 'Again' }).expect(404);
    expect(await audience.import(CSV, 'email\na@example.com\n')).toMatchObject({ status: 404 });
    expect((await app.as(tenant).get('/api/audiences')).body).toMatchObject({ items: [{ id: other.id }] });

    await app.database.query(`delete from schedule where name = 'purge-audiences'`);
    await app.nest.get(AudiencePurgeSchedule).purge();
    expect(await audience.counted()).toEqual({ email: 0, phone: 0 });
    expect(await other.counted()).toEqual({ email: 10, phone: 0 });
    expect(await app.database.query(`select from audience_import where audience_id = $1`, [audience.id])).toEqual([]);
    expect(await app.database.query(`select from audience_import_error where import_id = $1`, [body.id])).toEqual([]);
  });

  test.each(['', '/contacts', '/imports', '/imports/0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12'])(
    'of another tenant is not there: %s',
    async (path) => {
      const { body } = await app
        .as(await app.tenant())
        .get(audience.path + path)
        .expect(404);
      expect(body).toMatchObject({ code: 'audience_not_found' });
    },
  );

  test('of another tenant is not changed', async () => {
    const stranger = await app.tenant();
    const theirs = audience.of(stranger);
    await audience.import(CSV, 'email\na@example.com\n');
    expect(await theirs.import(CSV, 'email\nb@example.com\n')).toMatchObject({ status: 404 });
    await app.as(stranger).patch(audience.path).send({ name: 'Mine' }).expect(404);
    await app.as(stranger).delete(`${audience.path}/contacts/a@example.com`).expect(404);
    await app.as(stranger).delete(audience.path).expect(404);
    expect(await audience.counted()).toEqual({ email: 1, phone: 0 });
    expect((await app.as(stranger).get('/api/audiences')).body).toEqual({ items: [], nextCursor: null });
  });

  test('shows the imports of no other', async () => {
    const { body } = await (await newAudience(app, tenant)).import(CSV, 'email\nnobody\n');
    for (const path of [`/imports/${body.id}`, `/imports/${body.id}/errors`]) {
      const answer = await app
        .as(tenant)
        .get(audience.path + path)
        .expect(404);
      expect(answer.body).toMatchObject({ code: 'import_not_found' });
    }
  });
});

describe('The scopes of a key', () => {
  const holder = async (scope: string): Promise<Tenant> => {
    const path = `/api/tenants/${tenant.id}/api-keys`;
    const { body } = await app
      .admin()
      .post(path)
      .send({ name: 'narrow', scopes: [scope] })
      .expect(201);
    return { ...tenant, key: (body as { key: string }).key };
  };

  test('let it read, and not write', async () => {
    const reader = app.as(await holder('audiences:read'));
    for (const path of ['/api/audiences', audience.path, `${audience.path}/contacts`, `${audience.path}/imports`]) {
      await reader.get(path).expect(200);
    }
    await reader.post('/api/audiences').send({ name: 'Mine' }).expect(403);
    await reader.post(`${audience.path}/contacts`).set('content-type', CSV).send('email\n').expect(403);
    await reader.patch(audience.path).send({}).expect(403);
    await reader.delete(`${audience.path}/contacts/a@example.com`).expect(403);
    await reader.delete(audience.path).expect(403);
  });

  test('let it write, and not read', async () => {
    const writer = app.as(await holder('audiences:write'));
    await writer.post(`${audience.path}/contacts`).set('content-type', CSV).send('email\n').expect(200);
    await writer.get(audience.path).expect(403);
  });

  test('are asked before a body is read', async () => {
    const upload = audience.of({ ...tenant, key: 'cb_wrong' }).upload();
    expect(await upload.write('email\n').answer).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
    upload.destroy();
  });
});

describe('Contacts', () => {
  beforeEach(async () => {
    await audience.import(CSV, 'email,phone,name\nb@example.com,0171 3920002,Bo\na@example.com,0171 3920001,Ana\n');
  });

  test('are listed by kind and address, page by page', async () => {
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body } = await app.as(tenant).get(`${audience.path}/contacts?limit=3${cursor && `&cursor=${cursor}`}`);
      const page = body as Page<{ address: string }>;
      seen.push(...page.items.map(({ address }) => address));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(['a@example.com', 'b@example.com', '+491713920001', '+491713920002']);
  });

  test('are found by kind, and by address however it is written', async () => {
    expect(await audience.contacts('?kind=phone')).toHaveLength(2);
    expect(await audience.contacts('?kind=email&address=A@example.com')).toHaveLength(1);
    expect(await audience.contacts('?address=0171-392%200001')).toMatchObject([{ attributes: { name: 'Ana' } }]);
    expect(await audience.contacts('?address=+491713920001')).toHaveLength(1);
    expect(await audience.contacts('?address=c@example.com')).toEqual([]);
    await app.as(tenant).get(`${audience.path}/contacts?address=nobody`).expect(400);
    await app.as(tenant).get(`${audience.path}/contacts?cursor=nothing`).expect(400);
  });

  test('say which import brought them', async () => {
    const { body } = await app.as(tenant).get(`${audience.path}/contacts?limit=1`).expect(200);
    const [brought] = await audience.imports();
    expect(body).toMatchObject({
      items: [{ importId: brought?.id, createdAt: expect.stringMatching(/Z$/) as unknown }],
    });
  });

  test('are removed one by one', async () => {
    await app.as(tenant).delete(`${audience.path}/contacts/0171%203920001`).expect(204);
    await app.as(tenant).delete(`${audience.path}/contacts/A@Example.com`).expect(204);
    expect(await audience.counts()).toEqual({ email: 1, phone: 1 });
    const { body } = await app.as(tenant).delete(`${audience.path}/contacts/a@example.com`).expect(404);
    expect(body).toMatchObject({ code: 'contact_not_found' });
    await app.as(tenant).delete(`${audience.path}/contacts/nobody`).expect(400);
    expect(await audience.counts()).toEqual({ email: 1, phone: 1 });
  });
});

test('Counts are what counting gives, after any imports and removals', async () => {
  const person = fc.record({
    email: fc.option(fc.constantFrom('a', 'b', 'c', 'd', 'nobody').map((name) => `${name}@example.com`)),
    phone: fc.option(fc.constantFrom('+491713920001', '+491713920002', '12')),
    name: fc.constantFrom('Ana', 'Bo'),
  });
  const step = fc.oneof(
    { weight: 2, arbitrary: fc.array(person, { maxLength: 8 }).map((contacts) => ({ contacts })) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('a@example.com', 'b@example.com', '+491713920001').map((gone) => ({ gone })),
    },
  );
  const take = async (of: Audience, one: { contacts: object[] } | { gone: string }): Promise<void> => {
    if ('gone' in one) await app.as(tenant).delete(`${of.path}/contacts/${one.gone}`);
    else expect(await of.import(JSON_TYPE, JSON.stringify(one))).toMatchObject({ status: 200 });
  };
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(step, step), { maxLength: 6 }), async (pairs) => {
      const fresh = await newAudience(app, tenant);
      for (const pair of pairs) {
        await Promise.all(pair.map((one) => take(fresh, one)));
        expect(await fresh.counts()).toEqual(await fresh.counted());
      }
    }),
    { numRuns: 25 },
  );
});

function people(from: number, to: number): string {
  return Array.from({ length: to - from }, (_, index) => `p${from + index}@example.com\n`).join('');
}
