/** Tenants are told what happens: signed, in order per message, at least once. */
import { until } from '../../harness/until.js';
import type { ReplayView } from '../../src/outbound/endpoints.dto.js';
import { EndpointSecrets } from '../../src/outbound/endpoint-secrets.js';
import { picture } from '../files/files.js';
import { json, Loopback } from '../providers/loopback.js';
import { consume } from '../support/consumers.js';
import { email, send, sendAll, text, whenEnded } from '../support/messages.js';
import { newAmericanNumber, newNumber } from '../support/people.js';
import { setBack } from '../support/past.js';
import { receive } from '../support/sandbox.js';
import { venueWith } from '../support/senders.js';
import { openTestApp, type Tenant, type TestApp } from '../support/test-app.js';
import {
  aboutMessage,
  endpoint,
  hurry,
  isIn,
  logOf,
  newEndpoint,
  patch,
  payloadOf,
  testEvent,
  verified,
  whenDelivery,
  whenTold,
} from './outbound.support.js';

let app: TestApp;
let tenant: Tenant;
let receiver: Loopback;
beforeAll(async () => {
  app = await openTestApp();
});
beforeEach(async () => {
  tenant = await app.tenant();
  receiver = await Loopback.open();
  receiver.script = () => json(200, {});
});
afterEach(() => receiver.close());
afterAll(() => app.close());

const url = (path = '/hook'): string => `${receiver.origin}${path}`;

test('a message’s events are posted in their order, signed, and say what the tenant knows it by', async () => {
  const { id, secret } = await newEndpoint(app, tenant, { url: url('/hook?from=callboard') });
  const message = await send(
    app,
    tenant,
    email({ reference: 'order:A-1001', orderId: 'A-1001', metadata: { seat: 7 } }),
  );
  const view = await whenEnded(app, tenant, message);
  const told = await whenTold(receiver, message, 'message.delivered');
  expect(told.slice(0, 3).map(({ type }) => type)).toEqual(['message.accepted', 'message.sent', 'message.delivered']);
  expect(told[2]).toEqual({
    type: 'message.delivered',
    version: 1,
    timestamp: view.events.find(({ kind }) => kind === 'delivered')?.at,
    tenantId: tenant.id,
    mode: 'live',
    test: false,
    data: {
      messageId: message,
      position: 3,
      status: 'delivered',
      channel: 'email',
      category: 'transactional',
      provider: view.provider,
      providerMessageId: view.providerMessageId,
      segments: 1,
      reason: null,
      errorCode: null,
      source: 'webhook',
      occurredAt: expect.any(String),
      to: view.to,
      from: view.from,
      venueId: tenant.defaultVenueId,
      campaignId: null,
      reference: 'order:A-1001',
      orderId: 'A-1001',
      customerId: null,
      messageType: null,
      correlationId: view.correlationId,
      isTest: false,
      metadata: { seat: 7 },
      followedBy: null,
    },
  });
  const [post] = receiver.received;
  if (!post) throw new Error('it was posted');
  expect(post).toMatchObject({ method: 'POST', path: '/hook?from=callboard' });
  expect(verified(secret, post)).toEqual(told[0]);
  const log = await logOf(app, tenant, id, { messageId: message, type: 'message.accepted' });
  expect(log).toMatchObject([
    {
      id: post.headers['webhook-id'],
      messageId: message,
      test: false,
      state: 'delivered',
      attempts: 1,
      log: [{ at: expect.any(String), ms: expect.any(Number), error: null }],
      nextAttemptAt: null,
    },
  ]);
  expect((await endpoint(app, tenant, id)).deliveredAt).toEqual(expect.any(String));
});

