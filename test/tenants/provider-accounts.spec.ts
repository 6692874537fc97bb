/** Provider accounts: credentials go in, are used, and never come out again. */
import { ProviderAccounts } from '../../src/tenants/index.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';

const NOBODY = '01990000-0000-7000-8000-000000000000';
const TOKEN = 'a-very-secret-auth-token';
const TWILIO = { accountSid: `AC${'a'.repeat(32)}`, authToken: TOKEN };
const SES = { region: 'eu-central-1', accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'ses/very+secret' };
const NOT_FOUND = {
  code: 'provider_account_not_found',
  detail: 'This tenant has no provider account of its own with this id',
};

interface Account {
  readonly id: string;
  readonly provider: string;
  readonly owner: string;
}

describe('Provider accounts', () => {
  let app: TestApp;
  let accounts: ProviderAccounts;
  let other: Tenant;
  beforeAll(async () => {
    app = await openTestApp();
    accounts = app.nest.get(ProviderAccounts);
    other = await app.tenant();
  });
  afterAll(() => app.close());

  const post = (tenant: Tenant, input: object) => app.as(tenant).post('/api/provider-accounts').send(input);
  const put = (tenant: Tenant, id: string, body: object) =>
    app.as(tenant).put(`/api/provider-accounts/${id}/credentials`).send(body);
  const create = async (tenant: Tenant, credentials: object = TWILIO, provider = 'twilio'): Promise<Account> => {
    const { body } = await post(tenant, { provider, name: 'Ours', credentials }).expect(201);
    return body as Account;
  };
  const list = async (tenant: Tenant): Promise<Account[]> => {
    const { body } = await app.as(tenant).get('/api/provider-accounts').expect(200);
    return (body as { items: Account[] }).items;
  };
  const wholeRow = async (id: string): Promise<string> => {
    const [row] = await app.database.query<{ text: string }>(
      'select a::text as text from provider_account a where id = $1',
      [id],
    );
    return row?.text ?? '';
  };

  test('take credentials in, and show everything but those', async () => {
    const tenant = await app.tenant();
    const account = await create(tenant);
    expect(account).toEqual({
      id: expect.any(String) as string,
      provider: 'twilio',
      name: 'Ours',
      owner: 'tenant',
      version: 1,
      health: null,
      createdAt: expect.stringMatching(/Z$/) as string,
      updatedAt: expect.stringMatching(/Z$/) as string,
    });
    expect(await list(tenant)).toContainEqual(account);
    expect(JSON.stringify(await list(tenant))).not.toContain(TOKEN);
    expect(await wholeRow(account.id)).not.toContain(TOKEN);
    await expect(accounts.load(account.id)).resolves.toEqual({
      id: account.id,
      version: 1,
      provider: 'twilio',
      tenantId: tenant.id,
      credentials: TWILIO,
    });
  });

  test('have no way to read credentials back', async () => {
    const tenant = await app.tenant();
    const { id } = await create(tenant);
    await app.as(tenant).get(`/api/provider-accounts/${id}`).expect(404);
    await app.as(tenant).get(`/api/provider-accounts/${id}/credentials`).expect(405);
  });

  test('replace credentials at once, and count it', async () => {
    const tenant = await app.tenant();
    const account = await create(tenant);
    await accounts.load(account.id);
    const next = { accountSid: `AC${'b'.repeat(32)}`, authToken: 'another-secret-token' };
    const { body } = await put(tenant, account.id, { credentials: next }).expect(200);
    expect(body).toMatchObject({ id: account.id, version: 2 });
    expect(JSON.stringify(body)).not.toContain(next.authToken);
    await expect(accounts.load(account.id)).resolves.toMatchObject({ version: 2, credentials: next });
    const found = await accounts.findByExternalId('twilio', next.accountSid);
    expect(found.map(({ id }) => id)).toEqual([account.id]);
    expect(await wholeRow(account.id)).not.toContain(next.authToken);
  });

  test('are one for each tenant and provider', async () => {
    const tenant = await app.tenant();
    await create(tenant);
    const { body } = await post(tenant, { provider: 'twilio', name: 'Again', credentials: TWILIO }).expect(409);
    expect(body).toMatchObject({
      code: 'account_exists',
      detail:
        'This tenant already has an account at twilio: replace its credentials with PUT /api/provider-accounts/{id}/credentials',
    });
    await create(tenant, SES, 'ses');
  });

  test('list the tenant’s own and the platform’s, page by page, and nobody else’s', async () => {
    const tenant = await app.tenant();
    const own = await create(tenant);
    await create(await app.tenant());
    const all = await list(tenant);
    expect(all.map(({ provider, owner }) => `${owner} ${provider}`).sort()).toEqual([
      'platform plivo',
      'platform resend',
      'platform sendgrid',
      'platform ses',
      'platform twilio',
      'tenant twilio',
    ]);
    const first = await app.as(tenant).get('/api/provider-accounts?limit=3').expect(200);
    const { items, nextCursor } = first.body as { items: Account[]; nextCursor: string };
    const second = await app
      .as(tenant)
      .get('/api/provider-accounts')
      .query({ limit: 3, cursor: nextCursor })
      .expect(200);
    expect([...items, ...(second.body as { items: Account[] }).items].map(({ id }) => id)).toEqual(
      all.map(({ id }) => id),
    );
    expect(all.map(({ id }) => id)).toContain(own.id);
  });

  test('of another tenant, of the platform, or of nobody are not found', async () => {
    const tenant = await app.tenant();
    const { id } = await create(tenant);
    const platform = (await list(tenant)).find(({ owner, provider }) => owner === 'platform' && provider === 'twilio');
    for (const [who, target] of [
      [other, id],
      [other, NOBODY],
      [tenant, platform?.id ?? ''],
    ] as const) {
      expect((await put(who, target, { credentials: TWILIO }).expect(404)).body).toMatchObject(NOT_FOUND);
    }
    await app
      .admin(tenant.id)
      .put(`/api/provider-accounts/${platform?.id}/credentials`)
      .send({ credentials: TWILIO })
      .expect(404);
    await app
      .admin(tenant.id)
      .put(`/api/provider-accounts/${id}/credentials`)
      .send({ credentials: TWILIO })
      .expect(200);
  });

  test.each([
    ['twilio', { accountSid: TWILIO.accountSid }, 'authToken', 'is missing: it must be the auth token of that account'],
    ['twilio', { ...TWILIO, accountSid: 'AC1' }, 'accountSid', 'must be AC and 32 characters, from the Twilio console'],
    ['twilio', { ...TWILIO, authToken: 12345678 }, 'authToken', 'must be the auth token of that account'],
    [
      'twilio',
      { ...TWILIO, apiKey: 'x' },
      'apiKey',
      'is no credential of twilio: it takes accountSid, authToken, apiKeySid, apiKeySecret',
    ],
    [
      'twilio',
      { ...TWILIO, apiKeySid: `SK${'1'.repeat(32)}` },
      'apiKeySecret',
      'is missing: apiKeySid is of no use without it',
    ],
    [
      'ses',
      { ...SES, source: 'chain' },
      'source',
      'is no credential of ses: it takes region, accessKeyId, secretAccessKey, sessionToken, configurationSet, topicArns',
    ],
    ['resend', { apiKey: 'key' }, 'apiKey', 'must be re_ and what follows it, from the Resend dashboard'],
    [
      'resend',
      { apiKey: 're_riverside', webhookSecret: 'whsec_?' },
      'webhookSecret',
      'must be the signing secret of its webhook, whsec_ and what follows it',
    ],
    [
      'plivo',
      { authId: 'MA1', authToken: 'token-of-plivo' },
      'authId',
      'must be MA or SA and 18 characters, from the Plivo console',
    ],
    ['sendgrid', { apiKey: 'key' }, 'apiKey', 'must be SG. and what follows it, from the SendGrid settings'],
    [
      'sendgrid',
      { apiKey: 'SG.riverside', webhookKey: 'MFkw' },
      'webhookKey',
      'must be the verification key of its signed Event Webhook, as SendGrid shows it',
    ],
    ['sendgrid', { apiKey: 'SG.riverside', region: 'asia' }, 'region', 'must be global or eu'],
    ['ses', { ...SES, region: 'Frankfurt' }, 'region', 'must be an AWS region such as eu-central-1'],
    ['ses', { ...SES, accessKeyId: '' }, 'accessKeyId', 'must be an AWS access key id'],
    ['ses', { ...SES, secretAccessKey: 'a b' }, 'secretAccessKey', 'must be the secret of that access key'],
    ['ses', { ...SES, configurationSet: 'my set' }, 'configurationSet', 'must be the name of a configuration set'],
    [
      'ses',
      { ...SES, topicArns: 'arn:aws:s3:::x' },
      'topicArns',
      'must be the ARNs of the SNS topics that its events come from, comma-separated',
    ],
  ])('of %s refuse credentials with a bad %j', async (provider, credentials, name, fault) => {
    const { body } = await post(other, { provider, name: 'Bad', credentials }).expect(400);
    const error = { path: `credentials.${name}`, message: `credentials.${name} ${fault}` };
    expect(body).toMatchObject({ code: 'invalid_request', errors: expect.arrayContaining([error]) as unknown });
    expect(JSON.stringify(body)).not.toMatch(/secret-auth|very\+secret|12345678/);
    expect((await list(other)).filter(({ owner }) => owner === 'tenant')).toEqual([]);
  });

  test.each([
    [
      { provider: 'pigeon', name: 'x', credentials: {} },
      'provider must be one of ses, sendgrid, resend, twilio, plivo',
    ],
    [{ provider: 'ses', name: 'x', credentials: 'all' }, 'credentials must be an object'],
    [{ provider: 'ses', credentials: SES }, 'name is missing'],
    [
      { provider: 'ses', name: 'x', credentials: SES, tenantId: NOBODY },
      'tenantId is not a field of this request: check its spelling or leave it out',
    ],
  ])('%j is refused with a sentence', async (input, message) => {
    const { body } = await post(other, input).expect(400);
    const { errors } = body as { errors: { message: string }[] };
    expect(errors.map((error) => error.message)).toContain(message);
  });

  test('take the optional credentials of ses', async () => {
    const tenant = await app.tenant();
    const topic = 'arn:aws:sns:eu-central-1:123456789012:events';
    const credentials = { ...SES, configurationSet: 'events', topicArns: `${topic}-1, ${topic}-2` };
    const { id } = await create(tenant, credentials, 'ses');
    await expect(accounts.load(id)).resolves.toMatchObject({ credentials });
    const { body } = await put(tenant, id, { credentials: { ...SES, configurationSet: null } }).expect(200);
    expect(body).toMatchObject({ version: 2 });
    await expect(accounts.load(id)).resolves.toHaveProperty('credentials', SES);
  });

  test('need a scope, and a tenant', async () => {
    const issued = await app
      .admin()
      .post(`/api/tenants/${other.id}/api-keys`)
      .send({ name: 'x', scopes: ['messages:write'] });
    const stranger: Tenant = { ...other, key: (issued.body as { key: string }).key };
    for (const answer of [
      await post(stranger, { provider: 'ses', name: 'x', credentials: SES }),
      await app.as(stranger).get('/api/provider-accounts'),
      await put(stranger, NOBODY, { credentials: SES }),
    ]) {
      expect(answer.status).toBe(403);
      expect(answer.body).toMatchObject({ code: 'missing_scope' });
    }
    const unnamed = await app
      .admin()
      .post('/api/provider-accounts')
      .send({ provider: 'ses', name: 'x', credentials: SES })
      .expect(400);
    expect(unnamed.body).toMatchObject({ code: 'tenant_required' });
  });

  test('asked for twice with one Idempotency-Key are one account, and the stored answer holds no secret', async () => {
    const tenant = await app.tenant();
    const ask = (name: string) =>
      post(tenant, { provider: 'twilio', name, credentials: TWILIO }).set('idempotency-key', 'account-1');
    const first = await ask('Ours').expect(201);
    expect((await ask('Ours').expect(201)).body).toEqual(first.body);
    expect((await ask('Theirs').expect(409)).body).toMatchObject({ code: 'idempotency_key_reused' });
    const rows = await app.database.query<{ text: string }>('select k::text as text from idempotency_key k');
    expect(rows.some(({ text }) => text.includes(TOKEN))).toBe(false);
  });

  describe('to send with:', () => {
    test('the platform’s come from the configuration', async () => {
      const { twilio, ses } = app.config.platform;
      const platform = (await list(other)).filter(({ owner }) => owner === 'platform');
      const loaded = await Promise.all(platform.map(({ id }) => accounts.load(id)));
      expect(loaded.find(({ provider }) => provider === 'twilio')).toMatchObject({
        version: 1,
        tenantId: null,
        credentials: twilio?.credentials,
      });
      expect(loaded.find(({ provider }) => provider === 'ses')?.credentials).toEqual(ses?.credentials);
      const rows = await app.database.query(
        'select 1 from provider_account where tenant_id is null and credentials is not null',
      );
      expect(rows).toEqual([]);
    });

    test('new senders go through the tenant’s own account where it has one', async () => {
      const tenant = await app.tenant();
      const speak = async (address: string): Promise<string | null> => {
        const sender = { venueId: tenant.defaultVenueId, channel: 'sms', address };
        const { body } = await app.as(tenant).post('/api/senders').send(sender).expect(201);
        const [row] = await app.database.query<{ owner: string | null }>(
          'select a.tenant_id as owner from sender s join provider_account a on a.id = provider_account_id where s.id = $1',
          [(body as { id: string }).id],
        );
        return row?.owner ?? null;
      };
      expect(await speak('+15557770001')).toBeNull();
      await create(tenant);
      expect(await speak('+15557770002')).toBe(tenant.id);
    });

    test('a Twilio account SID finds every account that names it, the platform’s too', async () => {
      const sid = `AC${'c'.repeat(32)}`;
      const [one, two] = [await app.tenant(), await app.tenant()];
      const ids = [
        (await create(one, { accountSid: sid, authToken: 'token-of-one' })).id,
        (await create(two, { accountSid: sid, authToken: 'token-of-two' })).id,
      ];
      const found = await accounts.findByExternalId('twilio', sid);
      expect(found.map(({ id }) => id)).toEqual(ids);
      expect(found.map(({ credentials }) => credentials['authToken'])).toEqual(['token-of-one', 'token-of-two']);
      const { credentials = {} } = app.config.platform.twilio ?? {};
      const [platform] = await accounts.findByExternalId('twilio', credentials['accountSid'] ?? '');
      expect(platform).toMatchObject({ tenantId: null, credentials });
      await expect(accounts.findByExternalId('twilio', `AC${'f'.repeat(32)}`)).resolves.toEqual([]);
    });

    test('an account nobody has is not found', async () => {
      await expect(accounts.load(NOBODY)).rejects.toMatchObject({ code: NOT_FOUND.code, message: NOT_FOUND.detail });
    });
  });
});
