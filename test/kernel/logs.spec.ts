/** What a running process says, in logs and traces: a line and a span for each request, and nothing about a person or a secret. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import supertest, { type Agent } from 'supertest';
import { cloneDatabase } from '../support/databases.js';
import { OtlpReceiver } from '../../harness/otlp-receiver.js';
import { query } from '../../harness/query.js';
import type { ServiceProcess } from '../../harness/service-process.js';
import { deployment, endProcesses, startService } from '../support/process.js';
import { until } from '../../harness/until.js';
import { nextMonth } from '../campaigns/campaign.support.js';

/** Twilio's magic number for one that cannot send. */
const UNFIT = '+15005550007';
const UUID = /^[0-9a-f-]{36}$/;
const NUMBER = '15551239876';
const EMAIL = 'ana.private@example.com';
const WORDS = 'Your seat is by the window';
const PICTURE = 'seat-of-ana';
const CORRELATION = 'checkout-77';

let environment: ReturnType<typeof deployment>;
let receiver: OtlpReceiver;
let service: ServiceProcess;
let admin: Agent;
let tenantKey: string;
let campaignId: string;
let metrics: string;
/** What another tenant was answered that asked for what is this one’s. */
let refusals: string[];

interface Made {
  readonly id: string;
  readonly status: string;
}

beforeAll(async () => {
  environment = deployment(await cloneDatabase());
  receiver = await OtlpReceiver.open();
  const otlp = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' };
  service = await startService({ ...environment, ...otlp, LOG_LEVEL: 'trace', CALLBOARD_SANDBX: 'on' });
  await service.ready();
  admin = supertest.agent(service.url).set('authorization', `Bearer ${environment.CALLBOARD_ADMIN_KEY}`);
  await liveADay();
  await expect(service.stop()).resolves.toEqual({ code: 0, signal: null });
});
afterAll(async () => {
  await endProcesses();
  await receiver.close();
});

/** Lets people and secrets pass through every kind of request. */
async function liveADay(): Promise<void> {
  const tenant = await admin.post('/api/tenants').send({ name: 'Riverside', slug: 'riverside' }).expect(201);
  const { id, defaultVenueId } = tenant.body as { id: string; defaultVenueId: string };
  const issued = await admin.post(`/api/tenants/${id}/api-keys`).send({ name: 'k', scopes: ['*'] });
  tenantKey = (issued.body as { key: string }).key;
  const call = (method: 'get' | 'put' | 'post', path: string) =>
    admin[method](path).set({ 'x-tenant-id': id, authorization: `Bearer ${tenantKey}` });
  const sms = { channel: 'sms', to: `+${NUMBER}`, content: { body: WORDS } };
  const email = { channel: 'email', to: EMAIL, content: { subject: WORDS, html: `<p>${WORDS}</p>` } };
  // Pictures at hosts that do not answer, that may not be asked, and that nobody has.
  const mediaUrls = ['127.0.0.1:1', '10.0.0.1', `${PICTURE}.example`].map((host) => `http://${host}/${PICTURE}.png`);
  const mms = { channel: 'mms', to: `+${NUMBER}`, content: { mediaUrls } };
  const { body } = await call('post', '/api/messages/batch')
    .set('x-correlation-id', CORRELATION)
    .send({ messages: [sms, email, mms] });
  const { items } = body as { items: { id: string }[] };
  for (const message of items) {
    await until(async () => {
      const now = await call('get', `/api/messages/${message.id}`);
      return (now.body as { status: string }).status === 'delivered';
    });
  }
  for (const correlation of [EMAIL, NUMBER, `+${NUMBER}`, `order-+${NUMBER}`])
    await call('post', '/api/messages').set('x-correlation-id', correlation).send(sms).expect(202);
  await sendThroughTrouble(id, defaultVenueId);
  const consent = `/api/consent/${defaultVenueId}`;
  await call('put', `${consent}/%2B${NUMBER}`).send({ status: 'opted_in', source: 'checkout' }).expect(200);
  await call('put', `${consent}/${EMAIL}`).send({ status: 'opted_out', source: 'checkout' }).expect(200);
  await call('get', `/api/messages?to=${EMAIL}`).expect(200);
  await call('post', '/api/messages')
    .send({ ...sms, content: { body: WORDS, [EMAIL]: WORDS } })
    .expect(400);
  await call('get', `/api/nowhere/${EMAIL}`).expect(404);
  await call('get', `/api/templates/${EMAIL}%ff`).expect(400);
  await call('get', `${consent}/${NUMBER}`).set('authorization', 'Bearer cb_wrong').expect(401);
  await admin
    .post('/sandbox/inbound')
    .send({ provider: 'twilio', from: `+${NUMBER}`, to: '+15005550006', body: `STOP ${WORDS}` });
  await admin
    .post('/webhook/twilio')
    .type('form')
    .send({ From: `+${NUMBER}`, Body: WORDS });
  await hangUp();
  await beAskedAbout(items[0]?.id ?? '', defaultVenueId);
  await eraseAna(call);
  metrics = (await supertest(service.url).get('/metrics').expect(200)).text;
  await query(environment.DATABASE_URL, `alter table consent_event add check (source = 'nobody') not valid`);
  await call('put', `${consent}/${EMAIL}`).send({ status: 'opted_in', source: WORDS }).expect(500);
}