test('an endpoint is told the types that it wants, and each tenant only its own', async () => {
  const other = await app.tenant();
  const quiet = await Loopback.open();
  quiet.script = () => json(200, {});
  await newEndpoint(app, other, { url: `${quiet.origin}/` });
  await newEndpoint(app, tenant, { url: url('/all') });
  await newEndpoint(app, tenant, { url: url('/ends'), events: ['message.delivered', 'message.failed'] });
  const message = await send(app, tenant, email());
  await until(() => receiver.received.filter(({ path }) => path === '/ends').length > 0);
  await whenTold(receiver, message, 'message.delivered');
  const ends = receiver.received.filter(({ path }) => path === '/ends').map((post) => payloadOf(post).type);
  expect(ends).toEqual(['message.delivered']);
  expect(quiet.received).toEqual([]);
  await quiet.close();
});

test('a change of consent is told once, and a repeat of it not at all', async () => {
  const [person, { venueId }] = [newNumber(), await venueWith(app, tenant, 'sms')];
  const put = (status: string): Promise<unknown> =>
    app
      .as(tenant)
      .put(`/api/consent/${venueId}/${encodeURIComponent(person)}`)
      .send({ channel: 'sms', status, source: 'web form' })
      .expect(200);
  await put('opted_in');
  const { id } = await newEndpoint(app, tenant, { url: url(), events: ['consent.opted_in', 'consent.opted_out'] });
  for (const status of ['opted_out', 'opted_out', 'opted_in']) await put(status);
  await until(() => receiver.received.length === 2);
  expect(receiver.received.map(payloadOf)).toMatchObject([
    {
      type: 'consent.opted_out',
      tenantId: tenant.id,
      data: {
        venueId,
        channel: 'sms',
        address: person,
        status: 'opted_out',
        previousStatus: 'opted_in',
        source: 'web form',
      },
    },
    { type: 'consent.opted_in', data: { status: 'opted_in', previousStatus: 'opted_out' } },
  ]);
  expect(await logOf(app, tenant, id)).toMatchObject([{ messageId: null }, { messageId: null }]);

  await patch(app, tenant, id, { events: ['message.sent'] });
  await put('opted_out');
  expect(await app.database.query(`select from consent_news`)).toEqual([]);
});

test('what a person writes is told, and a STOP as a change of consent too', async () => {
  const [person, { venueId, number }] = [newNumber(), await venueWith(app, tenant, 'sms')];
  await newEndpoint(app, tenant, { url: url() });
  await receive(app, { from: person, to: number, body: 'STOP' });
  await until(() => receiver.received.length === 2);
  const told = receiver.received.map(payloadOf);
  expect(told.find(({ type }) => type === 'message.received')?.data).toMatchObject({
    channel: 'sms',
    from: person,
    to: number,
    venueId,
    segments: 1,
    text: 'STOP',
  });
  expect(told.find(({ type }) => type === 'consent.opted_out')?.data).toMatchObject({ address: person, venueId });
});

test('what a person sends is told once it is fetched, of one message in one event', async () => {
  const [person, { number }] = [newAmericanNumber(), await venueWith(app, tenant, 'sms')];
  await newEndpoint(app, tenant, { url: url(), events: ['message.received'] });
  const content = picture();
  const media = [{ mediaType: 'image/png', content: content.toString('base64') }];
  await receive(app, { from: person, to: number, body: 'See', media });
  await until(() => receiver.received.length === 1);
  expect(receiver.received.map(payloadOf)).toMatchObject([
    { data: { text: 'See', media: [{ state: 'kept', mediaType: 'image/png', bytes: content.length, reason: null }] } },
  ]);
});

