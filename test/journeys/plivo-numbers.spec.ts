/** What is different about numbers at Plivo: applications, pools, calls, and numbers that wait for documents. */
import { randomBytes } from 'node:crypto';
import { plivoClient, type PlivoSdkClient } from '../providers/plivo-sdk.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { breakablePlivo, type FaultyWire } from '../support/faulty-wire.js';
import { orderNumber, raiseMaxNumbers, whenNumber } from '../support/numbers.js';
import { newVenue } from '../support/senders.js';

let app: TestApp;
let wire: FaultyWire;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp({ defaultProviders: { sms: 'plivo' } });
  wire = await breakablePlivo(app);
  tenant = await app.tenant();
  await raiseMaxNumbers(app, tenant);
});
afterEach(() => wire.break(undefined));
afterAll(async () => {
  await wire.close();
  await app.close();
});

let areas = 300;
const search = (more: object = {}): object => ({ country: 'US', areaCode: String((areas += 1)), ...more });
const post = (input: object) =>
  app
    .as(tenant)
    .post('/api/numbers')
    .send({ venueId: tenant.defaultVenueId, ...input });

/** A tenant with an account of its own, in which nothing is set up. */
async function tenantWithAccount(): Promise<{ owner: Tenant; accountId: string; sdk: PlivoSdkClient }> {
  const owner = await app.tenant();
  const credentials = {
    authId: `MA${randomBytes(9).toString('hex').toUpperCase()}`,
    authToken: randomBytes(20).toString('hex'),
  };
  const { body } = await app
    .as(owner)
    .post('/api/provider-accounts')
    .send({ provider: 'plivo', name: 'Own', credentials })
    .expect(201);
  return { owner, accountId: (body as { id: string }).id, sdk: plivoClient(`${app.url}/sandbox/plivo`, credentials) };
}

test.each(['error-before', 'reset-before', 'reset-after'] as const)(
  'an account’s application is made with its first number, and once, also if that ends in %s',
  async (how) => {
    const { owner, accountId, sdk } = await tenantWithAccount();
    wire.break({ calls: /^POST .*\/Application\/$/, how, times: 1 });
    for (let n = 0; n < 2; n += 1) {
      const wanted = { venueId: await newVenue(app, owner), search: search() };
      const { id } = await orderNumber(app, owner, wanted);
      await whenNumber(app, owner, id, 'active');
    }
    const ours = (await sdk.applications.list()).filter(({ appName }) => appName === `callboard-${accountId}`);
    expect(ours).toMatchObject([{ answerUrl: `${app.url}/webhook/plivo/${accountId}`, messageMethod: 'POST' }]);
    expect(await sdk.numbers.list()).toHaveLength(2);
  },
);

test.each([
  ['a pool', { pool: `MG${'1'.repeat(32)}` }, 'pool', 'plivo has no pools here'],
  ['calls', { channels: ['sms', 'voice'] }, 'provider', 'nothing is sent by voice through plivo'],
])(
  'a number for %s is refused where Plivo is named, and rented at Twilio where none is',
  async (_, use, path, words) => {
    const { body } = await post({ search: search(), provider: 'plivo', ...use }).expect(400);
    expect(body).toMatchObject({
      code: 'invalid_request',
      errors: [{ path, message: expect.stringContaining(words) }],
    });
    const { provider } = await orderNumber(app, tenant, {
      venueId: await newVenue(app, tenant),
      search: search(),
      ...use,
    });
    expect(provider).toBe('twilio');
  },
);

test('numbers for calls are looked for at Twilio', async () => {
  const available = '/api/numbers/available?country=US&channel=voice';
  expect((await app.as(tenant).get(available).expect(200)).body).toMatchObject({ provider: 'twilio' });
  const { body } = await app.as(tenant).get(`${available}&provider=plivo`).expect(400);
  expect(body).toMatchObject({ code: 'invalid_request', errors: [{ path: 'provider' }] });
});

test('numbers of a country that asks for documents are not for sale, and one that is named is given back', async () => {
  const country = { country: 'DE', type: 'mobile' };
  const none = await orderNumber(app, tenant, { venueId: await newVenue(app, tenant), search: country });
  expect(await whenNumber(app, tenant, none.id, 'failed')).toMatchObject({ fault: 'none_available' });
  const named = { venueId: await newVenue(app, tenant), address: '+4915735955000' };
  const { id } = await orderNumber(app, tenant, named);
  expect(await whenNumber(app, tenant, id, 'failed')).toMatchObject({
    fault: 'unfit',
    faultCode: 'capabilities',
    returnedAt: expect.any(String),
  });
  expect(wire.calls).toContainEqual(expect.stringMatching(/^DELETE .*\/Number\/4915735955000\/$/));
});
