/** Events of services: accepted once each, refused with what to change, and followed by their runs. */
import { PurgeEventsSchedule } from '../../src/automations/events/purge-events.schedule.js';
import { advance, automate, happen, runsOf, template, whenOver } from '../support/automations.js';
import { newCustomer, newOrder, newRef, openHost } from '../support/host.js';
import { newSenderNumber } from '../support/people.js';
import { newSender } from '../support/senders.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';

let app: TestApp;
let other: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp();
  other = await openTestApp({ databaseUrl: app.config.databaseUrl, encryptionKeys: app.config.encryptionKeys });
  tenant = await app.tenant();
  await openHost(app, tenant);
  await newSender(app, tenant, { channel: 'sms', address: newSenderNumber() });
  await template(app, tenant, 'hello', { channel: 'sms', body: 'Hello {{ customer.name }}' });
});
afterAll(() => Promise.all([app.close(), other.close()]));

const post = (body: object, path = '/api/events'): ReturnType<ReturnType<TestApp['as']>['post']> =>
  app.as(tenant).post(path).send(body);
const event = (more: object = {}): { readonly type: string; readonly id: string } => ({
  type: 'guest.came',
  id: newRef('evt'),
  ...more,
});
const hello = (trigger: string): object => ({ trigger, steps: [{ send: { templates: ['hello'] } }] });

test('An event is accepted, and its repetition is known whoever takes it', async () => {
  const body = event();
  const { body: first } = await post(body).expect(202);
  expect(first).toEqual({ id: expect.any(String) as string, status: 'accepted' });
  const again = await other
    .as(tenant)
    .post('/api/events')
    .send({ ...body, type: 'guest.went' })
    .expect(202);
  expect(again.body).toMatchObject({ status: 'duplicate' });
});

test('Another tenant may have an event with the same id', async () => {
  const body = event();
  await post(body).expect(202);
  const { body: theirs } = await app
    .as(await app.tenant())
    .post('/api/events')
    .send(body)
    .expect(202);
  expect(theirs).toMatchObject({ status: 'accepted' });
});

test('The same event, posted ten times to two processes, is one message', async () => {
  const { id: automationId } = await automate(app, tenant, hello('guest.doubled'));
  const { id: customerId } = await newCustomer(app, tenant);
  const body = event({ type: 'guest.doubled', data: { customerId } });
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, place) =>
      (place % 2 === 0 ? app : other).as(tenant).post('/api/events').send(body).expect(202),
    ),
  );
  const statuses = answers.map(({ body: receipt }) => (receipt as { status: string }).status);
  expect(statuses.filter((status) => status === 'accepted')).toHaveLength(1);
  await Promise.all([advance(app), advance(other)]);
  const runs = await whenOver(app, tenant, automationId);
  expect(runs.map(({ log }) => log.map(({ what }) => what))).toEqual([['sent']]);
  const { body: messages } = await app.as(tenant).get('/api/messages').query({ customerId }).expect(200);
  expect((messages as { items: object[] }).items).toHaveLength(1);
});

test('Two processes that move the same runs send each message once', async () => {
  const { id: automationId } = await automate(app, tenant, hello('guest.many'));
  const people = await Promise.all(Array.from({ length: 60 }, () => newCustomer(app, tenant)));
  const events = people.map(({ id: customerId }) => event({ type: 'guest.many', data: { customerId } }));
  await post({ events }, '/api/events/batch').expect(202);
  await Promise.all([advance(app), advance(other), advance(app), advance(other)]);
  const runs = await whenOver(app, tenant, automationId, people.length);
  expect(runs.filter(({ log }) => log.length === 1 && log[0]?.what === 'sent')).toHaveLength(people.length);
  const sent = await app.database.query<{ count: number }>(
    `select count(*)::int as count from message where tenant_id = $1 and message_type = (select key from automation where id = $2)`,
    [tenant.id, automationId],
  );
  expect(sent).toEqual([{ count: people.length }]);
});

test('Of many at once each gets an answer of its own, in order', async () => {
  const known = event();
  await post(known).expect(202);
  const events = [
    event(),
    { id: 'x' },
    known,
    event({ data: { venueId: 'nowhere' } }),
    event({ data: { orderId: {} } }),
  ];
  const { body } = await post({ events }, '/api/events/batch').expect(202);
  expect((body as { items: object[] }).items).toMatchObject([
    { status: 'accepted' },
    { error: { code: 'invalid_request', errors: [{ path: 'type' }] } },
    { status: 'duplicate' },
    { error: { code: 'venue_not_found', errors: [{ path: 'data.venueId' }] } },
    { error: { code: 'invalid_request', errors: [{ path: 'data.orderId' }] } },
  ]);
});

test.each([
  [{ type: 'order confirmed' }, 'type'],
  [{ type: undefined }, 'type'],
  [{ id: '' }, 'id'],
  [{ id: 'x'.repeat(201) }, 'id'],
  [{ occurredAt: 'yesterday' }, 'occurredAt'],
  [{ data: [] }, 'data'],
  [{ data: { text: 'x'.repeat(17_000) } }, 'data'],
  [{ data: { customerId: 1.5 } }, 'data.customerId'],
  [{ correlationId: 'with a space' }, 'correlationId'],
])('An event with %j is refused at %s', async (more, path) => {
  const { body } = await post(event(more)).expect(400);
  expect(body).toMatchObject({ code: 'invalid_request', errors: [{ path }] });
});

