/** Regions: each is a deployment with its own database and providers; what belongs to one is done there, whichever is asked. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import supertest, { type Agent } from 'supertest';
import { startApp } from '../../harness/app.js';
import { freePort } from '../../harness/ports.js';
import { query } from '../../harness/query.js';
import { until } from '../../harness/until.js';
import type { AppConfig } from '../../src/app.config.js';
import { prepareApp } from '../../src/app.ground.js';
import { KeyRing } from '../../src/kernel/index.js';
import type { IssuedApiKeyView } from '../../src/tenants/api-keys/api-keys.dto.js';
import { leaveTraces, searched } from '../privacy/marked-person.js';
import { html, json, Loopback } from '../providers/loopback.js';
import { callboard } from '../support/cli.js';
import { consentOf, decide } from '../support/consent.js';
import { email, list, send, text, whenEnded, whenStatus } from '../support/messages.js';
import { newMailbox, newNumber } from '../support/people.js';
import { receive, recordOf } from '../support/sandbox.js';
import { cloneDatabase } from '../support/databases.js';
import { newSender, venueWith } from '../support/senders.js';
import { openTestApp, testConfig, type Tenant, type TestApp } from '../support/test-app.js';

const EU_ADMIN = 'cb_admin_for_tests_only';
const US_ADMIN = 'cb_admin_of_the_other_region';
const TEST_ADMIN = 'cb_admin_of_the_test_deployment';
/** Of nobody. */
const KEY_END = `${'0'.repeat(32)}_${'x'.repeat(43)}`;

let nowhere: string;
let eu: TestApp;
let us: TestApp;
/** For the test keys of us. */
let tests: TestApp;
/** Of eu. */
let local: Tenant;
/** Of us, made through eu. */
let remote: Tenant;

beforeAll(async () => {
  nowhere = await Loopback.nowhere();
  const [port, publicUrl] = await addressOf();
  const trustedProxies = ['127.0.0.1'];
  tests = await openTestApp({ mode: 'test', region: 'us', adminKey: TEST_ADMIN, trustedProxies });
  us = await openTestApp({
    region: 'us',
    testDeployment: { url: tests.url, adminKey: TEST_ADMIN },
    adminKey: US_ADMIN,
    otherRegions: { eu: { url: publicUrl, adminKey: EU_ADMIN } },
    trustedProxies,
    privateHosts: ['127.0.0.1'],
  });
  eu = await openTestApp({
    region: 'eu',
    port,
    publicUrl,
    trustedProxies,
    otherRegions: {
      us: { url: us.url, adminKey: US_ADMIN },
      // Nobody here has the admin key of these.
      ap: { url: nowhere },
      mirror: { url: publicUrl },
    },
  });
  local = await eu.tenant();
  remote = await eu.tenant({ region: 'us', country: 'DE' });
});
afterAll(async () => {
  await eu.close();
  await us.close();
  await tests.close();
});

async function addressOf(): Promise<[number, string]> {
  const port = await freePort();
  return [port, `http://127.0.0.1:${port}`];
}

const withKey = (app: TestApp, key: string): Agent => supertest.agent(app.url).set('authorization', `Bearer ${key}`);
const adminOfUs = (): Agent => withKey(us, US_ADMIN);
/** Requests come to eu; what is looked at beside the API is of us. */
const through = (): TestApp => ({ ...us, as: (owner) => eu.as(owner) });
const codeOf = async (asked: supertest.Test): Promise<unknown[]> => {
  const { status, body } = await asked;
  return [status, (body as { code?: string }).code];
};
const idsOf = async (app: TestApp): Promise<string[]> =>
  (await app.database.query<{ id: string }>('select id from tenant')).map(({ id }) => id);
const slug = (): string => `r-${Math.random().toString(36).slice(2, 12)}`;

