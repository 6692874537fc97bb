/** One tenant never sees another's: tried on every route there is, as the API describes itself. */
import { receive } from '../support/sandbox.js';
import { until } from '../../harness/until.js';
import { randomUUID } from 'node:crypto';
import { Notices } from '../../src/notices/index.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';

interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  readonly path: string;
}

/** What a path parameter of the first tenant's resources stands for, by the path up to it. */
type Owned = Readonly<Record<string, string>>;

const PUBLIC = [/^\/health\//, /^\/metrics$/, /^\/webhook\//, /^\/sandbox\//];

let app: TestApp;
let owner: Tenant;
let intruder: Tenant;
let operations: Operation[];
let owned: Owned;

beforeAll(async () => {
  app = await openTestApp();
  owner = await app.tenant();
  intruder = await app.tenant();
  const { body } = await app.http.get('/docs-json').expect(200);
  const { paths } = body as { paths: Record<string, Record<string, unknown>> };
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ method: method as Operation['method'], path })),
  );
  owned = await resourcesOf(owner);
});
afterAll(() => app.close());

async function resourcesOf(tenant: Tenant): Promise<Owned> {
  const post = async (path: string, input: object): Promise<{ id: string }> => {
    const response = await app.as(tenant).post(path).send(input);
    expect(response.status).toBeLessThan(300);
    return response.body as { id: string };
  };
  // Before it has anything to bill, whose month would be its first.
  await app.database.query(`update tenant set created_at = '2026-01-10' where id = $1`, [tenant.id]);
  await app.admin(tenant.id).post('/api/statements/2026-01/close').expect(200);
  const venue = await post('/api/venues', { name: 'River stage' });
  await post('/api/senders', { venueId: venue.id, channel: 'voice', address: '+15557770001' });
  const sender = await post('/api/senders', { venueId: venue.id, channel: 'sms', address: '+15557770001' });
  await post('/api/templates', { key: 'order', channel: 'sms', category: 'transactional', body: 'Hello' });
  const account = await post('/api/provider-accounts', {
    provider: 'twilio',
    name: 'own',
    credentials: { accountSid: `AC${'b'.repeat(32)}`, authToken: 'a-token-of-theirs' },
  });
  const message = await post('/api/messages', {
    channel: 'email',
    to: 'ana@example.com',
    content: { subject: 's', text: 't' },
  });
  const audience = await post('/api/audiences', { name: 'People' });
  await app
    .as(tenant)
    .post(`/api/audiences/${audience.id}/contacts`)
    .send({ contacts: [{ address: '+15551230001' }] })
    .expect(200);
  const imports = await app.as(tenant).get(`/api/audiences/${audience.id}/imports`).expect(200);
  const [imported] = (imports.body as { items: { id: string }[] }).items;
  const campaign = await post('/api/campaigns', {
    name: 'News',
    channel: 'sms',
    templateKey: 'order',
    audienceId: audience.id,
    venueId: venue.id,
  });
  const call = await post('/api/calls', {
    to: '+4915123456789',
    venueId: venue.id,
    content: { body: 'Gate 4 is closed.' },
  });
  await receive(app, { from: '+15551230002', to: '+15557770001', body: 'Hello' });
  const conversations = await app.as(tenant).get('/api/conversations').expect(200);
  const [conversation] = (conversations.body as { items: { id: string }[] }).items;
  const number = await post('/api/numbers', { venueId: venue.id, search: { country: 'US' } });
  const automation = await post('/api/automations', {
    key: 'welcome',
    name: 'Welcome',
    definition: { trigger: 'guest.came', steps: [{ send: { templates: ['order'] } }] },
  });
  await post('/api/events', { type: 'guest.came', id: 'evt-1', data: { customerId: 'customer-1' } });
  const run = await until(async () => {
    const { body } = await app.as(tenant).get('/api/automation-runs').expect(200);
    return (body as { items: { id: string }[] }).items[0];
  });
  const notice = await app.nest.get(Notices).write({
    kind: 'gate.closed',
    subject: 'gate 4',
    tenantId: tenant.id,
    payload: {},
    letters: { en: { subject: 'Gate 4', blocks: [] } },
    targets: { emails: [], url: null, language: 'en' },
    toOperator: false,
  });
  const schedule = await post('/api/report-schedules', {
    report: 'delivery',
    period: 'yesterday',
    every: 'day',
    hour: 8,
    to: ['ana@example.com'],
  });
  const keys = await app.admin().get(`/api/tenants/${tenant.id}/api-keys`).expect(200);
  const [key] = (keys.body as { items: { id: string }[] }).items;
  return {
    '/api/tenants/': tenant.id,
    '/api/tenants/{id}/api-keys/': key?.id ?? '',
    '/api/venues/': venue.id,
    '/api/senders/': sender.id,
    '/api/templates/': 'order',
    '/api/provider-accounts/': account.id,
    '/api/alerts/': randomUUID(), // only the platform's admin has to do with alerts and lanes
    '/api/lanes/': randomUUID(),
    '/api/messages/': message.id,
    '/api/calls/': call.id,
    '/api/conversations/': conversation?.id ?? '',
    '/api/numbers/': number.id,
    '/api/notices/': notice ?? '',
    '/api/report-schedules/': schedule.id,
    '/api/automations/': automation.id,
    '/api/automation-runs/': run.id,
    '/api/audiences/': audience.id,
    '/api/audiences/{id}/contacts/': '+15551230001',
    '/api/audiences/{id}/imports/': imported?.id ?? '',
    '/api/campaigns/': campaign.id,
    '/api/consent/': venue.id,
    '/api/consent/{venueId}/': '+15551230001',
    '/api/number-opt-outs/': '+15005550006',
    '/api/number-opt-outs/{number}/': '+15551230001',
    '/api/statements/': '2026-01',
    '/api/suppressions/': 'sms',
    '/api/suppressions/{channel}/': '+15551230001',
  };
}

