/** WhatsApp templates and what Meta decides on them, which a campaign must know before it begins. */
import { act, draft, emptyAudience, look } from '../campaigns/campaign.support.js';
import { until } from '../../harness/until.js';
import { SyncApprovals } from '../../src/templates/approvals/sync-approvals.command.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { faults } from '../support/sandbox.js';
import { newNumber, newSenderNumber } from '../support/people.js';
import { CommandBus } from '@nestjs/cqrs';

const SID = `HX${'d'.repeat(32)}`;
const OWN = {
  accountSid: `AC${'9'.repeat(32)}`,
  authToken: 'token-of-their-own',
  apiKeySid: `SK${'9'.repeat(32)}`,
  apiKeySecret: 'secret-of-their-own',
};

let app: TestApp;
beforeAll(async () => {
  app = await openTestApp();
});
afterAll(() => app.close());
afterEach(() => faults(app, {}));

const decide = (status: string, more: object = {}): Promise<unknown> =>
  app.http
    .put(`/sandbox/twilio/contents/${SID}`)
    .send({ status, ...more })
    .expect(204);
const sync = (): Promise<void> => app.nest.get(CommandBus).execute(new SyncApprovals());

async function tenantWith(contentSid = SID): Promise<Tenant> {
  const tenant = await app.tenant();
  const template = { key: 'spring', channel: 'whatsapp', category: 'transactional', contentSid };
  await app.as(tenant).post('/api/templates').send(template).expect(201);
  return tenant;
}

const known = async (tenant: Tenant, key = 'spring'): Promise<object[]> =>
  ((await app.as(tenant).get(`/api/templates/${key}/approvals`).expect(200)).body as { items: object[] }).items;
const check = (tenant: Tenant) => app.as(tenant).post('/api/templates/spring/approvals/check');

async function campaign(tenant: Tenant): Promise<string> {
  const audienceId = await emptyAudience(app, tenant);
  await app.database.query(
    `insert into contact (audience_id, kind, address, attributes, import_id) values ($1, 'phone', $2, '{}', uuidv7())`,
    [audienceId, newNumber()],
  );
  return (await draft(app, tenant, { channel: 'whatsapp', templateKey: 'spring', audienceId })).id;
}

test('what Meta says of a template is asked for on a schedule, and shown', async () => {
  await decide('approved');
  const tenant = await tenantWith();
  expect(await known(tenant)).toMatchObject([{ contentSid: SID, status: null, checkedAt: null }]);
  await sync();
  expect(await known(tenant)).toMatchObject([
    { contentSid: SID, status: 'approved', category: 'utility', reason: null, checkedAt: expect.any(String) },
  ]);
});

test('a campaign by a template that is paused is not launched, and is once it is approved again', async () => {
  await decide('paused');
  const tenant = await tenantWith();
  const id = await campaign(tenant);
  expect((await check(tenant).expect(200)).body).toMatchObject({ items: [{ status: 'paused' }] });
  const { body } = await app.as(tenant).post(`/api/campaigns/${id}/launch`).send({}).expect(422);
  expect(body).toMatchObject({ code: 'template_not_approved', detail: expect.stringContaining('paused') });
  expect((await look(app, tenant, id)).status).toBe('DRAFT');
  await decide('approved');
  await check(tenant).expect(200);
  await act(app, tenant, id, 'launch');
});

test('why a template was rejected is shown in Meta’s words', async () => {
  await decide('rejected', { category: 'MARKETING', reason: 'TAG_CONTENT_MISMATCH' });
  const { body } = await check(await tenantWith()).expect(200);
  expect(body).toMatchObject({
    items: [{ status: 'rejected', category: 'marketing', reason: 'TAG_CONTENT_MISMATCH' }],
  });
});

test('a provider that does not answer keeps what is known, and says when to ask again', async () => {
  await decide('approved');
  const tenant = await tenantWith();
  await check(tenant).expect(200);
  await faults(app, { calls: [{ provider: 'twilio', rates: { serverError: 1 } }] });
  const { body, headers } = await check(tenant).expect(503);
  expect(body).toMatchObject({ code: 'provider_silent' });
  expect(headers['retry-after']).toBe('60');
  await sync();
  expect(await known(tenant)).toMatchObject([{ status: 'approved' }]);
});

test('a tenant’s own account is asked for the templates of its senders, and is shown only to it', async () => {
  await decide('approved');
  const owner = await tenantWith();
  const { body } = await app
    .as(owner)
    .post('/api/provider-accounts')
    .send({ provider: 'twilio', name: 'Own', credentials: OWN })
    .expect(201);
  await app
    .as(owner)
    .post('/api/senders')
    .send({ venueId: owner.defaultVenueId, channel: 'whatsapp', address: newSenderNumber() })
    .expect(201);
  await check(owner).expect(200);
  expect(await known(owner)).toMatchObject([{ providerAccountId: (body as { id: string }).id, status: 'approved' }]);
  const other = await tenantWith();
  await check(other).expect(200);
  const [platforms] = await known(other);
  expect(platforms).not.toMatchObject({ providerAccountId: (body as { id: string }).id });
});

test('a contentSid that the account does not have is said to be missing; free text has nothing to approve', async () => {
  await decide('missing');
  const tenant = await tenantWith();
  expect((await check(tenant).expect(200)).body).toMatchObject({ items: [{ status: 'missing' }] });
  const free = { key: 'free', channel: 'whatsapp', category: 'transactional', body: 'Hi' };
  await app.as(tenant).post('/api/templates').send(free).expect(201);
  expect(await known(tenant, 'free')).toEqual([]);
});

test('a template that is used no more is asked for no more', async () => {
  const gone = `HX${'e'.repeat(32)}`;
  const tenant = await tenantWith(gone);
  await sync();
  await app.as(tenant).put('/api/templates/spring').send({ contentSid: SID }).expect(200);
  await sync();
  await until(
    async () => (await app.database.query(`select from content_approval where content_sid = $1`, [gone])).length === 0,
  );
});
