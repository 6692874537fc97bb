/** Test keys: what they do happens in the test deployment, by the sandbox's providers, and nothing of it is live. */
import supertest, { type Agent } from 'supertest';
import type { IssuedApiKeyView, ApiKeyView } from '../../src/tenants/api-keys/api-keys.dto.js';
import { query } from '../../harness/query.js';
import { until } from '../../harness/until.js';
import { act, draft, whenState } from '../campaigns/campaign.support.js';
import { ProviderAccounts } from '../../src/tenants/index.js';
import { aboutMessage, payloadOf, whenTold } from '../outbound/outbound.support.js';
import { json, Loopback } from '../providers/loopback.js';
import { callboard } from '../support/cli.js';
import { consume } from '../support/consumers.js';
import { cloneDatabase } from '../support/databases.js';
import { orderNumber, whenNumber } from '../support/numbers.js';
import { email, list, read, send, text, whenEnded, whenStatus } from '../support/messages.js';
import { newAmericanNumber, newMailbox, newNumber } from '../support/people.js';
import { openTestApp, testConfig, type Tenant, type TestApp } from '../support/test-app.js';
import { inboundForm, postTwilio } from '../support/twilio.js';
import { startApp } from '../../harness/app.js';

const TEST_ADMIN_KEY = 'cb_admin_of_the_test_deployment';
const LIVE_NUMBER = '+15551230001';
const TWILIO = { accountSid: `AC${'1'.repeat(32)}`, authToken: 'f'.repeat(32) };

let providers: Loopback;
let receiver: Loopback;
let live: TestApp;
let tests: TestApp;
/** A live tenant by its live key. */
let tenant: Tenant;
/** The same by a test key. */
let tester: Tenant;

beforeAll(async () => {
  [providers, receiver] = [await Loopback.open(), await Loopback.open()];
  providers.script = () => json(500, {});
  receiver.script = () => json(200, {});
  tests = await openTestApp({
    mode: 'test',
    adminKey: TEST_ADMIN_KEY,
    trustedProxies: ['127.0.0.1'],
    privateHosts: ['127.0.0.1'],
  });
  const baseUrl = providers.origin;
  live = await openTestApp({
    sandbox: false,
    platform: {
      twilio: { credentials: TWILIO, from: LIVE_NUMBER, whatsappFrom: LIVE_NUMBER, baseUrl },
      ses: {
        credentials: { region: 'eu-central-1', accessKeyId: 'AKIAREALREALREALREAL', secretAccessKey: 's'.repeat(40) },
        from: 'box@riverside.example',
        baseUrl,
      },
    },
    testDeployment: { url: tests.url, adminKey: TEST_ADMIN_KEY },
  });
  tenant = await live.tenant();
  tester = await testKeyOf(tenant);
});
afterAll(async () => {
  await live.close();
  await tests.close();
  await Promise.all([providers.close(), receiver.close()]);
});

async function issue(of: Tenant, more: object = {}): Promise<IssuedApiKeyView> {
  const input = { name: 'Trying out', scopes: ['*'], mode: 'test', ...more };
  return (await live.admin().post(`/api/tenants/${of.id}/api-keys`).send(input).expect(201)).body as IssuedApiKeyView;
}

async function testKeyOf(of: Tenant): Promise<Tenant> {
  const { key } = await issue(of);
  const owner = { ...of, key };
  const { body } = await live.as(owner).get(`/api/tenants/${of.id}`).expect(200);
  return { ...owner, defaultVenueId: (body as Tenant).defaultVenueId };
}

const operator = (): Agent => live.admin().set('x-mode', 'test');
const acceptedTo = async (owner: Tenant, to: string): Promise<object[]> =>
  ((await live.as(owner).get('/sandbox/messages').query({ to }).expect(200)).body as { items: object[] }).items;
const numberOf = async (owner: Tenant): Promise<string> => {
  const { body } = await live.as(owner).get('/api/senders').expect(200);
  return (body as { items: { address: string }[] }).items[0]?.address ?? '';
};
const rows = async (app: TestApp, table: string): Promise<number> => {
  const [row] = await app.database.query<{ rows: number }>(`select count(*)::int as rows from ${table}`);
  return row?.rows ?? 0;
};
/** What is counted, consented or known in the live database, of anybody. */
const LIVE_TABLES = [
  'message',
  'message_event',
  'consent',
  'suppression',
  'dead_address',
  'number_opt_out',
  'phone_number',
  'usage_rollup',
  'webhook_delivery',
  'campaign',
  'inbox',
];
async function liveRows(): Promise<Record<string, number>> {
  await consume(live, 'usage');
  return Object.fromEntries(await Promise.all(LIVE_TABLES.map(async (table) => [table, await rows(live, table)])));
}