/** The path with the owner's resources in it; a parameter that this test does not know fails it. */
function filled(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, (parameter: string, _name: string, at: number) => {
    const value = owned[path.slice(0, at)];
    if (value === undefined) throw new Error(`Say in this test what ${parameter} in ${path} may stand for`);
    return encodeURIComponent(value);
  });
}

const takesCsv = (path: string): boolean => path.startsWith('/api/consent/{venueId}/import');
const isPublic = ({ path }: Operation): boolean => PUBLIC.some((pattern) => pattern.test(path));
const namesOwned = ({ path }: Operation): boolean =>
  path.startsWith('/api/') && path.includes('{') && !path.startsWith('/api/suppressions');

test('every route that names a resource hides it from another tenant', async () => {
  const answers: Record<string, number> = {};
  for (const operation of operations.filter(namesOwned)) {
    const { method, path } = operation;
    const request = app.as(intruder)[method](filled(path));
    const response = takesCsv(path)
      ? await request.set('content-type', 'text/csv').send('phone,status,source\n')
      : await request.send(method === 'get' ? undefined : bodyFor(operation));
    // 403 where only the platform admin may call at all: it says nothing of what is there.
    if (!(response.status === 403 && (response.body as { code: string }).code === 'admin_only')) {
      answers[`${method} ${path}`] = response.status;
    }
  }
  expect(Object.keys(answers).length).toBeGreaterThan(12);
  expect(Object.fromEntries(Object.entries(answers).filter(([, status]) => status !== 404))).toEqual({});
});

test('what the other tenant tried has changed nothing', async () => {
  const { body: template } = await app.as(owner).get('/api/templates/order').expect(200);
  expect(template).toMatchObject({ version: 1, body: 'Hello' });
  const { body: sender } = await app.as(owner).get(`/api/senders/${owned['/api/senders/']}`).expect(200);
  expect(sender).toMatchObject({ status: 'active' });
  const { body: consent } = await app
    .as(owner)
    .get(`/api/consent/${owned['/api/consent/']}/%2B15551230001`)
    .expect(200);
  expect(consent).toMatchObject({ status: 'unknown' });
});

test('naming the other tenant in X-Tenant-Id does not help: only the admin key acts for others', async () => {
  const response = await app.as(intruder).get(`/api/messages/${owned['/api/messages/']}`).set('x-tenant-id', owner.id);
  expect([403, 404]).toContain(response.status);
  const { body } = await app.as(intruder).get('/api/messages').set('x-tenant-id', owner.id);
  expect(JSON.stringify(body)).not.toContain(owned['/api/messages/']);
});

