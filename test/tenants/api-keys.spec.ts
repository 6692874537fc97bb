/** API keys over HTTP: shown once, scoped, revoked at once. */
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';

const NOBODY = '01990000-0000-7000-8000-000000000000';

interface Issued {
  readonly id: string;
  readonly key: string;
}

describe('API keys', () => {
  let app: TestApp;
  let tenant: Tenant;
  let other: Tenant;
  beforeAll(async () => {
    app = await openTestApp();
    tenant = await app.tenant();
    other = await app.tenant();
  });
  afterAll(() => app.close());

  const issue = async (scopes: string[], name = 'Checkout'): Promise<Issued> => {
    const { body } = await app.admin().post(`/api/tenants/${tenant.id}/api-keys`).send({ name, scopes }).expect(201);
    return body as Issued;
  };
  const holding = (issued: Issued): Tenant => ({ ...tenant, key: issued.key });

  test('a new key is shown once, works, and is stored as a hash only', async () => {
    const { body } = await app
      .admin()
      .post(`/api/tenants/${tenant.id}/api-keys`)
      .send({ name: 'Box office', scopes: ['senders:read', 'senders:read'] })
      .expect(201);
    expect(body).toEqual({
      id: expect.any(String) as string,
      name: 'Box office',
      scopes: ['senders:read'],
      key: expect.stringMatching(/^cb_[0-9a-f]{32}_[\w-]{43}$/) as string,
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
    });
    const issued = body as Issued;
    await app.as(holding(issued)).get('/api/venues').expect(200);
    const secret = issued.key.split('_').slice(2).join('_');
    const [row] = await app.database.query<{ text: string }>(
      'select api_key::text as text from api_key where id = $1',
      [issued.id],
    );
    expect(row?.text).not.toContain(secret);
  });

  test('"*" is stored as every scope there is', async () => {
    const { body } = await app
      .admin()
      .post(`/api/tenants/${tenant.id}/api-keys`)
      .send({ name: 'all', scopes: ['*'] })
      .expect(201);
    const { scopes } = body as { scopes: string[] };
    expect(scopes).toContain('messages:write');
    expect(scopes).toContain('usage:read');
    expect(scopes).not.toContain('*');
  });

  test('the list pages through all keys, never with a secret', async () => {
    const fresh = await app.tenant();
    for (const name of ['a', 'b', 'c']) {
      await app
        .admin()
        .post(`/api/tenants/${fresh.id}/api-keys`)
        .send({ name, scopes: ['messages:read'] })
        .expect(201);
    }
    const names: string[] = [];
    let cursor: string | null = null;
    do {
      const { body } = await app
        .admin()
        .get(`/api/tenants/${fresh.id}/api-keys`)
        .query({ limit: 3, ...(cursor && { cursor }) })
        .expect(200);
      const page = body as { items: Record<string, unknown>[]; nextCursor: string | null };
      for (const item of page.items) {
        expect(Object.keys(item).sort()).toEqual(['createdAt', 'createdBy', 'id', 'name', 'revokedAt', 'scopes']);
        expect(item['createdBy']).toBe('admin');
        names.push(String(item['name']));
      }
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(names).toEqual(['tests', 'a', 'b', 'c']);
  });

  test('a revoked key stops at once, and is listed as revoked; revoking again does no harm', async () => {
    const issued = await issue(['senders:read']);
    await app.as(holding(issued)).get('/api/venues').expect(200);
    const path = `/api/tenants/${tenant.id}/api-keys/${issued.id}`;
    await app.admin().delete(path).expect(204, '');
    const refused = await app.as(holding(issued)).get('/api/venues').expect(401);
    expect(refused.body).toMatchObject({
      code: 'unauthorized',
      detail: 'This API key is not known or has been revoked',
    });
    await app.admin().delete(path).expect(204);
    const { body } = await app.admin().get(`/api/tenants/${tenant.id}/api-keys`).expect(200);
    const listed = (body as { items: { id: string; revokedAt: string | null }[] }).items.find(
      ({ id }) => id === issued.id,
    );
    expect(listed?.revokedAt).toMatch(/Z$/);
  });

  test('are the platform’s to give: no tenant key may issue, list or revoke them', async () => {
    const mine = app.as(tenant);
    for (const answer of [
      await mine.post(`/api/tenants/${tenant.id}/api-keys`).send({ name: 'x', scopes: ['*'] }),
      await mine.get(`/api/tenants/${tenant.id}/api-keys`),
      await mine.delete(`/api/tenants/${tenant.id}/api-keys/${NOBODY}`),
    ]) {
      expect(answer.status).toBe(403);
      expect(answer.body).toMatchObject({ code: 'admin_only', detail: 'Only the platform admin key may do this' });
    }
  });

  test('of a tenant that is not there, or of another tenant, are not found', async () => {
    const admin = app.admin();
    const unknown = { status: 404, code: 'tenant_not_found', detail: 'There is no tenant with this id' };
    expect((await admin.post(`/api/tenants/${NOBODY}/api-keys`).send({ name: 'x', scopes: ['*'] })).body).toMatchObject(
      unknown,
    );
    expect((await admin.get(`/api/tenants/${NOBODY}/api-keys`)).body).toMatchObject(unknown);
    const issued = await issue(['senders:read']);
    const foreign = await admin.delete(`/api/tenants/${other.id}/api-keys/${issued.id}`).expect(404);
    expect(foreign.body).toMatchObject({
      code: 'api_key_not_found',
      detail: 'This tenant has no API key with this id',
    });
    await app.as(holding(issued)).get('/api/venues').expect(200);
  });

  test.each([
    [{ name: 'x', scopes: ['everything'] }, 'scopes', /each of scopes must be one of messages:write/],
    [{ name: 'x', scopes: [] }, 'scopes', /scopes/],
    [{ name: 'x' }, 'scopes', /scopes/],
    [{ scopes: ['*'] }, 'name', /name is missing/],
    [{ name: 'x', scopes: ['*'], admin: true }, 'admin', /admin is not a field of this request/],
  ])('%j is refused with a sentence', async (input, path, message) => {
    const { body } = await app.admin().post(`/api/tenants/${tenant.id}/api-keys`).send(input).expect(400);
    expect(body).toMatchObject({ code: 'invalid_request' });
    const { errors } = body as { errors: { path: string; message: string }[] };
    expect(errors.find((error) => error.path === path)?.message).toMatch(message);
  });

  test('asked for twice with one Idempotency-Key are one key, shown again', async () => {
    const ask = (name: string) =>
      app
        .admin()
        .post(`/api/tenants/${tenant.id}/api-keys`)
        .set('idempotency-key', 'issue-1')
        .send({ name, scopes: ['*'] });
    const first = await ask('once').expect(201);
    const again = await ask('once').expect(201);
    expect(again.body).toEqual(first.body);
    expect(again.headers['idempotency-replayed']).toBe('true');
    const reused = await ask('another').expect(409);
    expect(reused.body).toMatchObject({ code: 'idempotency_key_reused' });
  });

  test('open only what their scopes say', async () => {
    const reader = app.as(holding(await issue(['senders:read'])));
    await reader.get('/api/senders').expect(200);
    const refused = await reader.post('/api/venues').send({ name: 'x' }).expect(403);
    expect(refused.body).toMatchObject({
      code: 'missing_scope',
      detail: 'This API key lacks the scope "senders:write": use a key that has it',
    });
  });
});

describe('A tenant’s settings', () => {
  let app: TestApp;
  let tenant: Tenant;
  beforeAll(async () => {
    app = await openTestApp();
    tenant = await app.tenant();
  });
  afterAll(() => app.close());

  test('are open to its own key with settings:write', async () => {
    const { body } = await app
      .as(tenant)
      .patch(`/api/tenants/${tenant.id}/settings`)
      .send({ smsEnabled: false, requireOptIn: { email: true } })
      .expect(200);
    expect(body).toMatchObject({
      id: tenant.id,
      settings: { smsEnabled: false, emailEnabled: true, requireOptIn: { email: true, sms: false } },
    });
    const kept = await app
      .as(tenant)
      .patch(`/api/tenants/${tenant.id}/settings`)
      .send({ requireOptIn: {} })
      .expect(200);
    expect(kept.body).toMatchObject({ settings: { emailEnabled: true, requireOptIn: { email: true } } });
  });

  test('of another tenant are not found, and stay as they are', async () => {
    const other = await app.tenant();
    const { body } = await app
      .as(other)
      .patch(`/api/tenants/${tenant.id}/settings`)
      .send({ emailEnabled: false })
      .expect(404);
    expect(body).toMatchObject({ code: 'tenant_not_found', detail: 'There is no tenant with this id' });
    const mine = await app.as(tenant).get(`/api/tenants/${tenant.id}`).expect(200);
    expect(mine.body).toMatchObject({ settings: { emailEnabled: true } });
  });

  test('need the scope', async () => {
    const issued = await app
      .admin()
      .post(`/api/tenants/${tenant.id}/api-keys`)
      .send({ name: 'x', scopes: ['messages:write'] });
    const { key } = issued.body as Issued;
    const { body } = await app
      .as({ ...tenant, key })
      .patch(`/api/tenants/${tenant.id}/settings`)
      .send({ smsEnabled: true })
      .expect(403);
    expect(body).toMatchObject({ code: 'missing_scope' });
  });

  test('may be changed by the admin for anyone, except a tenant that is not there', async () => {
    await app.admin().patch(`/api/tenants/${tenant.id}/settings`).send({ voiceEnabled: false }).expect(200);
    await app.admin().patch(`/api/tenants/${NOBODY}/settings`).send({ voiceEnabled: false }).expect(404);
    await app.as(tenant).patch(`/api/tenants/${tenant.id}`).send({ name: 'Mine' }).expect(403);
  });
});