/** What real providers were asked to do: their books are compared now and then. */
const sentLive = (): string[] =>
  providers.received
    .filter(({ method, path }) => method !== 'GET' && path !== '/v2/email/metrics/batch')
    .map(({ method, path }) => `${method} ${path}`);

describe('A test key', () => {
  test('is known by its beginning, and listed in test mode alone, with its mode', async () => {
    const issued = await issue(tenant, { name: 'Listed' });
    expect(issued).toMatchObject({
      mode: 'test',
      key: expect.stringMatching(/^cb_test_[0-9a-f]{32}_[\w-]{43}$/) as string,
    });
    const path = `/api/tenants/${tenant.id}/api-keys`;
    const keys = async (agent: Agent): Promise<readonly ApiKeyView[]> =>
      ((await agent.get(path).expect(200)).body as { items: ApiKeyView[] }).items;
    expect((await keys(live.admin())).map(({ mode }) => mode)).toEqual(['live']);
    expect(await keys(operator())).toContainEqual(
      expect.objectContaining({ id: issued.id, name: 'Listed', mode: 'test' }),
    );
  });

  test('is on record in both modes, by whoever issued it', async () => {
    const { id } = await issue(tenant);
    const about = { action: 'api_key.issue', objectId: id, actor: 'admin', tenantId: tenant.id };
    for (const agent of [live.admin(), operator()]) {
      const { body } = await agent.get('/api/audit').set('x-tenant-id', tenant.id).expect(200);
      expect((body as { items: object[] }).items).toContainEqual(expect.objectContaining(about));
    }
  });

  test.each([
    ['an email', 'email', (): object => email()],
    ['a text', 'sms', (): object => text()],
    [
      'a picture',
      'mms',
      (): object => ({
        channel: 'mms',
        to: newAmericanNumber(),
        content: { body: 'Your seat', mediaUrls: ['https://img.example/seat.png'] },
      }),
    ],
    ['a call', 'voice', (): object => ({ channel: 'voice', to: newNumber(), content: { body: 'Gate 4 is closed.' } })],
  ])('sends %s through the sandbox, which reports it', async (_what, channel, message) => {
    const before = await liveRows();
    const input = message() as { to: string };
    const id = await send(live, tester, input);
    const view = await whenStatus(live, tester, id, 'delivered');
    expect(view.events.map(({ source }) => source)).toContain('webhook');
    expect(await acceptedTo(tester, input.to)).toMatchObject([{ channel, messageId: id }]);
    expect((await list(live, tester, { to: input.to }, '/api/history')).items.map((item) => item.id)).toEqual([id]);
    await live.as(tenant).get(`/api/messages/${id}`).expect(404);
    expect(await liveRows()).toEqual(before);
    expect(sentLive()).toEqual([]);
  });

  test('sends on WhatsApp to whoever wrote, and a campaign to an audience', async () => {
    const before = await liveRows();
    const [number, guest] = [await numberOf(tester), newNumber()];
    await live
      .as(tester)
      .post('/sandbox/inbound')
      .send({ provider: 'twilio', channel: 'whatsapp', from: guest, to: number, body: 'Hello' })
      .expect(200);
    const id = await send(live, tester, { channel: 'whatsapp', to: guest, content: { body: 'Gate 5' } });
    await whenStatus(live, tester, id, 'delivered');

    const people = [newMailbox(), newMailbox(), newMailbox()];
    const key = 'opening';
    await live
      .as(tester)
      .post('/api/templates')
      .send({ key, channel: 'email', category: 'transactional', subject: 'Opening', text: 'At 19:00' })
      .expect(201);
    const audience = (await live.as(tester).post('/api/audiences').send({ name: 'Guests' }).expect(201)).body as {
      id: string;
    };
    await live
      .as(tester)
      .post(`/api/audiences/${audience.id}/contacts`)
      .type('text/csv')
      .send(`email\n${people.join('\n')}\n`)
      .expect(200);
    const campaign = await draft(live, tester, {
      templateKey: key,
      audienceId: audience.id,
      category: 'transactional',
    });
    await act(live, tester, campaign.id, 'launch');
    await whenState(live, tester, campaign.id, 'SENT');
    for (const to of people) expect(await acceptedTo(tester, to)).toHaveLength(1);
    await live.as(tenant).get(`/api/campaigns/${campaign.id}`).expect(404);
    expect(await liveRows()).toEqual(before);
    expect(sentLive()).toEqual([]);
  });

  test('hears a STOP, which opts nobody out of what is live, nor of what another tenant tests', async () => {
    const before = await liveRows();
    const other = await testKeyOf(await live.tenant());
    const [number, guest] = [await numberOf(tester), newNumber()];
    const writes = { provider: 'twilio', from: guest, to: number, body: 'STOP' };
    await live.as(other).post('/sandbox/inbound').send(writes).expect(404);
    await live.as(tester).post('/sandbox/inbound').send(writes).expect(200);
    expect((await whenEnded(live, tester, await send(live, tester, text({ to: guest })))).status).toBe(
      'blocked_opted_out',
    );
    await whenStatus(live, other, await send(live, other, text({ to: guest })), 'delivered');
    const { body } = await live
      .as(tenant)
      .get(`/api/consent/${tenant.defaultVenueId}/${guest}`)
      .query({ channel: 'sms' })
      .expect(200);
    expect(body).toMatchObject({ status: 'unknown' });
    expect(await liveRows()).toEqual(before);
  });

  test('has the sandbox’s magic addresses end as they are known to, which suppresses nobody else', async () => {
    const before = await liveRows();
    const other = await testKeyOf(await live.tenant());
    const bounced = 'bounce@simulator.amazonses.com';
    const complained = 'complaint@simulator.amazonses.com';
    for (const owner of [tester, other]) {
      const ids = [
        await send(live, owner, email({ to: bounced })),
        await send(live, owner, text({ to: '+15005550103' })),
      ];
      const ends = await Promise.all(ids.map((id) => whenStatus(live, owner, id, 'undelivered')));
      expect(ends[1]).toMatchObject({ errorCode: '30003' });
      await whenStatus(live, owner, await send(live, owner, email({ to: complained })), 'delivered');
      await until(async () => {
        const again = await whenEnded(live, owner, await send(live, owner, email({ to: complained })));
        return again.status !== 'delivered';
      });
    }
    expect(await rows(tests, 'dead_address')).toBe(0);
    expect(await liveRows()).toEqual(before);
  });

  test('tells the tenant’s endpoint in which mode it happened', async () => {
    const endpoint = { url: `${receiver.origin}/hook`, events: ['message.delivered'] };
    await live.as(tester).post('/api/webhook-endpoints').send(endpoint).expect(201);
    const id = await send(live, tester, email());
    await whenTold(receiver, id, 'message.delivered');
    expect(aboutMessage(receiver, id)).toMatchObject([{ mode: 'test', tenantId: tenant.id }]);
    expect(receiver.received.map(payloadOf).map(({ mode }) => mode)).not.toContain('live');
  });

  test('rents its numbers in the sandbox', async () => {
    const before = await liveRows();
    await live.as(tester).get('/api/numbers/available').query({ country: 'US' }).expect(200);
    const venue = (await live.as(tester).post('/api/venues').send({ name: 'Annex' }).expect(201)).body as {
      id: string;
    };
    const { id } = await orderNumber(live, tester, { venueId: venue.id, search: { country: 'US' } });
    await whenNumber(tests, tester, id, 'active');
    await whenStatus(live, tester, await send(live, tester, text({ venueId: venue.id })), 'delivered');
    expect(await liveRows()).toEqual(before);
    expect(sentLive()).toEqual([]);
  });

  test('is rotated and revoked by the operator in test mode', async () => {
    const { id, key } = await issue(tenant);
    const path = `/api/tenants/${tenant.id}/api-keys/${id}`;
    const { body } = await operator().post(`${path}/rotate`).send({}).expect(201);
    const next = { ...tester, key: (body as IssuedApiKeyView).key };
    expect(next.key).toMatch(/^cb_test_/);
    await live.as(next).get('/api/venues').expect(200);
    await live.admin().delete(path).expect(404);
    await operator().delete(path).expect(204);
    await live
      .as({ ...tester, key })
      .get('/api/venues')
      .expect(401);
  });

  test('is issued, listed and revoked on the command line too', async () => {
    const environment = { CALLBOARD_URL: live.url, CALLBOARD_KEY: live.config.adminKey };
    const named = ['keys', 'create', tenant.id, '--name', 'By hand', '--scopes', '*', '--test', '--json'] as const;
    const issued = JSON.parse((await callboard(environment, ...named)).out) as IssuedApiKeyView;
    expect(issued.key).toMatch(/^cb_test_/);
    expect((await callboard(environment, 'keys', 'list', tenant.id, '--test')).out).toContain('By hand');
    expect((await callboard(environment, 'keys', 'list', tenant.id)).out).not.toContain('By hand');
    const revoked = await callboard(environment, 'keys', 'revoke', tenant.id, issued.id, '--test');
    expect(revoked).toMatchObject({ code: 0 });
    await live
      .as({ ...tester, key: issued.key })
      .get('/api/venues')
      .expect(401);
  });

  test('may be kept to networks: those of its caller, not of the service between', async () => {
    const { key } = await issue(tenant, { networks: ['203.0.113.0/24'] });
    const { body } = await live
      .as({ ...tester, key })
      .get('/api/venues')
      .set('x-forwarded-for', '203.0.113.7')
      .expect(403);
    expect(body).toMatchObject({ code: 'address_not_allowed' });
  });
});