test('an event that fails is posted again with the same id, and those after it wait for it', async () => {
  const { id } = await newEndpoint(app, tenant, { url: url() });
  const [held, other] = await sendAll(app, tenant, [text({ reference: 'held' }), text()]);
  receiver.script = ({ body }) => json(body.includes('"held"') ? 500 : 200, {});
  await whenTold(receiver, other ?? '', 'message.delivered');
  const tried = (): string[] => aboutMessage(receiver, held ?? '').map(({ type }) => type);
  await until(() => tried().length > 0);
  await whenEnded(app, tenant, held ?? '');
  await until(async () => (await logOf(app, tenant, id, { messageId: held })).length >= 3);
  expect(new Set(tried())).toEqual(new Set(['message.accepted']));
  const waiting = await logOf(app, tenant, id, { messageId: held, state: 'waiting' });
  expect(waiting.at(-1)).toMatchObject({ log: [{ error: 'http_500' }], nextAttemptAt: expect.any(String) });
  await hurry(app, id); // now all of them are due
  await until(async () => {
    const [accepted] = await logOf(app, tenant, id, { messageId: held, type: 'message.accepted' });
    return accepted?.log.length === 2;
  });
  expect(new Set(tried())).toEqual(new Set(['message.accepted']));

  receiver.script = () => json(200, {});
  await until(async () => {
    await hurry(app, id);
    return tried().includes('message.delivered');
  });
  const told = tried();
  expect(told.slice(told.lastIndexOf('message.accepted'))).toEqual([
    'message.accepted',
    'message.sent',
    'message.delivered',
  ]);
  const ids = receiver.received
    .filter((post) => payloadOf(post).type === 'message.accepted' && post.body.includes('"held"'))
    .map(({ headers }) => headers['webhook-id']);
  expect(new Set(ids).size).toBe(1);
});

test('what is not taken for a day is given up, and what comes after it is told', async () => {
  const { id } = await newEndpoint(app, tenant, { url: url() });
  receiver.script = ({ body }) => json(body.includes('"message.accepted"') ? 500 : 200, {});
  const message = await send(app, tenant, text());
  await whenEnded(app, tenant, message);
  const [accepted] = await until(async () => {
    const log = await logOf(app, tenant, id, { messageId: message, type: 'message.accepted' });
    return log[0]?.log.length === 1 && log;
  });
  await app.database.query(
    `update webhook_delivery set give_up_at = clock_timestamp() where endpoint_id = $1 and id = $2`,
    [id, accepted?.id],
  );
  await until(async () => {
    await hurry(app, id);
    return aboutMessage(receiver, message).some(({ type }) => type === 'message.delivered');
  });
  expect(await logOf(app, tenant, id, { state: 'given_up' })).toMatchObject([{ id: accepted?.id, log: [{}, {}] }]);

  receiver.script = () => json(200, {});
  const again = `/api/webhook-endpoints/${id}/deliveries/${accepted?.id}/retry`;
  const { body } = await app.as(tenant).post(again).expect(202);
  expect(body).toMatchObject({ id: accepted?.id, state: 'waiting', attempts: 0 });
  await whenDelivery(app, tenant, id, accepted?.id ?? '', isIn('delivered'));
});

test('a test event says what one of its type would, and that it is a test', async () => {
  const { id, secret } = await newEndpoint(app, tenant, { url: url(), events: ['message.sent'] });
  const plain = await testEvent(app, tenant, id);
  const delivered = await testEvent(app, tenant, id, 'message.delivered');
  for (const delivery of [plain, delivered]) await whenDelivery(app, tenant, id, delivery.id, isIn('delivered'));
  const posts = Object.fromEntries(receiver.received.map((post) => [post.headers['webhook-id'], post]));
  expect(posts[plain.id] && verified(secret, posts[plain.id] ?? fail())).toMatchObject({
    type: 'endpoint.test',
    test: true,
    tenantId: tenant.id,
    data: { message: 'Events arrive here.' },
  });
  expect(payloadOf(posts[delivered.id] ?? fail())).toMatchObject({
    type: 'message.delivered',
    test: true,
    data: { status: 'delivered', reference: 'order:A-1001' },
  });
});

function fail(): never {
  throw new Error('it was posted');
}

