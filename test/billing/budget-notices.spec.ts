/** What people are told when a budget reaches a share. */
import { Webhook } from 'standardwebhooks';
import { until } from '../../harness/until.js';
import { BudgetStore } from '../../src/billing/budgets/budget-store.js';
import { BudgetWarnings } from '../../src/billing/budgets/budget-warnings.js';
import { Notices } from '../../src/notices/index.js';
import { act, audience, draft, template } from '../campaigns/campaign.support.js';
import { json, Loopback, type Received } from '../providers/loopback.js';
import { email, sendAll } from '../support/messages.js';
import { holdSchedule } from '../support/past.js';
import { newMailbox } from '../support/people.js';
import { recordOf } from '../support/sandbox.js';
import { newSender } from '../support/senders.js';
import { openTestApp, type Tenant, type TestApp } from '../support/test-app.js';

const OPERATOR = 'operations@example.com';

let receiver: Loopback;
let app: TestApp;
beforeAll(async () => {
  receiver = await Loopback.open();
  receiver.script = () => json(200, {});
  app = await openTestApp({ notices: { secrets: [], emails: [OPERATOR] } });
});
afterAll(async () => {
  await receiver.close();
  await app.close();
});

async function newTenant(name = 'Riverside Festivals'): Promise<Tenant> {
  const tenant = await app.tenant({ name, timezone: 'UTC' });
  await newSender(app, tenant, { channel: 'email', address: newMailbox() });
  return tenant;
}

const BUDGET = { period: 'month', measure: 'messages', limit: 10, hard: true };
const put = (tenant: Tenant, budget: object, status = 200): Promise<unknown> =>
  app
    .as(tenant)
    .put('/api/budgets')
    .send({ ...BUDGET, ...budget })
    .expect(status)
    .then(({ body }) => body as unknown);

/** Sends so many emails of a tenant, and waits until they are counted. */
async function use(tenant: Tenant, count: number): Promise<void> {
  const before = await usedBy(tenant);
  await sendAll(
    app,
    tenant,
    Array.from({ length: count }, () => email()),
  );
  await until(async () => (await usedBy(tenant)) === before + count);
}
const usedBy = async ({ id }: Tenant): Promise<number> =>
  Number((await app.nest.get(BudgetStore).of({ tenantIds: [id], campaignIds: [] }))[0]?.used ?? 0);

async function newSecret(tenant: Tenant): Promise<string> {
  const { body } = await app.as(tenant).post('/api/notices/secret').expect(200);
  return (body as { secret: string }).secret;
}

const postsTo = (path: string): Received[] => receiver.received.filter((post) => post.path === path);

test('a warning is posted and written to whom the budget names, and to the operator', async () => {
  const tenant = await newTenant('Lakeside Events');
  const [secret, to] = [await newSecret(tenant), newMailbox()];
  await put(tenant, { notify: { emails: [to], url: `${receiver.origin}/both` } });
  await use(tenant, 8);
  await until(() => postsTo('/both').length === 2);
  const posts = postsTo('/both').map(({ body, headers }) => new Webhook(secret).verify(body, headers as never));
  const month = new Date().toISOString().slice(0, 7);
  const percents = posts.map((post) => (post as { data: { percent: number } }).data.percent);
  expect(new Set(percents)).toEqual(new Set([50, 80]));
  expect(posts[0]).toMatchObject({
    type: 'budget.warning',
    tenantId: tenant.id,
    data: { tenantName: 'Lakeside Events', month, measure: 'messages', limit: 10, currency: null, hard: true },
  });
  await until(async () => (await recordOf(app, to)).length === 2);
  const monthName = new Intl.DateTimeFormat('en', { timeZone: 'UTC', month: 'long', year: 'numeric' }).format();
  const [mail] = (await recordOf(app, to)).filter(({ subject }) => subject?.includes('80'));
  expect(mail?.subject).toBe(`Budget at 80 %: Lakeside Events, ${monthName}`);
  expect(mail?.text).toContain(
    `Lakeside Events has used 8 of 10 messages in ${monthName}: its budget has reached 80 %.`,
  );
  expect(mail?.text).toContain('beyond 100 % messages wait until it is raised');
  expect(mail?.text).toContain('never wait: emergency, transactional.');
  await until(async () => {
    const subjects = (await recordOf(app, OPERATOR)).map(({ subject }) => subject);
    return subjects.filter((subject) => subject?.includes('Lakeside Events')).length === 2;
  });
});

test('a soft budget says in German that nothing waits', async () => {
  const [tenant, to] = [await newTenant(), newMailbox()];
  await put(tenant, { limit: 2, hard: false, notify: { emails: [to], language: 'de' } });
  await use(tenant, 1);
  await until(async () => (await recordOf(app, to)).length === 1);
  const [mail] = await recordOf(app, to);
  expect(mail?.subject).toMatch(/^Budget zu 50 % erreicht: Riverside Festivals, /);
  expect(mail?.text).toContain('1 von 2 Nachrichten verbraucht');
  expect(mail?.text).toContain('Dieses Budget warnt nur');
});