describe('A tenant of another region', () => {
  test('is made there, by whichever region is asked, and known here by its id alone', async () => {
    expect(await idsOf(us)).toContain(remote.id);
    expect(await idsOf(eu)).not.toContain(remote.id);
    expect(await eu.database.query(`select id, region from tenant_region`)).toEqual([{ id: remote.id, region: 'us' }]);
    const { body } = await eu.as(remote).get(`/api/tenants/${remote.id}`).expect(200);
    expect(body).toMatchObject({ id: remote.id, region: 'us' });
    expect((await eu.as(local).get(`/api/tenants/${local.id}`)).body).toMatchObject({ region: 'eu' });
  });

  test('has keys that say where they belong, and is made once by a repeated request', async () => {
    expect(remote.key).toMatch(/^cb_us_[0-9a-f]{32}_[\w-]{43}$/);
    expect(local.key).toMatch(/^cb_eu_/);
    const input = { name: 'Once', slug: slug(), region: 'us' };
    const once = (): supertest.Test => eu.admin().post('/api/tenants').set('idempotency-key', input.slug).send(input);
    const [first, again] = [await once().expect(201), await once().expect(201)];
    const { id } = first.body as Tenant;
    expect((again.body as Tenant).id).toBe(id);
    // Learnt by passing on: nobody has asked about it yet.
    expect(await eu.database.query(`select region from tenant_region where id = $1`, [id])).toEqual([{ region: 'us' }]);
  });

  test('is on record where it was made, and nowhere else', async () => {
    const about = { action: 'tenant.create', objectId: remote.id };
    const records = async (agent: Agent): Promise<object[]> =>
      ((await agent.get('/api/audit').query({ action: 'tenant.create' }).expect(200)).body as { items: object[] })
        .items;
    expect(await records(adminOfUs())).toContainEqual(expect.objectContaining(about));
    expect(await records(eu.admin())).not.toContainEqual(expect.objectContaining(about));
  });

  test('sends through the accounts of its region, which report there, whichever region it asks', async () => {
    for (const input of [email(), text()] as { to: string }[]) {
      const id = await send(eu, remote, input);
      const view = await whenStatus(eu, remote, id, 'delivered');
      expect(view.events.map(({ source }) => source)).toContain('webhook');
      expect(await recordOf(us, input.to)).toMatchObject([{ messageId: id }]);
      expect(await recordOf(eu, input.to)).toEqual([]);
      expect((await list(us, remote, { to: input.to })).items).toHaveLength(1);
    }
    const [own] = [newMailbox()];
    await whenStatus(eu, local, await send(eu, local, email({ to: own })), 'delivered');
    expect(await recordOf(eu, own)).toHaveLength(1);
    expect(await recordOf(us, own)).toEqual([]);
  });

  test('gives people links that lead to its region', async () => {
    const [to, key] = [newMailbox(), 'news'];
    const content = { subject: 'Spring', html: '<p>Spring</p><a href="{{ unsubscribe_url }}">Leave</a>' };
    await eu
      .as(remote)
      .post('/api/templates')
      .send({ key, channel: 'email', category: 'marketing', ...content })
      .expect(201);
    await decide(through(), remote, [to], 'email');
    const id = await send(eu, remote, email({ to, content: undefined, category: 'marketing', template: { key } }));
    await whenStatus(eu, remote, id, 'delivered');
    const [mail] = await recordOf(us, to);
    expect(mail?.html).toContain(`<a href="${us.url}/u/`);
    expect(JSON.stringify(mail)).not.toContain(eu.url);
  });

  test('hears a STOP in its region, and a person who left there has left nothing elsewhere', async () => {
    const guest = newNumber();
    const [{ venueId, number }, other] = [await venueWith(through(), remote, 'sms'), await eu.tenant()];
    await receive(us, { from: guest, to: number, body: 'STOP' });
    expect((await consentOf(eu, remote, venueId, guest)).status).toBe('opted_out');
    const blocked = await whenEnded(eu, remote, await send(eu, remote, text({ to: guest, venueId })));
    expect(blocked.status).toBe('blocked_opted_out');
    await whenStatus(eu, other, await send(eu, other, text({ to: guest })), 'delivered');
  });

  test('leaves no person in any table of another region, whatever is asked of that', async () => {
    const { venueId, number } = await venueWith(through(), remote, 'sms');
    for (const channel of ['mms', 'whatsapp'])
      await newSender(through(), remote, { venueId, channel, address: number });
    await leaveTraces(through(), remote, venueId, number);
    expect((await searched(us)).length).toBeGreaterThan(20);
    expect(await searched(eu)).toEqual([]);
  });

  test('is asked for by its own caller’s address, and counted once', async () => {
    const terms = { name: 'Kept', scopes: ['*'], networks: ['203.0.113.0/24'], requestsPerMinute: { read: 2 } };
    const { body } = await eu.admin().post(`/api/tenants/${remote.id}/api-keys`).send(terms).expect(201);
    const { key } = body as IssuedApiKeyView;
    const from = (address: string): supertest.Test =>
      withKey(eu, key).get('/api/venues').set('x-forwarded-for', address);
    expect(await codeOf(from('198.51.100.7'))).toEqual([403, 'address_not_allowed']);
    await from('203.0.113.7').expect(200);
    await from('203.0.113.7').expect(200);
    expect(await codeOf(from('203.0.113.7'))).toEqual([429, 'rate_limited']);
  });

  test('keeps the ids that its requests came with', async () => {
    const to = newMailbox();
    const asked = eu
      .as(remote)
      .post('/api/messages')
      .set('x-correlation-id', 'visit-77')
      .set('x-request-id', 'request-77');
    const { body, headers } = await asked.send(email({ to })).expect(202);
    expect(headers['x-request-id']).toBe('request-77');
    const { body: view } = await adminOfUs()
      .get(`/api/messages/${(body as { id: string }).id}`)
      .set('x-tenant-id', remote.id)
      .expect(200);
    expect(view).toMatchObject({ correlationId: 'visit-77' });
  });
});

