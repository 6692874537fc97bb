/** One tenant never sees another's: tried on every route there is, as the API describes itself. */
import { resourcesOf, type Owned } from '../support/owned-resources.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';

interface Parameter {
  readonly name: string;
  readonly in: string;
}

interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  readonly path: string;
  readonly parameters: readonly Parameter[];
}

const PUBLIC = [
  /^\/health\//,
  /^\/metrics$/,
  /^\/webhook\//,
  /^\/sandbox\//,
  /^\/u\//,
  /^\/auth(?:\/(?:sign-in|callback|key|backchannel-logout))?$/,
];

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
  const { paths } = body as { paths: Record<string, Record<string, { parameters?: Parameter[] }>> };
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [] }]) => ({
      method: method as Operation['method'],
      path,
      parameters,
    })),
  );
  owned = await resourcesOf(app, owner);
});
afterAll(() => app.close());

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
  expect(Object.keys(answers).length).toBeGreaterThan(100);
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

/** Query parameters that name something, by what the owner has of it; null for what names nothing of a tenant’s. */
const NAMED: Readonly<Record<string, string | null>> = {
  venueId: '/api/venues/',
  consentVenueId: '/api/venues/',
  campaignId: '/api/campaigns/',
  audienceId: '/api/audiences/',
  automationId: '/api/automations/',
  messageId: '/api/messages/',
  objectId: '/api/senders/',
  templateKey: '/api/templates/',
  // The host’s own words, equal for all who have the same host.
  externalId: null,
  orderId: null,
  customerId: null,
  correlationId: null,
  eventId: null,
};

const lists = (): Operation[] =>
  operations.filter(({ method, path }) => method === 'get' && path.startsWith('/api/') && !path.includes('{'));

/** What of the owner's a text gives away, beside what the caller has said. */
function tracesIn(text: string, said = ''): string[] {
  const ids = [owner.id, owner.defaultVenueId, ...Object.values(owned)].filter((value) => value.length === 36);
  return ids.filter((id) => !said.includes(id) && text.includes(id));
}

/** Answers of these requests that give the owner away, or fail. */
async function leaks(requests: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const url of requests) {
    const { status, text } = await app.as(intruder).get(url);
    if (status >= 500 || tracesIn(text, url).length > 0) found.push(`GET ${url}: ${status} ${text.slice(0, 100)}`);
  }
  return found;
}

test('every list shows only the caller’s own, and names nothing of another’s', async () => {
  const requests = lists().map(({ path }) => path);
  expect(requests.length).toBeGreaterThan(50);
  expect(await leaks(requests)).toEqual([]);
});

test('every list hides what another has, asked for by its id or key', async () => {
  const requests = lists().flatMap(({ path, parameters }) =>
    parameters
      .filter((parameter) => parameter.in === 'query' && /Id$|Key$/.test(parameter.name))
      .flatMap(({ name }) => {
        const of = NAMED[name];
        if (of === undefined) throw new Error(`Say in this test what ?${name} of ${path} may stand for`);
        return of === null ? [] : [`${path}?${name}=${encodeURIComponent(owned[of] ?? '')}`];
      }),
  );
  expect(requests.length).toBeGreaterThan(15);
  expect(await leaks(requests)).toEqual([]);
});

test('no list goes on where another’s has stopped: a cursor is a place, and gives no right', async () => {
  const cursors: string[] = [];
  for (const { path, parameters } of lists().filter((list) => list.parameters.some(({ name }) => name === 'cursor'))) {
    const limit = parameters.some(({ name }) => name === 'limit') ? '?limit=1' : '';
    const { body } = await app.as(owner).get(`${path}${limit}`);
    const cursor = (body as { nextCursor?: string | null }).nextCursor;
    if (cursor) cursors.push(`${path}?cursor=${encodeURIComponent(cursor)}`);
  }
  expect(cursors.length).toBeGreaterThan(2);
  expect(await leaks(cursors)).toEqual([]);
});