test('a hard budget that stops messages says that they wait', async () => {
  const [tenant, to] = [await newTenant(), newMailbox()];
  await put(tenant, { limit: 1, exempt: [], notify: { emails: [to] } });
  await sendAll(app, tenant, [email(), email()]);
  await until(async () => (await recordOf(app, to)).some(({ subject }) => subject?.includes('100 %')));
  const mail = (await recordOf(app, to)).find(({ subject }) => subject?.includes('100 %'));
  expect(mail?.text).toContain('messages for which it has no room wait until it is raised');
});

test('a campaign’s budget is told of to those who are told of the tenant’s months', async () => {
  const [tenant, to] = [await newTenant('Old Town Fair'), newMailbox()];
  await put(tenant, { limit: 1_000, notify: { emails: [to] } });
  const templateKey = await template(app, tenant, 'email');
  const budget = { messages: 5, hard: false };
  const { id } = await draft(app, tenant, { templateKey, audienceId: await audience(app, tenant, 4), budget });
  await act(app, tenant, id, 'launch');
  const mail = await until(async () =>
    (await recordOf(app, to)).find(({ subject }) => subject === `Budget at 80 %: Old Town Fair, campaign ${id}`),
  );
  expect(mail.text).toContain(`Old Town Fair has used 4 of 5 messages in the campaign ${id}`);
  const { body } = await app.as(tenant).get('/api/notices').expect(200);
  expect((body as { items: { data: object }[] }).items.map(({ data }) => data)).toContainEqual(
    expect.objectContaining({ percent: 80, period: 'campaign', month: null, campaignId: id, limit: 5, used: 4 }),
  );
});

test('a budget of money is told of in its currency, and one that names nobody tells the operator alone', async () => {
  const tenant = await newTenant('Hilltop Opera');
  await app.admin().patch(`/api/tenants/${tenant.id}/settings`).send({ plan: 'postage' }).expect(200);
  await app
    .admin()
    .put('/api/prices?kind=plan&name=postage')
    .send([{ channel: 'email', unit: 'message', price: '0.25', currency: 'EUR' }])
    .expect(200);
  await put(tenant, { measure: 'money', limit: 1_000_000, currency: 'EUR' });
  await sendAll(app, tenant, [email(), email()]);
  const mail = await until(async () =>
    (await recordOf(app, OPERATOR)).find(({ subject }) => subject?.includes('Hilltop Opera')),
  );
  expect(mail.text?.replaceAll('\u00a0', ' ')).toContain('Hilltop Opera has used EUR 0.50 of EUR 1.00 in');
  const { body } = await app.as(tenant).get('/api/notices').expect(200);
  expect(body).toMatchObject({ items: [{ kind: 'budget.warning', deliveries: [] }] });
});

test('a warning and its notice are written together or not at all', async () => {
  const tenant = await newTenant();
  await holdSchedule(app, 'watch-budgets');
  await put(tenant, {});
  await use(tenant, 5);
  const warnings = app.nest.get(BudgetWarnings);
  const rows = async (): Promise<[number, number]> => {
    const [row] = await app.database.query<{ warnings: number; notices: number }>(
      `select (select count(*)::int from budget_warning join budget on budget.id = budget_id where tenant_id = $1) as warnings,
         (select count(*)::int from notice where tenant_id = $1) as notices`,
      [tenant.id],
    );
    return [row?.warnings ?? 0, row?.notices ?? 0];
  };
  const notices = app.nest.get(Notices);
  notices.write = () => {
    Reflect.deleteProperty(notices, 'write'); // the next one is written again
    return Promise.reject(new Error('killed'));
  };
  await expect(warnings.warn()).rejects.toThrow('killed');
  expect(await rows()).toEqual([0, 0]);
  await Promise.all([warnings.warn(), warnings.warn()]);
  expect(await rows()).toEqual([1, 1]);
});

test('whom a budget tells is shown, and gone when it is put without', async () => {
  const tenant = await newTenant();
  await newSecret(tenant);
  const url = 'https://hooks.example.org/callboard';
  const shown = await put(tenant, { notify: { emails: ['Finance@Example.com', 'finance@example.com'], url } });
  expect(shown).toMatchObject({ items: [{ notify: { emails: ['finance@example.com'], url, language: 'en' } }] });
  expect(await put(tenant, { notify: null })).toMatchObject({
    items: [{ notify: { emails: [], url: null, language: 'en' } }],
  });
});

test.each([
  ['is of this network', { url: 'http://10.0.0.1/hook' }, 400, 'notice_url_forbidden', 'notify.url'],
  ['has a name of nobody', { url: 'https://hooks.internal/' }, 400, 'notice_url_forbidden', 'notify.url'],
  ['is no web address', { url: 'ftp://example.com' }, 400, 'invalid_request', 'notify.url'],
  ['is no mailbox', { emails: ['ana'] }, 400, 'invalid_request', 'notify.emails'],
  ['could not be signed', { url: 'https://example.com/hook' }, 422, 'notice_secret_missing', 'notify.url'],
])('a target that %s is refused', async (_, notify, status, code, path) => {
  const tenant = await newTenant();
  const { body } = await app
    .as(tenant)
    .put('/api/budgets')
    .send({ ...BUDGET, notify })
    .expect(status);
  expect(body).toMatchObject({ code, errors: [{ path }] });
});