test('A test key of a region leads to the test deployment of that, and says so', async () => {
  const terms = { name: 'Trying out', scopes: ['*'], mode: 'test' };
  const { body } = await eu.admin().post(`/api/tenants/${remote.id}/api-keys`).send(terms).expect(201);
  const { id: keyId, key } = body as IssuedApiKeyView;
  expect(key).toMatch(/^cb_test_us_[0-9a-f]{32}_/);
  const tester = { ...remote, key };
  const id = await send(eu, tester, text());
  await whenStatus(eu, tester, id, 'delivered');
  const has = async (app: TestApp): Promise<boolean> =>
    (await app.database.query('select from message where id = $1', [id])).length > 0;
  expect(await Promise.all([tests, us, eu].map(has))).toEqual([true, false, false]);
  const path = `/api/tenants/${remote.id}/api-keys`;
  const { body: keys } = await eu.admin().get(path).set('x-mode', 'test').expect(200);
  expect((keys as { items: IssuedApiKeyView[] }).items.map((one) => one.id)).toContain(keyId);
});

describe('The admin key', () => {
  test('acts for tenants of other regions as for its own, with the key that it has here', async () => {
    const id = await send(us, remote, email());
    await eu.admin(remote.id).get(`/api/messages/${id}`).expect(200);
    const path = `/api/tenants/${remote.id}`;
    expect((await eu.admin().patch(path).send({ name: 'Renamed' }).expect(200)).body).toMatchObject({
      name: 'Renamed',
    });
    await eu.admin().patch(path).send({ region: 'eu' }).expect(400);
    // Learnt by asking.
    const made = await adminOfUs().post('/api/tenants').send({ name: 'There', slug: slug() }).expect(201);
    await eu
      .admin((made.body as Tenant).id)
      .get('/api/venues')
      .expect(200);
  });

  test('lists its own region, or the one it names', async () => {
    const listed = async (asked: supertest.Test): Promise<string[]> =>
      ((await asked.expect(200)).body as { items: Tenant[] }).items.map(({ id }) => id);
    const all = { limit: 100 };
    const own = await listed(eu.admin().get('/api/tenants').query(all));
    expect(own).toContain(local.id);
    expect(own).not.toContain(remote.id);
    for (const there of [
      await listed(
        eu
          .admin()
          .get('/api/tenants')
          .query({ ...all, region: 'us' }),
      ),
      await listed(eu.admin().get('/api/tenants').query(all).set('x-region', 'us')),
    ]) {
      expect(there).toContain(remote.id);
      expect(there).not.toContain(local.id);
    }
  });

  test('makes tenants of other regions on the command line too', async () => {
    const environment = { CALLBOARD_URL: eu.url, CALLBOARD_KEY: EU_ADMIN };
    const named = ['tenants', 'create', '--name', 'By hand', '--slug', slug(), '--region', 'us', '--json'] as const;
    const { id } = JSON.parse((await callboard(environment, ...named)).out) as Tenant;
    expect(await idsOf(us)).toContain(id);
  });

  test('has to be that of the region that is asked, before anything is asked elsewhere', async () => {
    for (const key of ['cb_a_wrong_admin_key', US_ADMIN]) {
      expect(await codeOf(withKey(eu, key).get('/api/tenants').set('x-region', 'us'))).toEqual([401, 'unauthorized']);
      expect(await codeOf(withKey(eu, key).get('/api/venues').set('x-tenant-id', remote.id))).toEqual([
        401,
        'unauthorized',
      ]);
      const input = { name: 'No', slug: slug(), region: 'us' };
      expect(await codeOf(withKey(eu, key).post('/api/tenants').send(input))).toEqual([401, 'unauthorized']);
    }
  });
});