/** Another tenant asks for what it has no part in. */
async function beAskedAbout(messageId: string, venueId: string): Promise<void> {
  const { body } = await admin.post('/api/tenants').send({ name: 'Lakeside', slug: 'lakeside' }).expect(201);
  const other = admin.set({ 'x-tenant-id': (body as Made).id });
  const paths = [
    `/api/messages/${messageId}`,
    `/api/messages/${messageId}/content`,
    `/api/consent/${venueId}/${EMAIL}`,
    `/api/campaigns/${campaignId}`,
  ];
  refusals = [];
  for (const path of paths) refusals.push((await other.get(path).expect(404)).text);
  admin.set({ 'x-tenant-id': '' });
}

/** Everything about the person is exported, and erased. */
async function eraseAna(call: (method: 'get' | 'post', path: string) => supertest.Test): Promise<void> {
  const { body: made } = await call('post', '/api/privacy/exports').send({ address: EMAIL }).expect(201);
  const { text } = await call('get', `/api/privacy/exports/${(made as Made).id}/content`)
    .buffer(true)
    .expect(200);
  expect(text).toContain(WORDS);
  const { body } = await call('post', '/api/privacy/erasures').send({ address: EMAIL }).expect(202);
  await until(async () => {
    const { body: now } = await call('get', `/api/privacy/erasures/${(body as Made).id}`).expect(200);
    return (now as { state: string }).state === 'watching';
  });
}

/** A campaign from its schedule to its end, a lane that rests, a sender that cannot send and one that is silenced. */
async function sendThroughTrouble(tenantId: string, venueId: string): Promise<void> {
  const call = async (
    method: 'get' | 'post' | 'put' | 'patch',
    path: string,
    body?: object | string,
  ): Promise<Made> => {
    const sent = admin[method](path).set({ 'x-tenant-id': tenantId, authorization: `Bearer ${tenantKey}` });
    if (typeof body === 'string') sent.type('application/x-ndjson');
    const answer = await sent.send(body);
    expect([path, answer.status < 300]).toEqual([path, true]);
    return answer.body as Made;
  };
  await call('post', '/api/templates', {
    key: 'news',
    channel: 'email',
    category: 'transactional',
    subject: WORDS,
    text: WORDS,
  });
  const audience = await call('post', '/api/audiences', { name: 'People' });
  await call('post', `/api/audiences/${audience.id}/contacts`, JSON.stringify({ email: EMAIL }));
  const draft = { name: 'News', channel: 'email', templateKey: 'news', audienceId: audience.id };
  const { id } = await call('post', '/api/campaigns', { ...draft, scheduledAt: nextMonth() });
  campaignId = id;
  await call('post', `/api/campaigns/${id}/launch`);
  await until(async () => (await call('get', `/api/campaigns/${id}`)).status === 'SENT');
  const sender = await call('post', '/api/senders', { venueId, channel: 'sms', address: `+${NUMBER}` });
  const venue = await call('post', '/api/venues', { name: 'Boathouse' });
  const unfit = {
    venueId: venue.id,
    channel: 'sms',
    address: UNFIT,
    fallbackSenderId: undefined as string | undefined,
  };
  const spare = await call('post', '/api/senders', { ...unfit, address: '+14155550188' });
  await call('post', '/api/senders', { ...unfit, fallbackSenderId: spare.id });
  const sms = { channel: 'sms', to: `+${NUMBER}`, content: { body: WORDS } };
  const delivered = async (message: Made): Promise<unknown> =>
    until(async () => (await call('get', `/api/messages/${message.id}`)).status === 'delivered');
  await delivered(await call('post', '/api/messages', { ...sms, venueId: venue.id })); // fails over
  await call('put', '/sandbox/faults', { calls: [{ provider: 'twilio', rates: { tooMany: 1 } }] });
  const waiting = await call('post', '/api/messages', { ...sms, venueId });
  await until(() => service.out.includes('is open for')); // for a second, two, four: more often than it is said
  await call('put', '/sandbox/faults', {});
  await delivered(waiting);
  await call('patch', `/api/senders/${sender.id}`, { status: 'inactive' });
}