test('for a day after a rotation events are signed by both secrets', async () => {
  const { id, secret: first } = await newEndpoint(app, tenant, { url: url() });
  const { body } = await app.as(tenant).post(`/api/webhook-endpoints/${id}/rotate`).expect(200);
  const { secret: second } = body as { secret: string };
  expect(body).toMatchObject({ previousUntil: expect.any(String) });
  expect(await app.nest.get(EndpointSecrets).of(id)).toEqual([second, first]);
  const both = await testEvent(app, tenant, id);
  await whenDelivery(app, tenant, id, both.id, isIn('delivered'));
  const [post] = receiver.received;
  for (const known of [first, second]) expect(post && verified(known, post)).toMatchObject({ type: 'endpoint.test' });

  await app.database.query(`update webhook_secret set previous_until = now() where endpoint_id = $1`, [id]);
  const later = await testEvent(app, tenant, id);
  await whenDelivery(app, tenant, id, later.id, isIn('delivered'));
  const next = receiver.received.at(-1);
  expect(next && verified(second, next)).toMatchObject({ type: 'endpoint.test' });
  expect(() => next && verified(first, next)).toThrow('No matching signature');
});

test('the API says what is wrong with an endpoint, and keeps no more than twenty', async () => {
  const post = (body: object) => app.as(tenant).post('/api/webhook-endpoints').send(body);
  expect((await post({ url: 'http://10.0.0.1/hook' }).expect(400)).body).toMatchObject({
    code: 'endpoint_url_forbidden',
  });
  expect((await post({ url: 'ftp://hooks.example.com' }).expect(400)).body).toMatchObject({ code: 'invalid_request' });
  expect((await post({ url: url(), events: ['message.lost'] }).expect(400)).body).toMatchObject({
    code: 'invalid_request',
  });
  const made = [];
  for (let count = 0; count < 20; count += 1) made.push(await newEndpoint(app, tenant, { url: url() }));
  expect((await post({ url: url() }).expect(409)).body).toMatchObject({ code: 'too_many_endpoints' });
  const { secret: _, ...shown } = made[3] ?? fail();
  expect(await endpoint(app, tenant, shown.id)).toEqual(shown);
  await app.as(tenant).delete(`/api/webhook-endpoints/${shown.id}`).expect(204);
  await app.as(tenant).get(`/api/webhook-endpoints/${shown.id}`).expect(404);
  await app.as(tenant).post(`/api/webhook-endpoints/${shown.id}/test`).send({}).expect(404);
});

test('an address of our own network is not posted to, whatever its name leads to later', async () => {
  const { id } = await newEndpoint(app, tenant, { url: url() });
  await app.database.query(`update webhook_endpoint set url = 'http://10.0.0.1/hook' where id = $1`, [id]);
  const { id: deliveryId } = await testEvent(app, tenant, id);
  const failed = await whenDelivery(app, tenant, id, deliveryId, ({ log }) => log.length > 0);
  expect(failed).toMatchObject({ state: 'waiting', log: [{ error: 'forbidden_address' }] });
});

test('an endpoint that is disabled is told nothing, and what waits goes on when it is enabled', async () => {
  const { id } = await newEndpoint(app, tenant, { url: url() });
  receiver.script = () => json(500, {});
  const { id: deliveryId } = await testEvent(app, tenant, id);
  await whenDelivery(app, tenant, id, deliveryId, ({ log }) => log.length > 0);
  expect(await patch(app, tenant, id, { enabled: false })).toMatchObject({ enabled: false, disabledReason: 'by_hand' });
  const { body } = await app.as(tenant).post(`/api/webhook-endpoints/${id}/test`).send({}).expect(409);
  expect(body).toMatchObject({ code: 'endpoint_disabled' });
  receiver.script = () => json(200, {});
  await hurry(app, id);
  const message = await send(app, tenant, text());
  await whenEnded(app, tenant, message);
  await consume(app, 'webhook-endpoints');
  expect(await logOf(app, tenant, id)).toHaveLength(1);
  expect(receiver.received).toHaveLength(1);

  expect(await patch(app, tenant, id, { enabled: true })).toMatchObject({
    enabled: true,
    disabledReason: null,
    failures: 0,
  });
  await hurry(app, id);
  await whenDelivery(app, tenant, id, deliveryId, isIn('delivered'));
});