test('The correlation id of the request stays with the runs of its events, unless they have their own', async () => {
  const { id: automationId } = await automate(app, tenant, hello('guest.traced'));
  const data = { customerId: (await newCustomer(app, tenant)).id };
  await post(event({ type: 'guest.traced', data }))
    .set('X-Correlation-Id', 'trace-1')
    .expect(202);
  await post(event({ type: 'guest.traced', data, correlationId: 'trace-2' }))
    .set('X-Correlation-Id', 'trace-1')
    .expect(202);
  const runs = await whenOver(app, tenant, automationId, 2);
  expect(new Set(runs.map(({ correlationId }) => correlationId))).toEqual(new Set(['trace-1', 'trace-2']));
  const { body } = await post(event()).set('X-Correlation-Id', 'a b').expect(400);
  expect(body).toMatchObject({ errors: [{ path: 'X-Correlation-Id' }] });
});

test('A key without the scope says nothing', async () => {
  const { key } = await app.keyOf(tenant, ['messages:write']);
  await app.http.post('/api/events').set('authorization', `Bearer ${key}`).send(event()).expect(403);
});

test('An automation of a venue starts at events of that venue only', async () => {
  const { body: venue } = await app
    .as(tenant)
    .post('/api/venues')
    .send({ name: 'Hall', externalId: 'hall-7' })
    .expect(201);
  const { id: automationId } = await automate(app, tenant, hello('guest.here'), { venueId: 'hall-7' });
  const { id: customerId } = await newCustomer(app, tenant);
  await happen(app, tenant, 'guest.here', { customerId });
  await happen(app, tenant, 'guest.here', { customerId, venueId: 'hall-7' });
  const runs = await whenOver(app, tenant, automationId);
  expect(runs).toMatchObject([{ venueId: (venue as { id: string }).id }]);
});

test('One that is switched off starts nothing', async () => {
  const { id: automationId } = await automate(app, tenant, hello('guest.off'), { enabled: false });
  await happen(app, tenant, 'guest.off', { customerId: (await newCustomer(app, tenant)).id });
  await advance(app);
  expect(await runsOf(app, tenant, automationId)).toEqual([]);
});

test('What a sample event would do is shown, and nothing of it done', async () => {
  const { id } = await automate(app, tenant, {
    trigger: 'order.tried',
    steps: [{ send: { templates: ['hello'] } }, { wait: 'PT2H' }, { send: { templates: ['hello'] } }],
  });
  const customer = await newCustomer(app, tenant, { timezone: 'Europe/Berlin' });
  const orderId = await newOrder(app, tenant, customer.id);
  const sample = { type: 'order.tried', id: 'sample', data: { orderId } };
  const { body } = await post({ event: sample, at: '2027-06-01T10:00:00Z' }, `/api/automations/${id}/dry-run`).expect(
    200,
  );
  expect(body).toEqual({
    starts: true,
    ends: 'done',
    reason: null,
    steps: [
      { at: '2027-06-01T10:00:00.000Z', path: 'steps[0].send', what: 'sent', channel: 'sms', templateKey: 'hello' },
      { at: '2027-06-01T10:00:00.000Z', path: 'steps[1].wait', what: 'waits', until: '2027-06-01T12:00:00.000Z' },
      { at: '2027-06-01T12:00:00.000Z', path: 'steps[2].send', what: 'sent', channel: 'sms', templateKey: 'hello' },
    ],
  });
  const refused = await post(
    { event: { ...sample, data: { orderId: 'none' } } },
    `/api/automations/${id}/dry-run`,
  ).expect(200);
  expect(refused.body).toMatchObject({ ends: 'stopped', reason: 'order_unknown', steps: [] });
  const quiet = { trigger: 'order.other', steps: [{ end: 'stop' }] };
  const given = await post({ event: sample, definition: quiet }, `/api/automations/${id}/dry-run`).expect(200);
  expect(given.body).toMatchObject({ starts: false, ends: 'stopped', reason: 'ended_by_rule' });
  expect(await runsOf(app, tenant, id)).toEqual([]);
});

test('A definition is refused with all that is wrong, and a template that is not there by name', async () => {
  const wrong = { trigger: 'x', conditions: [{ field: 'data.a', is: 'equal' }], steps: [{}] };
  const { body } = await post({ key: 'wrong', name: 'Wrong', definition: wrong }, '/api/automations').expect(422);
  expect(body).toMatchObject({
    code: 'invalid_automation',
    errors: [{ path: 'definition.conditions[0].value' }, { path: 'definition.steps[0]' }],
  });
  const missing = {
    key: 'missing',
    name: 'Missing',
    definition: { trigger: 'x', steps: [{ send: { templates: ['nowhere'] } }] },
  };
  const unknown = await post(missing, '/api/automations').expect(404);
  expect(unknown.body).toMatchObject({
    code: 'template_not_found',
    errors: [{ path: 'definition.steps[0].send.templates[0]' }],
  });
  const taken = await automate(app, tenant, hello('guest.taken'));
  await post({ key: taken.key, name: 'Again', definition: hello('x') }, '/api/automations').expect(409);
});

test('Events are forgotten after their days, those that nobody has taken up excepted', async () => {
  const [old, waiting] = [event({ type: 'guest.old' }), event({ type: 'guest.old' })];
  const ids = await Promise.all(
    [old, waiting].map(async (body) => ((await post(body).expect(202)).body as { id: string }).id),
  );
  await advance(app);
  await app.database.query(
    `with aged as (
       update inbound_event set id = overlay(id::text placing '0180' from 1 for 4)::uuid where id = any($1::uuid[]) returning seq, id, external_id
     )
     insert into pending_event (seq, event_id, next_try_at)
     select seq, id, now() + interval '1 hour' from aged where external_id = $2`,
    [ids, waiting.id],
  );
  await app.nest.get(PurgeEventsSchedule).purge();
  expect((await post(old).expect(202)).body).toMatchObject({ status: 'accepted' });
  expect((await post(waiting).expect(202)).body).toMatchObject({ status: 'duplicate' });
});
