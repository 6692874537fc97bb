/** Rotation of the encryption keys, and of the platform's own credentials, over restarts on one database. */
import { CommandBus } from '@nestjs/cqrs';
import { cloneDatabase } from '../support/databases.js';
import { KeyRing } from '../../src/kernel/index.js';
import { ProviderAccounts, ReencryptCredentials } from '../../src/tenants/index.js';
import { openHouse, type House } from '../support/house.js';

const CREDENTIALS = { accountSid: `AC${'a'.repeat(32)}`, authToken: 'a-very-secret-auth-token' };
const ring = (id: string): string => `${id}:${KeyRing.generate().split(':')[1]}`;

interface Stored {
  readonly id: string;
  readonly credentials: string;
  readonly version: number;
}

const stored = (house: House): Promise<Stored[]> =>
  house.database.query<Stored>(
    'select id, credentials, version from provider_account where credentials is not null order by id',
  );

/** A house for one piece of work on a database that outlives it. */
async function during<T>(overrides: Parameters<typeof openHouse>[0], work: (house: House) => Promise<T>): Promise<T> {
  const house = await openHouse(overrides);
  try {
    return await work(house);
  } finally {
    await house.close();
  }
}

describe('A new first key in the ring', () => {
  const [old, next] = [ring('old'), ring('next')];

  test('re-encrypts stored credentials at the next start, after which the old key may go', async () => {
    const databaseUrl = await cloneDatabase();
    await during({ databaseUrl, encryptionKeys: old }, async (house) => {
      for (let count = 0; count < 3; count += 1) {
        const tenant = await house.tenant();
        await house
          .as(tenant)
          .post('/api/provider-accounts')
          .send({ provider: 'twilio', name: 'x', credentials: CREDENTIALS })
          .expect(201);
      }
      expect((await stored(house)).every(({ credentials }) => credentials.startsWith('old.'))).toBe(true);
    });

    await during({ databaseUrl, encryptionKeys: `${next},${old}` }, async (house) => {
      const rows = await stored(house);
      expect(rows).toHaveLength(3);
      expect(rows.every(({ credentials, version }) => credentials.startsWith('next.') && version === 1)).toBe(true);
      await expect(house.app.get(CommandBus).execute(new ReencryptCredentials())).resolves.toBe(0);
      expect(await stored(house)).toEqual(rows);
    });

    await during({ databaseUrl, encryptionKeys: next }, async (house) => {
      for (const { id } of await stored(house)) {
        await expect(house.app.get(ProviderAccounts).load(id)).resolves.toMatchObject({ credentials: CREDENTIALS });
      }
    });
  });

  test('in place of one that is still needed leaves what it cannot open alone, and the service up', async () => {
    const databaseUrl = await cloneDatabase();
    const before = await during({ databaseUrl, encryptionKeys: old }, async (house) => {
      const tenant = await house.tenant();
      await house
        .as(tenant)
        .post('/api/provider-accounts')
        .send({ provider: 'twilio', name: 'x', credentials: CREDENTIALS })
        .expect(201);
      return stored(house);
    });
    await during({ databaseUrl, encryptionKeys: next }, async (house) => {
      expect(await stored(house)).toEqual(before);
      await expect(house.app.get(ProviderAccounts).load(before[0]?.id ?? '')).rejects.toThrow('lacks the key "old"');
    });
    await during({ databaseUrl, encryptionKeys: `${next},${old}` }, async (house) => {
      await expect(house.app.get(ProviderAccounts).load(before[0]?.id ?? '')).resolves.toMatchObject({
        credentials: CREDENTIALS,
      });
    });
  });

  test('is used by many processes that start at once, and each account is moved once', async () => {
    const databaseUrl = await cloneDatabase();
    await during({ databaseUrl, encryptionKeys: old }, async (house) => {
      const tenant = await house.tenant();
      await house
        .as(tenant)
        .post('/api/provider-accounts')
        .send({ provider: 'twilio', name: 'x', credentials: CREDENTIALS })
        .expect(201);
    });
    const overrides = { databaseUrl, encryptionKeys: `${next},${old}` };
    const moved = await during(overrides, async (house) => {
      const keys = KeyRing.parse(old);
      const [row] = await stored(house);
      const stale = keys.encrypt(JSON.stringify(CREDENTIALS), `provider_account:${row?.id}`);
      await house.database.query('update provider_account set credentials = $1 where id = $2', [stale, row?.id]);
      const commands = house.app.get(CommandBus);
      return Promise.all(Array.from({ length: 4 }, () => commands.execute(new ReencryptCredentials())));
    });
    expect(moved.reduce((sum, count) => sum + count)).toBe(1);
  });
});

describe('The platform’s accounts', () => {
  test('keep their row over restarts, and follow the environment', async () => {
    const databaseUrl = await cloneDatabase();
    const account = (letter: string) => ({ accountSid: `AC${letter.repeat(32)}`, authToken: `token-of-${letter}` });
    const find = (letter: string) => (house: House) =>
      house.app.get(ProviderAccounts).findByExternalId('twilio', account(letter).accountSid);
    const live = { databaseUrl, sandbox: false };
    const [first] = await during({ ...live, platform: { twilio: { credentials: account('a') } } }, find('a'));
    expect(first).toMatchObject({ tenantId: null, credentials: account('a') });
    const [second] = await during({ ...live, platform: { twilio: { credentials: account('b') } } }, find('b'));
    expect(second).toMatchObject({ id: first?.id, credentials: account('b') });
    await during(live, async (house) => {
      expect(await find('b')(house)).toEqual([]);
      await expect(house.app.get(ProviderAccounts).load(first?.id ?? '')).rejects.toMatchObject({
        code: 'provider_not_configured',
      });
      const tenant = await house.tenant();
      const { body } = await house.as(tenant).get('/api/provider-accounts').expect(200);
      expect(body).toEqual({ items: [], nextCursor: null });
    });
  });
});
