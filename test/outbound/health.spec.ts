/** Endpoints that are slow, down, flapping or gone: they hold up nobody else, and lose nothing. */
import { until } from '../../harness/until.js';
import { EndpointSecrets } from '../../src/outbound/endpoint-secrets.js';
import { EndpointStore } from '../../src/outbound/endpoint-store.js';
import { OutboundSchedule } from '../../src/outbound/outbound.schedule.js';
import { json, Loopback } from '../providers/loopback.js';
import { send, sendAll, text, whenEnded } from '../support/messages.js';
import { newMailbox } from '../support/people.js';
import { recordOf } from '../support/sandbox.js';
import { openTestApp, type Tenant, type TestApp } from '../support/test-app.js';
import {
  aboutMessage,
  endpoint,
  hurry,
  isIn,
  logOf,
  newEndpoint,
  payloadOf,
  testEvent,
  whenDelivery,
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

interface Notice {
  readonly kind: string;
  readonly data: object;
}
const noticesOf = async (owner: Tenant): Promise<Notice[]> =>
  ((await app.as(owner).get('/api/notices').expect(200)).body as { items: Notice[] }).items;

test('an endpoint that answers 410 is disabled at once, and its tenant is told', async () => {
  const to = newMailbox();
  receiver.script = () => json(410, {});
  const { id } = await newEndpoint(app, tenant, { url: url(), notifyEmails: [to], notifyLanguage: 'de' });
  const { id: deliveryId } = await testEvent(app, tenant, id);
  const refused = await whenDelivery(app, tenant, id, deliveryId, isIn('refused'));
  expect(refused).toMatchObject({ attempts: 1, log: [{ error: 'http_410' }], nextAttemptAt: null });
  expect(await endpoint(app, tenant, id)).toMatchObject({ enabled: false, disabledReason: 'gone' });
  expect(await noticesOf(tenant)).toMatchObject([
    { kind: 'webhook_endpoint.disabled', data: { endpointId: id, reason: 'gone', waiting: 0 } },
  ]);
  const [letter] = await until(async () => {
    const record = await recordOf(app, to);
    return record.length > 0 && record;
  });
  expect(letter).toMatchObject({ subject: 'Ein Webhook-Endpunkt wurde abgeschaltet' });
  const { text: metrics } = await app.http.get('/metrics').expect(200);
  expect(metrics).toMatch(/^callboard_webhook_endpoints\{state="disabled"\} 1$/m);
});

test('an endpoint that has taken nothing for three days is disabled, and one that has for two is not', async () => {
  receiver.script = () => 'reset';
  const failed = async (days: number): Promise<string> => {
    const { id } = await newEndpoint(app, tenant, { url: url(`/${days}`) });
    await app.database.query(
      `update webhook_endpoint set failures = 200, failing_since = now() - make_interval(days => $2, secs => 60) where id = $1`,
      [id, days],
    );
    const { id: deliveryId } = await testEvent(app, tenant, id);
    await whenDelivery(app, tenant, id, deliveryId, ({ log }) => log.length > 0);
    return id;
  };
  const [two, three] = [await failed(2), await failed(3)];
  expect(await endpoint(app, tenant, two)).toMatchObject({ enabled: true, failures: 201 });
  expect(await endpoint(app, tenant, three)).toMatchObject({ enabled: false, disabledReason: 'failing' });
  expect(await noticesOf(tenant)).toMatchObject([{ data: { endpointId: three, reason: 'failing', waiting: 1 } }]);

  await app.database.query(`update webhook_delivery set give_up_at = clock_timestamp() where due_at is not null`);
  await app.nest.get(OutboundSchedule).purge();
  expect(await logOf(app, tenant, three)).toMatchObject([{ state: 'given_up', log: [{ error: 'econnreset' }] }]);
});

test('an endpoint that is down is only probed, and told everything as soon as it is back', async () => {
  const { id } = await newEndpoint(app, tenant, { url: url(), events: ['message.accepted', 'message.delivered'] });
  receiver.script = () => json(503, {});
  const ids = await sendAll(
    app,
    tenant,
    Array.from({ length: 100 }, () => text()),
  );
  for (const message of ids) await whenEnded(app, tenant, message);
  await until(async () => (await logOf(app, tenant, id, { limit: 500 })).length === 200);
  await until(async () => (await endpoint(app, tenant, id)).failures >= 5);
  // A probe on its way writes its own pause when it has failed: it is asked for again until the next one goes.
  const probeNow = (): Promise<unknown> =>
    app.database.query(`update webhook_endpoint set retry_at = '-infinity' where id = $1 and failures > 0`, [id]);
  for (let probes = 0; probes < 3; probes += 1) {
    const before = receiver.received.length;
    await until(async () => {
      await probeNow();
      return receiver.received.length > before;
    });
  }
  // A batch of the time before it was known to be down, and three probes: of 200 events.
  expect(receiver.received.length).toBeLessThan(80);

  receiver.script = () => json(200, {});
  await until(async () => {
    await probeNow();
    return (await logOf(app, tenant, id, { state: 'delivered', limit: 500 })).length === 200;
  });
  for (const message of ids)
    expect(
      aboutMessage(receiver, message)
        .map(({ type }) => type)
        .slice(-2),
    ).toEqual(['message.accepted', 'message.delivered']);
  expect(await endpoint(app, tenant, id)).toMatchObject({ failures: 0, failingSince: null });
});

test('what is older than 30 days and has an end is forgotten, and all of an endpoint that was removed', async () => {
  const [kept, removed] = [
    await newEndpoint(app, tenant, { url: url() }),
    await newEndpoint(app, tenant, { url: url() }),
  ];
  const old = await testEvent(app, tenant, kept.id);
  const young = await testEvent(app, tenant, kept.id);
  const orphan = await testEvent(app, tenant, removed.id);
  for (const { id } of [old, young]) await whenDelivery(app, tenant, kept.id, id, isIn('delivered'));
  await whenDelivery(app, tenant, removed.id, orphan.id, isIn('delivered'));
  await app.database.query(`update webhook_delivery set id = uuidv7('-31 days'::interval) where id = $1`, [old.id]);
  await app.as(tenant).delete(`/api/webhook-endpoints/${removed.id}`).expect(204);
  await app.nest.get(OutboundSchedule).purge();
  expect(await logOf(app, tenant, kept.id)).toMatchObject([{ id: young.id }]);
  expect(await app.database.query(`select from webhook_delivery where endpoint_id = $1`, [removed.id])).toEqual([]);
});

test('an endpoint that flaps is told everything, and of each message in order', async () => {
  const { id } = await newEndpoint(app, tenant, { url: url() });
  let calls = 0;
  const replies = [200, 500, 'reset', 200, 429, 200] as const;
  receiver.script = () => {
    const reply = replies[(calls += 1) % replies.length] ?? 200;
    return reply === 'reset' ? reply : json(reply, {});
  };
  const ids = await sendAll(
    app,
    tenant,
    Array.from({ length: 30 }, () => text()),
  );
  for (const message of ids) await whenEnded(app, tenant, message);
  await until(async () => {
    await hurry(app, id);
    return (await logOf(app, tenant, id, { state: 'delivered', limit: 500 })).length >= 90;
  });
  for (const message of ids) {
    const told = aboutMessage(receiver, message).map(({ data }) => (data as { position: number }).position);
    expect(told).toEqual(told.toSorted((one, other) => one - other));
    expect(new Set(told)).toEqual(new Set([1, 2, 3]));
  }
});

test('of 1,000 endpoints fifty that never answer delay none of the others', async () => {
  const silent = await Loopback.open();
  silent.script = () => 'hang';
  const [store, secrets] = [app.nest.get(EndpointStore), app.nest.get(EndpointSecrets)];
  const terms = {
    events: ['message.accepted' as const],
    description: null,
    notifyEmails: [],
    notifyLanguage: 'en' as const,
  };
  for (let count = 0; count < 1_000; count += 1) {
    const origin = count % 20 === 0 ? silent.origin : receiver.origin;
    const { id } = await store.insert(tenant.id, { ...terms, url: `${origin}/${count}` });
    await secrets.replace(id);
  }
  const message = await send(app, tenant, text());
  await until(() => silent.received.length >= 50);
  const more = await send(app, tenant, text());
  await until(() => [message, more].every((id) => aboutMessage(receiver, id).length === 950));
  await until(async () => {
    const waiting = await app.database.query(
      `select endpoint_id from webhook_delivery where due_at is not null group by endpoint_id
       having endpoint_id in (select id from webhook_endpoint where tenant_id = $1)`,
      [tenant.id],
    );
    return waiting.length === 50;
  });
  expect(new Set(receiver.received.map((post) => payloadOf(post).type))).toEqual(new Set(['message.accepted']));
  await app.database.query(`delete from webhook_endpoint where tenant_id = $1`, [tenant.id]);
  await silent.close();
});