describe('What is live', () => {
  test('is not what a test key sees, and a live key sees nothing of what is tested', async () => {
    const name = 'Only for tests';
    await live.as(tester).post('/api/venues').send({ name }).expect(201);
    const names = async (owner: Tenant): Promise<string[]> =>
      ((await live.as(owner).get('/api/venues').expect(200)).body as { items: { name: string }[] }).items.map(
        (venue) => venue.name,
      );
    expect(await names(tester)).toContain(name);
    expect(await names(tenant)).not.toContain(name);
    expect((await read(live, tester, await send(live, tester, text()))).id).toBeDefined();
    expect((await list(live, tenant, {})).items).toEqual([]);
  });

  test('has no sandbox, neither without a key nor with a live one', async () => {
    await live.http.get('/sandbox/messages').expect(401);
    const { body } = await live.as(tenant).get('/sandbox/messages').expect(403);
    expect(body).toMatchObject({ code: 'mode_mismatch' });
    await live.http.post('/sandbox/twilio/2010-04-01/Accounts/AC1/Messages.json').expect(404);
  });

  test('goes to its own providers meanwhile', async () => {
    providers.script = () => json(400, { code: 21211, message: 'Invalid To', status: 400 });
    expect(await whenEnded(live, tenant, await send(live, tenant, text()))).toMatchObject({ errorCode: '21211' });
    expect(sentLive()).toEqual([expect.stringMatching(/^POST .*Messages/)]);
  });

  test('is never what was meant as a test: a key of another mode than the request names is refused', async () => {
    const before = await liveRows();
    const refused = async (owner: Tenant, mode: string): Promise<unknown> =>
      ((await live.as(owner).post('/api/messages').set('x-mode', mode).send(text())).body as { code: string }).code;
    expect(await refused(tenant, 'test')).toBe('mode_mismatch');
    expect(await refused(tester, 'live')).toBe('mode_mismatch');
    expect(await refused(tenant, 'tset')).toBe('invalid_request');
    expect(await refused({ ...tenant, key: 'cb_unknown' }, 'test')).toBe('unauthorized');
    expect(await liveRows()).toEqual(before);
  });
});