/** Begins a request and leaves in the middle of its body. */
async function hangUp(): Promise<void> {
  const { port } = new URL(service.url);
  const socket = connect(Number(port), '127.0.0.1');
  const head = `POST /api/tenants HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${environment.CALLBOARD_ADMIN_KEY}`;
  socket.end(`${head}\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"name":`);
  await once(socket.resume(), 'close');
}

/** What nothing may say. */
const secrets = (): string[] => [
  NUMBER,
  UNFIT.slice(1),
  '14155550188',
  EMAIL,
  'ana.private',
  WORDS,
  PICTURE,
  environment.CALLBOARD_ADMIN_KEY,
  tenantKey,
];

test('Every request leaves a line with its route and its id, and no line names a person or a secret', () => {
  const said = `${service.out}${service.err}`;

  const lines = said.split('\n').filter((line) => line.startsWith('{'));
  const requests = lines
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ msg }) => msg === 'request')
    .map(({ method, route, status }) => `${String(method)} ${String(route)} ${String(status)}`);
  for (const request of [
    'POST /api/tenants 201',
    'POST /api/messages/batch 202',
    'PUT /api/consent/:venueId/:address 200',
    'GET /api/consent/:venueId/:address 401',
    'POST /api/messages 400',
    'PUT /api/consent/:venueId/:address 500',
  ]) {
    expect(requests).toContain(request);
  }
  for (const line of lines)
    expect(JSON.parse(line)).toEqual(expect.objectContaining({ level: expect.any(String), time: expect.any(String) }));

  const all = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const one = (fields: object): void => expect(all).toContainEqual(expect.objectContaining(fields));
  const tenantId = expect.stringMatching(UUID) as string;
  const actor = expect.stringMatching(/^key:[0-9a-f-]{36}$/) as string;
  one({ route: '/api/tenants', status: 201, actor: 'admin', level: 'info' });
  one({ route: '/api/messages/batch', status: 202, actor, tenantId });
  one({ route: '/api/messages', status: 400, actor, tenantId, code: 'invalid_request' });
  one({ route: '/api/consent/:venueId/:address', status: 401, code: 'unauthorized' });
  one({ route: '/webhook/twilio', level: 'info', code: expect.stringMatching(/^webhook_/) });
  const webhooks = all.filter(({ route, status }) => String(route).startsWith('/webhook/') && Number(status) < 400);
  expect(webhooks.length).toBeGreaterThan(0);
  expect(new Set(webhooks.map(({ level }) => level))).toEqual(new Set(['debug']));
  for (const state of ['SCHEDULED', 'SENDING', 'SENT'])
    one({ msg: `campaign ${state}`, campaignId, tenantId, level: 'info' });
  one({ msg: 'campaign SENT', audience: 1, excluded: 0, messages: 1 });
  one({ msg: 'sender inactive', channel: 'sms', tenantId });
  one({ msg: expect.stringMatching(/^Messages fail over to lane [0-9a-f-]{36}: config$/), level: 'info' });
  one({ msg: expect.stringMatching(/^The circuit breaker of lane .* at twilio is open for \d+ s: rate, 20429$/) });
  one({ msg: expect.stringMatching(/^The circuit breaker of lane .* at twilio is closed again$/), level: 'info' });
  one({ msg: 'started', role: 'all' });
  one({
    msg: 'CALLBOARD_SANDBX is no variable of Callboard and is ignored: did you mean CALLBOARD_SANDBOX?',
    level: 'warn',
  });
  one({ msg: 'stopping', signal: 'SIGTERM' });
  for (const queue of ['lanes', 'inbox', 'campaigns'])
    one({ msg: 'waited', for: `queue ${queue}`, ms: expect.any(Number) });
  one({ msg: 'waited', for: expect.stringMatching(/^schedules/), ms: expect.any(Number) });
  one({ msg: 'stopped', ms: expect.any(Number) });

  const failed = lines.filter((line) => line.includes('internal_error on PUT'));
  expect(failed).toHaveLength(1);
  expect(JSON.parse(failed[0] ?? '')).toMatchObject({
    context: 'http',
    requestId: /\(request ([0-9a-f-]{36})\)/.exec(failed[0] ?? '')?.[1],
  });
  const withoutRequest = lines.filter((line) => line.includes('NestApplication'));
  expect(withoutRequest.length).toBeGreaterThan(0);
  for (const line of withoutRequest) expect(JSON.parse(line)).not.toHaveProperty('requestId');
  expect(said).toMatch(/internal_error on PUT .*consent.* \(request [0-9a-f-]{36}\)/);
  expect(said).not.toContain('unavailable on POST /api/tenants'); // who hangs up is no outage of ours
  for (const secret of secrets()) expect(said).not.toContain(secret);
});