describe('Refused is', () => {
  const before = async (): Promise<unknown> => [await idsOf(eu), await idsOf(us)];

  test('a region that nobody knows, with nothing done', async () => {
    const were = await before();
    const refused = [421, 'wrong_region'];
    const input = { name: 'No', slug: slug() };
    expect(
      await codeOf(
        eu
          .admin()
          .post('/api/tenants')
          .send({ ...input, region: 'mars' }),
      ),
    ).toEqual(refused);
    expect(await codeOf(eu.admin().post('/api/tenants').set('x-region', 'mars').send(input))).toEqual(refused);
    expect(await codeOf(eu.admin().get('/api/tenants').query({ region: 'mars' }))).toEqual(refused);
    expect(await codeOf(withKey(eu, `cb_mars_${KEY_END}`).get('/api/venues'))).toEqual(refused);
    expect(await before()).toEqual(were);
  });

  test('what the admin key asks of a region whose admin key is not here, with where to go', async () => {
    const { body } = await eu.admin().get('/api/tenants').set('x-region', 'ap').expect(421);
    expect(body).toMatchObject({ code: 'wrong_region', detail: expect.stringContaining(nowhere) as string });
  });

  test('a key whose region is another than the header says, and a header from whoever has no key', async () => {
    expect(await codeOf(eu.as(remote).get('/api/venues').set('x-region', 'eu'))).toEqual([421, 'wrong_region']);
    expect(await codeOf(eu.as(local).get('/api/venues').set('x-region', 'us'))).toEqual([421, 'wrong_region']);
    expect(await codeOf(eu.http.get('/api/venues').set('x-region', 'us'))).toEqual([421, 'wrong_region']);
  });

  test('a key with another region in its text, in every region', async () => {
    const keys = [
      local.key.replace('cb_eu_', 'cb_us_'),
      remote.key.replace('cb_us_', 'cb_eu_'),
      `cb_us_${KEY_END}`,
      `cb_eu_${KEY_END}`,
    ];
    for (const key of keys)
      for (const app of [eu, us])
        expect(await codeOf(withKey(app, key).get('/api/venues'))).toEqual([401, 'unauthorized']);
    expect(await codeOf(withKey(eu, remote.key.replace('cb_us_', 'cb_')).get('/api/venues'))).toEqual([
      401,
      'unauthorized',
    ]);
  });

  test('what would go round in a circle', async () => {
    expect(await codeOf(withKey(eu, `cb_mirror_${KEY_END}`).get('/api/venues'))).toEqual([508, 'region_loop']);
    expect(await codeOf(eu.as(remote).get('/api/venues').set('x-passed-on-by', 'us'))).toEqual([508, 'region_loop']);
    await eu.as(local).get('/api/venues').set('x-passed-on-by', 'us').expect(200);
  });

  test('a tenant that no region has', async () => {
    const unknown = '0199f3a0-0000-7000-8000-000000000000';
    expect(await codeOf(eu.admin(unknown).get('/api/venues'))).toEqual([404, 'tenant_not_found']);
    expect(await codeOf(eu.admin().get(`/api/tenants/${unknown}`))).toEqual([404, 'tenant_not_found']);
  });

  test('the database of another region, at start', async () => {
    const open = async (overrides: Partial<AppConfig>): Promise<unknown> => {
      const config = await testConfig({ databaseUrl: eu.config.databaseUrl, ...overrides });
      return startApp(config).then((app) => app.close());
    };
    await expect(open({ region: 'us' })).rejects.toThrow('belongs to the region eu');
    await expect(open({})).rejects.toThrow('belongs to the region eu');
    const [fact] = await query<{ value: string }>(
      us.config.databaseUrl,
      `select value from deployment where key = 'region'`,
    );
    expect(fact?.value).toBe('us');
  });
});