describe('The test deployment', () => {
  const of = (owner: Tenant): Agent => supertest.agent(tests.url).set('authorization', `Bearer ${owner.key}`);

  test('takes no credentials of real providers, and no tenant or key that is live', async () => {
    const codes = async (answers: readonly supertest.Test[]): Promise<unknown[]> =>
      (await Promise.all(answers)).map(({ status, body }) => [status, (body as { code: string }).code]);
    const credentials = { accountSid: `AC${'2'.repeat(32)}`, authToken: 'e'.repeat(32) };
    const accounts = (await live.as(tester).get('/api/provider-accounts').expect(200)).body as {
      items: { id: string; provider: string }[];
    };
    const [own] = accounts.items;
    const refused = [403, 'live_mode_only'];
    expect(
      await codes([
        live.as(tester).post('/api/provider-accounts').send({ provider: 'twilio', name: 'Ours', credentials }),
        live.as(tester).put(`/api/provider-accounts/${own?.id}/credentials`).send({ credentials }),
        operator().post('/api/provider-accounts/subaccount').set('x-tenant-id', tenant.id).send({ provider: 'twilio' }),
        operator().post('/api/tenants').send({ name: 'Nobody', slug: 'nobody' }),
        operator()
          .post(`/api/tenants/${tenant.id}/api-keys`)
          .send({ name: 'No', scopes: ['*'], mode: 'live' }),
      ]),
    ).toEqual([refused, refused, refused, refused, refused]);
    await of(tenant).get('/api/venues').expect(401);
  });

  test('shows its sandbox to keys alone, and lets only the operator change what concerns all', async () => {
    const other = await testKeyOf(await live.tenant());
    const to = newNumber();
    await whenStatus(live, tester, await send(live, tester, text({ to })), 'delivered');
    expect(await acceptedTo(other, to)).toEqual([]);
    expect((await operator().get('/sandbox/messages').query({ to }).expect(200)).body).toMatchObject({
      items: [{ to }],
    });
    await tests.http.get('/sandbox/messages').expect(401);
    await live.as(tester).put('/sandbox/faults').send({}).expect(403);
    await live.as(tester).delete('/sandbox/messages').expect(403);
    await operator().put('/sandbox/faults').send({}).expect(200);
  });

  test('has callbacks that count for nothing live, though its accounts sign them, and the other way round', async () => {
    const before = await liveRows();
    const accounts = await tests.nest.get(ProviderAccounts).allAt('twilio');
    const own = accounts.find(({ tenantId }) => tenantId === tenant.id)?.credentials ?? {};
    const [ofTest, ofLive] = [{ ...TWILIO, ...own }, TWILIO];
    expect(ofTest.authToken).not.toBe(ofLive.authToken);
    const guest = newNumber();
    expect(await postTwilio(live, inboundForm(guest, LIVE_NUMBER, 'STOP'), { account: ofTest })).toBe(403);
    expect(await postTwilio(tests, inboundForm(guest, LIVE_NUMBER, 'STOP'), { account: ofLive })).toBe(403);
    expect(await liveRows()).toEqual(before);
    expect(await postTwilio(live, inboundForm(guest, LIVE_NUMBER, 'STOP'), { account: ofLive })).toBe(200);
  });

  test('does not start on a live database, nor a live deployment on its own', async () => {
    const open = async (databaseUrl: string, mode: 'live' | 'test'): Promise<unknown> => {
      const config = await testConfig({ databaseUrl, mode });
      return startApp(config).then((app) => app.close());
    };
    await expect(open(live.config.databaseUrl, 'test')).rejects.toThrow('belongs to a live deployment');
    await expect(open(tests.config.databaseUrl, 'live')).rejects.toThrow('belongs to a test deployment');
    const [fact] = await query<{ value: string }>(
      live.config.databaseUrl,
      `select value from deployment where key = 'mode'`,
    );
    expect(fact?.value).toBe('live');
  });
});

test('Without a test deployment there are no test keys, and one that does not answer stops nothing live', async () => {
  const nowhere = await Loopback.open();
  const url = nowhere.origin;
  await nowhere.close();
  const databaseUrl = await cloneDatabase();
  const alone = await openTestApp({ databaseUrl, testDeployment: { url, adminKey: TEST_ADMIN_KEY } });
  try {
    const owner = await alone.tenant();
    const asked = await alone
      .admin()
      .post(`/api/tenants/${owner.id}/api-keys`)
      .send({ name: 'No', scopes: ['*'], mode: 'test' });
    expect([asked.status, asked.body]).toMatchObject([503, { code: 'test_mode_unavailable' }]);
    const sent = await alone
      .as({ ...owner, key: tester.key })
      .post('/api/messages')
      .send(text());
    expect([sent.status, sent.body]).toMatchObject([503, { code: 'test_mode_unavailable' }]);
    await whenStatus(alone, owner, await send(alone, owner, text()), 'delivered');
    const { body } = await alone.http.get('/health/ready').expect(200);
    expect(body).toMatchObject({ status: 'degraded', checks: { 'test-mode': { status: 'down' } } });
  } finally {
    await alone.close();
  }
});