test('what belongs to another tenant cannot be used by naming it in a body either', async () => {
  const venueId = owned['/api/venues/'] ?? '';
  const senderId = owned['/api/senders/'] ?? '';
  const text = { channel: 'sms', to: '+15551230001', content: { body: 'Hello' } };
  const attempts: [string, object][] = [
    ['/api/messages', { ...text, venueId }],
    ['/api/messages', { ...text, senderId }],
    ['/api/messages', { ...text, content: undefined, template: { key: 'order' } }],
    ['/api/senders', { venueId, channel: 'sms', address: '+15557770009' }],
    [
      '/api/consent/import',
      { venueId, channel: 'sms', source: 'intruder', contacts: [{ address: text.to, status: 'opted_in' }] },
    ],
  ];
  for (const [path, body] of attempts) {
    const response = await app.as(intruder).post(path).send(body);
    expect([path, response.status]).toEqual([path, 404]);
  }
  const messages = attempts.slice(0, 3).map(([, body]) => body);
  const { body } = await app.as(intruder).post('/api/messages/batch').send({ messages }).expect(202);
  const { items } = body as { items: { error?: { status: number } }[] };
  expect(items.map(({ error }) => error?.status)).toEqual([404, 404, 404]);
  for (const query of [{ venueId }, { to: 'ana@example.com' }]) {
    const history = await app.as(intruder).get('/api/history').query(query).expect(200);
    expect(history.body).toEqual({ items: [], nextCursor: null });
  }
});

test('every list shows only the caller’s own', async () => {
  for (const path of [
    '/api/venues',
    '/api/senders',
    '/api/templates',
    '/api/messages',
    '/api/history',
    '/api/suppressions',
    '/api/audiences',
    '/api/campaigns',
    '/api/notices',
    '/api/report-schedules',
    '/api/desk',
    '/api/desk/doubts',
    '/api/audit',
  ]) {
    const { body } = await app.as(intruder).get(path).expect(200);
    expect(JSON.stringify(body)).not.toContain(owner.id);
    for (const id of Object.values(owned).filter((value) => value.length === 36))
      expect(JSON.stringify(body)).not.toContain(id);
  }
});

test('every route but the public ones asks for a key', async () => {
  const open: string[] = [];
  for (const operation of operations.filter((each) => !isPublic(each))) {
    const { method, path } = operation;
    const response = await app.http[method](filled(path)).send(method === 'get' ? undefined : bodyFor(operation));
    if (response.status !== 401) open.push(`${operation.method} ${operation.path}: ${response.status}`);
  }
  expect(open).toEqual([]);
});

/** A body that would change something, were it let through. */
function bodyFor({ path, method }: Operation): object {
  if (path.startsWith('/api/consent/')) return { status: 'opted_out', channel: 'sms', source: 'intruder' };
  if (path.endsWith('/credentials'))
    return { credentials: { accountSid: `AC${'c'.repeat(32)}`, authToken: 'stolen-token' } };
  if (path.startsWith('/api/templates/')) return path.endsWith('/preview') ? { data: {} } : { body: 'Changed' };
  if (path.endsWith('/settings')) return { smsEnabled: false };
  if (path.startsWith('/api/senders/')) return { status: 'released' };
  if (/^.api.(venues|audiences|campaigns).{[a-z]+}$/i.test(path)) return { name: 'Changed' };
  if (path.endsWith('/contacts')) return { contacts: [{ address: '+15551230002' }] };
  if (path.endsWith('/dry-run')) return { event: { type: 'guest.came', id: 'evt-2' } };
  if (path.startsWith('/api/automations/')) {
    const definition = { trigger: 'guest.came', steps: [{ end: 'stop' }] };
    return method === 'put' ? { name: 'Changed', definition } : { enabled: false };
  }
  if (path.endsWith('/settle')) return { decision: 'sent' };
  if (path.endsWith('/schedule')) return { scheduledAt: new Date(Date.now() + 86_400_000).toISOString() };
  if (path.endsWith('/test')) return { to: ['+15551230002'] };
  return {};
}