test('A key that was issued before its deployment had a region goes on working there', async () => {
  const key = local.key.replace('cb_eu_', 'cb_');
  await withKey(eu, key).get('/api/venues').expect(200);
});

test('While another region is away its requests are answered 503 and can be repeated, and own tenants go on', async () => {
  expect(await codeOf(withKey(eu, `cb_ap_${KEY_END}`).post('/api/messages').send(text()))).toEqual([
    503,
    'region_unavailable',
  ]);
  const away = await Loopback.open();
  away.script = () => 'reset';
  const alone = await openTestApp({ region: 'eu', otherRegions: { us: { url: away.origin, adminKey: US_ADMIN } } });
  try {
    const owner = await alone.tenant();
    const input = { name: 'Later', slug: slug(), region: 'us' };
    const asked = await alone.admin().post('/api/tenants').send(input);
    expect([asked.status, asked.body]).toMatchObject([503, { code: 'region_unavailable' }]);
    expect(asked.headers['retry-after']).toBe('10');
    // Whether it has this tenant is not known: it is not said that nobody has.
    expect(await codeOf(alone.admin(remote.id).get('/api/venues'))).toEqual([503, 'region_unavailable']);
    expect(await idsOf(alone)).toEqual([owner.id]);
    await whenStatus(alone, owner, await send(alone, owner, text()), 'delivered');
    await alone.admin(owner.id).get('/api/venues').expect(200);
    const { body } = await alone.http.get('/health/ready').expect(200);
    expect(body).toMatchObject({ status: 'degraded', checks: { 'region-us': { status: 'down' } } });
    expect((await alone.http.get('/metrics').expect(200)).text).toMatch(
      /callboard_region_requests_total\{[^}]*outcome="unanswered"[^}]*\} [1-9]/,
    );
    // An answer that breaks off is none, and neither is that of something else at its address.
    away.script = () => 'cut';
    expect(await codeOf(alone.admin().post('/api/tenants').send(input))).toEqual([503, 'region_unavailable']);
    away.script = () => html(200);
    expect(await codeOf(alone.admin(remote.id).get('/api/venues'))).toEqual([503, 'region_unavailable']);
    away.script = () => json(200, { id: remote.id, region: 'ap' });
    expect(await codeOf(alone.admin(remote.id).get('/api/venues'))).toEqual([503, 'region_unavailable']);
    away.script = () => json(404, {});
    expect(await codeOf(alone.admin(remote.id).get('/api/venues'))).toEqual([404, 'tenant_not_found']);
    expect(await alone.database.query('select from tenant_region')).toEqual([]);
  } finally {
    await alone.close();
    await away.close();
  }
});