test('an Idempotency-Key that another has used is a new one, on every route', async () => {
  const key = 'the-same-for-both';
  await app.as(owner).post('/api/venues').set('idempotency-key', key).send({ name: 'Once' }).expect(201);
  await app.database.query(
    `insert into idempotency_key (owner, key, request_hash, status, answer)
     select owner, key || '-' || n, request_hash, status, answer from idempotency_key, generate_series(1, 400) as n where owner = $1`,
    [owner.id],
  );
  const posts = operations.filter(
    ({ method, path }) => method === 'post' && path.startsWith('/api/') && !takesCsv(path),
  );
  expect(posts.length).toBeGreaterThan(80);
  const wrong: string[] = [];
  for (const [index, operation] of posts.entries()) {
    const request = app
      .as(intruder)
      .post(filled(operation.path))
      .set('idempotency-key', `${key}-${index + 1}`);
    const { headers, body, text } = await request.send(bodyFor(operation));
    const isKnown =
      headers['idempotency-replayed'] !== undefined || (body as { code?: string }).code === 'idempotency_key_reused';
    if (isKnown || tracesIn(text, filled(operation.path)).length > 0) wrong.push(operation.path);
  }
  expect(wrong).toEqual([]);
});

/** Routes that a tenant's key reads without asking the database as the tenants' role. */
const WITHOUT_ROLE: Readonly<Record<string, string>> = {
  '/api/templates/{key}/approvals': 'a text has none, and templates are kept',
  '/api/signing-key': 'one for the installation, which each process keeps',
};

test('every route that a tenant reads by is under the tenants’ role: without its privileges none answers', async () => {
  const rows = await app.database.query<{ grant: string; revoke: string }>(
    `select format('grant %s on %I to callboard_tenant', string_agg(privilege_type, ', '), relname) as grant,
       format('revoke all on %I from callboard_tenant', relname) as revoke
     from pg_class cross join aclexplode(relacl) where grantee = 'callboard_tenant'::regrole and relkind in ('r', 'p') group by relname`,
  );
  expect(rows.length).toBeGreaterThan(90);
  const gets = operations.filter(({ method, path }) => method === 'get' && path.startsWith('/api/'));
  const answered: string[] = [];
  try {
    for (const { revoke } of rows) await app.database.query(revoke);
    for (const { path } of gets) {
      const { status, text } = await app.as(owner).get(filled(path)).timeout(5_000);
      if (status < 400 && !(path in WITHOUT_ROLE)) answered.push(`${path}: ${status} ${text.slice(0, 100)}`);
    }
  } finally {
    for (const { grant } of rows) await app.database.query(grant);
  }
  expect(gets.length).toBeGreaterThan(90);
  expect(answered).toEqual([]);
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

/** Of routes that are known by how they end. */
const BODIES: Readonly<Record<string, object>> = {
  '/roll-back': { version: 1 },
  '/data-sets/{name}': { data: {} },
  '/winner': { templateKey: 'news' },
  '/approve': { digest: '0'.repeat(64) },
  '/decline': { reason: 'Not now' },
};

/** A body that would change something, were it let through. */
function bodyFor({ path, method }: Operation): object {
  if (path.startsWith('/api/consent/')) return { status: 'opted_out', channel: 'sms', source: 'intruder' };
  if (path.endsWith('/credentials'))
    return { credentials: { accountSid: `AC${'c'.repeat(32)}`, authToken: 'stolen-token' } };
  const [, known] = Object.entries(BODIES).find(([end]) => path.endsWith(end)) ?? [];
  if (known) return known;
  if (path.startsWith('/api/templates/')) return path.endsWith('/preview') ? { data: {} } : { body: 'Changed' };
  if (path.startsWith('/api/template-parts/')) return { text: 'Changed' };
  if (path.endsWith('/settings')) return { smsEnabled: false };
  if (path.startsWith('/api/senders/')) return { status: 'released' };
  if (/^.api.(venues|audiences|campaigns|segments).{[a-z]+}$/i.test(path)) return { name: 'Changed' };
  if (path.endsWith('/contacts')) return { contacts: [{ address: '+15551230002' }] };
  if (path.endsWith('/dry-run')) return { event: { type: 'guest.came', id: 'evt-2' } };
  if (path.startsWith('/api/automations/')) {
    const definition = { trigger: 'guest.came', steps: [{ end: 'stop' }] };
    return method === 'put' ? { name: 'Changed', definition } : { enabled: false };
  }
  if (path.endsWith('/settle')) return { decision: 'sent' };
  if (path.endsWith('/schedule')) return { scheduledAt: new Date(Date.now() + 86_400_000).toISOString() };
  if (path.startsWith('/api/webhook-endpoints/'))
    return path.endsWith('/replay') ? { from: new Date(Date.now() - 60_000).toISOString() } : {};
  if (path.endsWith('/test')) return { to: ['+15551230002'] };
  return {};
}
