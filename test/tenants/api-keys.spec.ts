/** API keys over HTTP: shown once, scoped, revoked at once. */
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { ChangeFeed } from '../../src/kernel/index.js';
import { until } from '../../harness/until.js';
import { EndingKeysSchedule } from '../../src/operations/ending-keys.schedule.js';

const NOBODY = '01990000-0000-7000-8000-000000000000';

interface Issued {
  readonly id: string;
  readonly key: string;
}

describe('API keys', () => {
  let app: TestApp;
  let tenant: Tenant;
  let other: Tenant;
  /** Two more processes, behind a proxy. */
  let behind: TestApp;
  let besides: TestApp;
  beforeAll(async () => {
    app = await openTestApp();
    const more = { databaseUrl: app.config.databaseUrl, role: 'api', trustedProxies: ['127.0.0.1'] } as const;
    [behind, besides] = [await openTestApp(more), await openTestApp(more)];
    tenant = await app.tenant();
    other = await app.tenant();
  });
  afterAll(async () => {
    for (const each of [behind, besides, app]) await each.close();
  });

  const issue = async (scopes: string[], name = 'Checkout'): Promise<Issued> => {
    const { body } = await app.admin().post(`/api/tenants/${tenant.id}/api-keys`).send({ name, scopes }).expect(201);
    return body as Issued;
  };
  const issueWith = async (terms: object): Promise<Issued> => {
    const body = { name: 'Checkout', scopes: ['senders:read'], ...terms };
    return (await app.admin().post(`/api/tenants/${tenant.id}/api-keys`).send(body).expect(201)).body as Issued;
  };
  const shown = async (id: string): Promise<Record<string, unknown>> => {
    const { body } = await app.admin().get(`/api/tenants/${tenant.id}/api-keys`).query({ limit: 500 }).expect(200);
    const found = (body as { items: Record<string, unknown>[] }).items.find((one) => one['id'] === id);
    return found ?? {};
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
      mode: 'live',
      scopes: ['senders:read'],
      key: expect.stringMatching(/^cb_[0-9a-f]{32}_[\w-]{43}$/) as string,
      expiresAt: null,
      networks: [],
      requestsPerMinute: {},
      replaces: null,
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

  test('there are no test keys where no deployment for them is named, and nobody guesses the admin key by asking for test mode', async () => {
    const terms = { name: 'Tests', scopes: ['*'], mode: 'test' };
    const asked = await app.admin().post(`/api/tenants/${tenant.id}/api-keys`).send(terms).expect(422);
    expect(asked.body).toMatchObject({ code: 'test_mode_off' });
    const used = await app
      .as({ ...tenant, key: `cb_test_${'0'.repeat(32)}_x` })
      .get('/api/venues')
      .expect(422);
    expect(used.body).toMatchObject({ code: 'test_mode_off' });
    const [counted] = await app.database.query<{ failures: number }>(
      `select coalesce(sum(failures), 0)::int as failures from wrong_key`,
    );
    await app
      .as({ ...tenant, key: 'cb_admin_guess' })
      .get('/api/venues')
      .set('x-mode', 'test')
      .expect(401);
    const [after] = await app.database.query<{ failures: number }>(
      `select sum(failures)::int as failures from wrong_key`,
    );
    expect(after?.failures).toBe((counted?.failures ?? 0) + 1);
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
        expect(item).not.toHaveProperty('key');
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

  test('a key that one process revokes stops in the others as soon, and after their connection was lost', async () => {
    const heard = (process: TestApp): boolean => process.nest.get(ChangeFeed).isListening;
    const refused = (issued: Issued): Promise<unknown> =>
      until(async () => (await behind.as(holding(issued)).get('/api/venues')).status === 401, { withinMs: 2_000 });
    const revoke = (issued: Issued): Promise<unknown> =>
      app.admin().delete(`/api/tenants/${tenant.id}/api-keys/${issued.id}`).expect(204);
    await until(() => heard(behind));
    const [first, second, third] = [await issue(['*']), await issue(['*']), await issue(['*'])];
    for (const issued of [first, second, third]) await behind.as(holding(issued)).get('/api/venues').expect(200);
    await revoke(first);
    await refused(first);

    await app.database.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where application_name = 'callboard-changes' and datname = current_database()`,
    );
    await until(() => !heard(behind));
    await revoke(second);
    await behind.as(holding(second)).get('/api/venues').expect(401);
    await until(() => heard(behind));
    await behind.as(holding(third)).get('/api/venues').expect(200);
    await revoke(third);
    await refused(third);
  });

  test('a key that ends works until then, and is refused with the reason', async () => {
    const expiresAt = new Date(Date.now() + 1_500).toISOString();
    const issued = await issueWith({ expiresAt });
    expect(issued).toMatchObject({ expiresAt });
    await app.as(holding(issued)).get('/api/venues').expect(200);
    const refused = await until(async () => {
      const answer = await app.as(holding(issued)).get('/api/venues');
      return answer.status !== 200 && answer;
    });
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(expiresAt));
    expect([refused.status, refused.body]).toMatchObject([401, { code: 'key_expired' }]);
    const past = { name: 'Late', scopes: ['*'], expiresAt: new Date(Date.now() - 1_000).toISOString() };
    const { body } = await app.admin().post(`/api/tenants/${tenant.id}/api-keys`).send(past).expect(400);
    expect(body).toMatchObject({ code: 'expiry_past', errors: [{ path: 'expiresAt' }] });
  });

  test('a key that is rotated has a successor that may do the same, and works beside it for as long as is said', async () => {
    const old = await issueWith({ networks: ['127.0.0.0/8'] });
    const path = `/api/tenants/${tenant.id}/api-keys/${old.id}/rotate`;
    const { body } = await app.admin().post(path).send({ overlapHours: 1 }).expect(201);
    const next = body as Issued;
    expect(next).toMatchObject({
      name: 'Checkout',
      scopes: ['senders:read'],
      networks: ['127.0.0.0/8'],
      replaces: old.id,
    });
    for (const one of [old, next]) await app.as(holding(one)).get('/api/venues').expect(200);
    const { expiresAt } = await shown(old.id);
    expect(Date.parse(String(expiresAt)) - Date.now()).toBeGreaterThan(3_500_000);
    await app.admin().post(path).send({ overlapHours: 0 }).expect(201);
    expect((await app.as(holding(old)).get('/api/venues').expect(401)).body).toMatchObject({ code: 'key_expired' });
    expect((await app.admin().post(path).send({}).expect(409)).body).toMatchObject({ code: 'api_key_ended' });
    await app.as(holding(next)).get('/api/venues').expect(200);
  });

  test('says when a key was last used, to the minute', async () => {
    const issued = await issueWith({});
    expect(await shown(issued.id)).toMatchObject({ lastUsedAt: null });
    await app.as(holding(issued)).get('/api/venues').expect(200);
    const { lastUsedAt } = await shown(issued.id);
    expect(Math.abs(Date.parse(String(lastUsedAt)) - Date.now())).toBeLessThan(60_000);
    await app.as(holding(issued)).get('/api/venues').expect(200);
    expect(await shown(issued.id)).toMatchObject({ lastUsedAt });
  });

  test('a key works from its networks only; a proxy says who called where it is trusted, and nobody else does', async () => {
    const [near, far] = [
      await issueWith({ networks: ['127.0.0.1'] }),
      await issueWith({ networks: ['203.0.113.0/24'] }),
    ];
    const asked = (through: TestApp, issued: Issued, from?: string): Promise<{ status: number; body: unknown }> => {
      const request = through.as(holding(issued)).get('/api/venues');
      return from === undefined ? request : request.set('x-forwarded-for', from);
    };
    expect((await asked(app, near)).status).toBe(200);
    expect(await asked(app, far)).toMatchObject({ status: 403, body: { code: 'address_not_allowed' } });
    expect((await asked(app, far, '203.0.113.9')).status).toBe(403);
    expect((await asked(behind, far, '203.0.113.9')).status).toBe(200);
    expect((await asked(behind, far, '203.0.113.9, 198.51.100.1')).status).toBe(403); // the proxy adds the last
    expect((await asked(behind, near, '203.0.113.9')).status).toBe(403);
    const bad = { name: 'Typo', scopes: ['*'], networks: ['203.0.113.0/33'] };
    const { body } = await app.admin().post(`/api/tenants/${tenant.id}/api-keys`).send(bad).expect(400);
    expect(body).toMatchObject({ code: 'invalid_request', errors: [{ path: 'networks' }] });
  });

  test('who sends wrong keys is told to stop, by every process, and stops nobody who has one', async () => {
    const issued = await issueWith({});
    const wrong = (through: TestApp, from: string): Promise<{ status: number; headers: Record<string, string> }> =>
      through
        .as({ ...tenant, key: `cb_${'0'.repeat(32)}_${'x'.repeat(43)}` })
        .get('/api/venues')
        .set('x-forwarded-for', from);
    const statuses: number[] = [];
    for (let each = 0; each < 22; each += 1) statuses.push((await wrong(behind, '198.51.100.9')).status);
    expect(statuses).toEqual([...Array.from({ length: 20 }, () => 401), 429, 429]);
    const refused = await wrong(besides, '198.51.100.9');
    expect([refused.status, Number(refused.headers['retry-after'])]).toEqual([429, expect.any(Number)]);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(200);
    expect((await wrong(behind, '198.51.100.10')).status).toBe(401);
    await behind.as(holding(issued)).get('/api/venues').set('x-forwarded-for', '198.51.100.9').expect(200);
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

  test('the operator is told before a key ends that no other has followed, once at each time', async () => {
    const day = 86_400_000;
    const ending = (days: number): string => new Date(Date.now() + days * day).toISOString();
    const [soon, later, followed, revoked] = [
      await issueWith({ name: 'Soon', expiresAt: ending(1.5) }),
      await issueWith({ name: 'Later', expiresAt: ending(15) }),
      await issueWith({ name: 'Followed', expiresAt: ending(1) }),
      await issueWith({ name: 'Revoked', expiresAt: ending(1) }),
    ];
    await issueWith({ name: 'Made for a day', expiresAt: ending(1) });
    const old = [soon, later, followed, revoked].map(({ id }) => id);
    await app.database.query(`update api_key set created_at = now() - interval '1 year' where id = any($1)`, [old]);
    const keys = `/api/tenants/${tenant.id}/api-keys`;
    await app.admin().post(`${keys}/${followed.id}/rotate`).send({}).expect(201);
    await app.admin().delete(`${keys}/${revoked.id}`).expect(204);
    for (let runs = 0; runs < 2; runs += 1) await app.nest.get(EndingKeysSchedule).tell();
    const written = await app.database.query<{ payload: { keyId: string }; tenant_id: string | null }>(
      `select payload, tenant_id from notice where kind = 'api_key.expiring' order by id`,
    );
    expect(written).toHaveLength(2); // 14 days and 2 days before
    for (const notice of written) {
      expect(notice).toMatchObject({ tenant_id: null, payload: { keyId: soon.id, name: 'Soon', tenantId: tenant.id } });
    }
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