test('What a request leads to in the log carries the id that its caller gave it, and that of its trace', () => {
  const lines = service.out.split('\n').filter((line) => line.includes(CORRELATION));
  const [line] = lines.map((text) => JSON.parse(text) as Record<string, unknown>);
  expect(line).toMatchObject({ route: '/api/messages/batch', correlationId: CORRELATION });
  expect(receiver.spans.map(({ traceId }) => traceId)).toContain(line?.['traceId']);
});

test('Every span holds only what is documented, and nothing of a person or a secret', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/tracing.md'), 'utf8');
  const documented = [...page.matchAll(/^\| `([a-z_.]+)` /gm)].map(([, name]) => name);
  const { spans } = receiver;
  expect(spans.length).toBeGreaterThan(100);
  expect(spans.filter(({ name }) => name === 'provider.call').length).toBeGreaterThan(5);
  const held = new Set(spans.flatMap(({ attributes }) => Object.keys(attributes)));
  expect([...held].filter((name) => !documented.includes(name))).toEqual([]);
  expect(
    spans.filter(({ attributes }) => attributes['callboard.correlation_id'] === CORRELATION).length,
  ).toBeGreaterThan(3);
  const said = receiver.requests.map(({ body }) => body.toString('utf8')).join('\n');
  for (const secret of secrets()) expect(said).not.toContain(secret);
});

test('No metric, no problem that another tenant is told, and no payload of the queue says anything of a person', async () => {
  expect(metrics).toMatch(/^sms_sent_total\{.*\} [1-9]/m);
  expect(metrics).toMatch(/^callboard_erasures_total\{result="erased"\} 1$/m);
  expect(refusals).toHaveLength(4);
  const tables = await query<{ name: string }>(
    environment.DATABASE_URL,
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'bullmq'`,
  );
  const payloads = await Promise.all(
    tables.map(({ name }) =>
      query<{ row: string }>(environment.DATABASE_URL, `select t::text as row from ${name} as t`),
    ),
  );
  const queued = payloads.flat().map(({ row }) => row);
  for (const secret of secrets())
    expect([metrics, ...refusals, ...queued].filter((said) => said.includes(secret))).toEqual([]);
});