test('The admin key of another region becomes another while the service runs: until then it is ours that is wrong', async () => {
  const [port, publicUrl] = await addressOf();
  const folder = mkdtempSync(join(tmpdir(), 'callboard-regions-'));
  const file = join(folder, 'keys');
  writeFileSync(file, 'us=the-former-admin-key');
  const ground = await prepareApp({
    PORT: String(port),
    PUBLIC_URL: publicUrl,
    LOG_LEVEL: 'silent',
    DATABASE_URL: await cloneDatabase(),
    CALLBOARD_ADMIN_KEY: EU_ADMIN,
    CALLBOARD_ENCRYPTION_KEYS: KeyRing.generate(),
    CALLBOARD_REGION: 'eu',
    CALLBOARD_REGIONS: `us=${us.url}`,
    CALLBOARD_REGION_KEYS_FILE: file,
  });
  const nest = await startApp(ground.config);
  try {
    const listed = (): supertest.Test =>
      supertest(publicUrl).get('/api/tenants').set('authorization', `Bearer ${EU_ADMIN}`).query({ region: 'us' });
    expect(await codeOf(listed())).toEqual([503, 'region_unavailable']);
    writeFileSync(file, `us=${US_ADMIN}`);
    await until(async () => (await listed()).status === 200);
  } finally {
    await nest.close();
    rmSync(folder, { recursive: true });
  }
});

test('A deployment that passes nothing on says where to go, before it has read a body', async () => {
  // Another process of eu, which finds in the database where the tenant is.
  const strict = await openTestApp({
    databaseUrl: eu.config.databaseUrl,
    region: 'eu',
    otherRegions: { us: { url: us.url } },
    regionRequests: 'refuse',
  });
  try {
    const to = newMailbox();
    for (const asked of [
      withKey(strict, remote.key).post('/api/messages').send(email({ to })),
      strict.admin(remote.id).get('/api/venues'),
      strict.admin().post('/api/tenants').send({ name: 'No', slug: slug(), region: 'us' }),
    ]) {
      const { status, body } = await asked;
      expect([status, body]).toMatchObject([421, { detail: expect.stringContaining(us.url) as string }]);
    }
    expect((await list(us, remote, { to })).items).toEqual([]);
  } finally {
    await strict.close();
  }
});

test('Without regions nothing names one', async () => {
  const plain = await openTestApp();
  try {
    const owner = await plain.tenant();
    expect(owner.key).toMatch(/^cb_[0-9a-f]{32}_/);
    expect((await plain.as(owner).get(`/api/tenants/${owner.id}`)).body).toMatchObject({ region: null });
    const input = { name: 'No', slug: slug(), region: 'us' };
    expect(await codeOf(plain.admin().post('/api/tenants').send(input))).toEqual([421, 'wrong_region']);
    expect(await codeOf(plain.as(owner).get('/api/venues').set('x-region', 'us'))).toEqual([421, 'wrong_region']);
    expect(await codeOf(plain.admin().get('/api/tenants').set('x-region', 'us'))).toEqual([421, 'wrong_region']);
    expect(await codeOf(withKey(plain, remote.key).get('/api/venues'))).toEqual([401, 'unauthorized']);
  } finally {
    await plain.close();
  }
});
