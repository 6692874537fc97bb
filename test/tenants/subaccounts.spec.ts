/** Subaccounts at Twilio: made once for a tenant, and what its messages go through from then on. */
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { breakableTwilio, type FaultyWire } from '../support/faulty-wire.js';
import { send, text, whenStatus } from '../support/messages.js';
import { newNumber } from '../support/people.js';
import { recordOf } from '../support/sandbox.js';
import { venueWith } from '../support/senders.js';
import { platformAccount } from '../support/twilio.js';

let app: TestApp;
let wire: FaultyWire;
beforeAll(async () => {
  app = await openTestApp();
  wire = await breakableTwilio(app);
});
afterEach(() => wire.break(undefined));
afterAll(async () => {
  await wire.close();
  await app.close();
});

const make = (tenant: Tenant, provider = 'twilio') =>
  app.admin(tenant.id).post('/api/provider-accounts/subaccount').send({ provider });
const CREATE = /^POST \/2010-04-01\/Accounts\.json$/;

/** The subaccounts that the platform has at Twilio with this tenant's name. */
async function atTwilio({ id }: Tenant): Promise<{ sid: string }[]> {
  const { accountSid, authToken } = platformAccount(app);
  const name = encodeURIComponent(`callboard ${id}`);
  const answer = await fetch(`${app.url}/sandbox/twilio/2010-04-01/Accounts.json?FriendlyName=${name}`, {
    headers: { authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}` },
  });
  return ((await answer.json()) as { accounts: { sid: string }[] }).accounts;
}

test('a tenant that is given one sends through it, and its webhooks are trusted', async () => {
  const tenant = await app.tenant();
  const { body } = await make(tenant).expect(201);
  expect(body).toMatchObject({ provider: 'twilio', owner: 'tenant', version: 1 });
  expect(JSON.stringify(body)).not.toContain('authToken');
  const { venueId } = await venueWith(app, tenant, 'sms');
  const to = newNumber();
  const id = await send(app, tenant, text({ venueId, to }));
  await whenStatus(app, tenant, id, 'delivered');
  const [made] = await atTwilio(tenant);
  expect(await recordOf(app, to)).toMatchObject([{ accountId: made?.sid }]);
});

test('if the answer is lost, asking again finds the one that was made', async () => {
  const tenant = await app.tenant();
  wire.break({ calls: CREATE, how: 'reset-after', times: 1 });
  const { body, headers } = await make(tenant).expect(503);
  expect(body).toMatchObject({ code: 'subaccount_unanswered' });
  expect(headers['retry-after']).toBe('60');
  await make(tenant).expect(201);
  expect(await atTwilio(tenant)).toHaveLength(1);
});

test('two requests at once make one', async () => {
  const tenant = await app.tenant();
  const answers = await Promise.all([make(tenant), make(tenant)]);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201, 409]));
  expect(await atTwilio(tenant)).toHaveLength(1);
});

test('what the provider refuses is refused with its code, and leaves nothing', async () => {
  const tenant = await app.tenant();
  wire.break({ calls: CREATE, how: { refused: 20003 }, times: 1 });
  expect((await make(tenant).expect(422)).body).toMatchObject({
    code: 'subaccount_refused',
    detail: expect.stringContaining('20003'),
  });
  const { body } = await app.as(tenant).get('/api/provider-accounts').expect(200);
  expect((body as { items: { owner: string }[] }).items.filter(({ owner }) => owner === 'tenant')).toEqual([]);
});

test('only the platform’s admin gives one, only where the provider has them, and to no tenant that has an account', async () => {
  const tenant = await app.tenant();
  await app.as(tenant).post('/api/provider-accounts/subaccount').send({ provider: 'twilio' }).expect(403);
  expect((await make(tenant, 'plivo').expect(422)).body).toMatchObject({ code: 'no_subaccounts' });
  await make(tenant).expect(201);
  expect((await make(tenant).expect(409)).body).toMatchObject({ code: 'account_exists' });
});