describe('A replay', () => {
  const DAY_MS = 86_400_000;
  const replay = async (id: string, body: object): Promise<ReplayView> => {
    const { body: begun } = await app.as(tenant).post(`/api/webhook-endpoints/${id}/replay`).send(body).expect(202);
    return until(async () => {
      const { body: list } = await app.as(tenant).get(`/api/webhook-endpoints/${id}/replays`).expect(200);
      const found = (list as { items: ReplayView[] }).items.find((one) => one.id === (begun as ReplayView).id);
      return found?.finishedAt !== null && found;
    });
  };
  const whenAllTold = (id: string): Promise<unknown> =>
    until(async () => (await logOf(app, tenant, id, { state: 'waiting' })).length === 0);
  const daysAgo = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString();

  test('tells what was before the endpoint, in order and within its time, and again under the same ids', async () => {
    const person = newNumber();
    const old = await sendAll(app, tenant, [text(), text()]);
    for (const message of old) await whenEnded(app, tenant, message);
    const aged = await setBack(app, '2 days');
    const late = await send(app, tenant, text());
    await whenEnded(app, tenant, late);
    await app
      .as(tenant)
      .put(`/api/consent/${tenant.defaultVenueId}/${encodeURIComponent(person)}`)
      .send({ channel: 'sms', status: 'opted_out', source: 'web form' })
      .expect(200);
    await consume(app, 'webhook-endpoints');
    const events = ['message.accepted', 'message.sent', 'message.delivered', 'consent.opted_out'];
    const { id } = await newEndpoint(app, tenant, { url: url(), events });
    expect(await replay(id, { from: daysAgo(3), until: daysAgo(1) })).toMatchObject({ events: 6 });
    await whenAllTold(id);
    for (const message of old)
      expect(aboutMessage(receiver, aged(message)).map(({ type }) => type)).toEqual(events.slice(0, 3));
    expect(receiver.received).toHaveLength(6);

    const ids = (): unknown[] => receiver.received.map(({ headers }) => headers['webhook-id']);
    const first = ids();
    expect(await replay(id, { from: daysAgo(3) })).toMatchObject({ events: 10 });
    await whenAllTold(id);
    expect(receiver.received).toHaveLength(16);
    expect(new Set(ids().slice(6))).toEqual(new Set([...first, ...ids().slice(6)]));
    expect(new Set(ids()).size).toBe(10);
    expect(aboutMessage(receiver, late).map(({ type }) => type)).toEqual(events.slice(0, 3));
    expect(receiver.received.map(payloadOf).filter(({ type }) => type === 'consent.opted_out')).toMatchObject([
      { data: { address: person, previousStatus: 'unknown' } },
    ]);
  });

  test('is refused from too long ago, in the future, and beside another', async () => {
    const { id } = await newEndpoint(app, tenant, { url: url() });
    const post = (body: object) => app.as(tenant).post(`/api/webhook-endpoints/${id}/replay`).send(body);
    for (const from of [daysAgo(31), daysAgo(-1)])
      expect((await post({ from }).expect(400)).body).toMatchObject({ errors: [{ path: 'from' }] });
    await app.database.query(
      `insert into webhook_replay (endpoint_id, since, until, reached_at) values ($1, now(), 'infinity', 'infinity')`,
      [id],
    );
    expect((await post({ from: daysAgo(1) }).expect(409)).body).toMatchObject({ code: 'replay_under_way' });
    await patch(app, tenant, id, { enabled: false });
    expect((await post({ from: daysAgo(1) }).expect(409)).body).toMatchObject({ code: 'endpoint_disabled' });
    await app.as(tenant).delete(`/api/webhook-endpoints/${id}`).expect(204);
  });
});
