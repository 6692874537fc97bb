/** Rotation of the encryption keys, and of the platform's own credentials, over restarts on one database. */
import { CommandBus } from '@nestjs/cqrs';
import { cloneDatabase } from '../support/databases.js';
import { KeyRing } from '../../src/kernel/index.js';
import { PersonDigests } from '../../src/consent/index.js';
import { ProviderAccounts, ReencryptCredentials } from '../../src/tenants/index.js';
import { openTestApp, type TestApp } from '../support/test-app.js';

const CREDENTIALS = { accountSid: `AC${'a'.repeat(32)}`, authToken: 'a-very-secret-auth-token' };
const ring = (id: string): string => `${id}:${KeyRing.generate().split(':')[1]}`;

interface Stored {
  readonly id: string;
  readonly credentials: string;
  readonly version: number;
}

const stored = (app: TestApp): Promise<Stored[]> =>
  app.database.query<Stored>(
    'select id, credentials, version from provider_account where credentials is not null order by id',
  );

/** A test app for one piece of work on a database that outlives it. */
async function during<T>(overrides: Parameters<typeof openTestApp>[0], work: (app: TestApp) => Promise<T>): Promise<T> {
  const app = await openTestApp(overrides);
  try {
    return await work(app);
  } finally {
    await app.close();
  }
}

describe('A new first key in the ring', () => {
  const [old, next] = [ring('old'), ring('next')];

  test('re-encrypts stored credentials at the next start, after which the old key may go', async () => {
    const databaseUrl = await cloneDatabase();
    await during({ databaseUrl, encryptionKeys: old }, async (app) => {
      for (let count = 0; count < 3; count += 1) {
        const tenant = await app.tenant();
        await app
          .as(tenant)
          .post('/api/provider-accounts')
          .send({ provider: 'twilio', name: 'x', credentials: CREDENTIALS })
          .expect(201);
      }
      expect((await stored(app)).every(({ credentials }) => credentials.startsWith('old.'))).toBe(true);
    });

    await during({ databaseUrl, encryptionKeys: `${next},${old}` }, async (app) => {
      const rows = await stored(app);
      expect(rows).toHaveLength(3);
      expect(rows.every(({ credentials, version }) => credentials.startsWith('next.') && version === 1)).toBe(true);
      await expect(app.nest.get(CommandBus).execute(new ReencryptCredentials())).resolves.toBe(0);
      expect(await stored(app)).toEqual(rows);
    });

    await during({ databaseUrl, encryptionKeys: next }, async (app) => {
      for (const { id } of await stored(app)) {
        await expect(app.nest.get(ProviderAccounts).load(id)).resolves.toMatchObject({ credentials: CREDENTIALS });
      }
    });
  });

  test('in place of one that is still needed leaves what it cannot open alone, and the service up', async () => {
    const databaseUrl = await cloneDatabase();
    const before = await during({ databaseUrl, encryptionKeys: old }, async (app) => {
      const tenant = await app.tenant();
      await app
        .as(tenant)
        .post('/api/provider-accounts')
        .send({ provider: 'twilio', name: 'x', credentials: CREDENTIALS })
        .expect(201);
      return stored(app);
    });
    await during({ databaseUrl, encryptionKeys: next }, async (app) => {
      expect(await stored(app)).toEqual(before);
      await expect(app.nest.get(ProviderAccounts).load(before[0]?.id ?? '')).rejects.toThrow('lacks the key "old"');
    });
    await during({ databaseUrl, encryptionKeys: `${next},${old}` }, async (app) => {
      await expect(app.nest.get(ProviderAccounts).load(before[0]?.id ?? '')).resolves.toMatchObject({
        credentials: CREDENTIALS,
      });
    });
  });

  test('in place of the one that hashes are under has messages wait, while anybody was erased', async () => {
    const databaseUrl = await cloneDatabase();
    await during({ databaseUrl, encryptionKeys: old }, () => Promise.resolve());
    const digestOf = (app: TestApp): string => app.nest.get(PersonDigests).of('ana@example.com').toString('hex');
    const anew = await during({ databaseUrl, encryptionKeys: next }, async (app) => {
      const tenant = await app.tenant();
      await app.as(tenant).post('/api/privacy/erasures').send({ address: 'ana@example.com' }).expect(202);
      return digestOf(app);
    });
    await during({ databaseUrl, encryptionKeys: old }, (app) => {
      expect(() => digestOf(app)).toThrow('lacks the key "next"');
      return app.http.get('/health/live').expect(200);
    });
    await during({ databaseUrl, encryptionKeys: `${old},${next}` }, (app) =>
      Promise.resolve(expect(digestOf(app)).toBe(anew)),
    );
    await during({ databaseUrl, encryptionKeys: old }, (app) => Promise.resolve(expect(digestOf(app)).toBe(anew)));
  });

  test('is used by many processes that start at once, and each account is moved once', async () => {
    const databaseUrl = await cloneDatabase();
    await during({ databaseUrl, encryptionKeys: old }, async (app) => {
      const tenant = await app.tenant();
      await app
        .as(tenant)
        .post('/api/provider-accounts')
        .send({ provider: 'twilio', name: 'x', credentials: CREDENTIALS })
        .expect(201);
    });
    const overrides = { databaseUrl, encryptionKeys: `${next},${old}` };
    const moved = await during(overrides, async (app) => {
      const keys = KeyRing.parse(old);
      const [row] = await stored(app);
      const stale = keys.encrypt(JSON.stringify(CREDENTIALS), `provider_account:${row?.id}`);
      await app.database.query('update provider_account set credentials = $1 where id = $2', [stale, row?.id]);
      const commands = app.nest.get(CommandBus);
      return Promise.all(Array.from({ length: 4 }, () => commands.execute(new ReencryptCredentials())));
    });
    expect(moved.reduce((sum, count) => sum + count)).toBe(1);
  });
});

describe('The platform’s accounts', () => {
  test('keep their row over restarts, and follow the environment', async () => {
    const databaseUrl = await cloneDatabase();
    const account = (letter: string) => ({ accountSid: `AC${letter.repeat(32)}`, authToken: `token-of-${letter}` });
    const find = (letter: string) => (app: TestApp) =>
      app.nest.get(ProviderAccounts).findByExternalId('twilio', account(letter).accountSid);
    const live = { databaseUrl, sandbox: false };
    const [first] = await during({ ...live, platform: { twilio: { credentials: account('a') } } }, find('a'));
    expect(first).toMatchObject({ tenantId: null, credentials: account('a') });
    const [second] = await during({ ...live, platform: { twilio: { credentials: account('b') } } }, find('b'));
    expect(second).toMatchObject({ id: first?.id, credentials: account('b') });
    await during(live, async (app) => {
      expect(await find('b')(app)).toEqual([]);
      await expect(app.nest.get(ProviderAccounts).load(first?.id ?? '')).rejects.toMatchObject({
        code: 'provider_not_configured',
      });
      const tenant = await app.tenant();
      const { body } = await app.as(tenant).get('/api/provider-accounts').expect(200);
      expect(body).toEqual({ items: [], nextCursor: null });
    });
  });
});
