/** Traces of events: from the service that says what happened to the provider's last word about the text that it led to. */
import { CommandBus } from '@nestjs/cqrs';
import { AcceptMessages } from '../../src/dispatch/index.js';
import { jsonMessage } from '../../harness/amqp.js';
import { OtlpReceiver, type ReceivedSpan } from '../../harness/otlp-receiver.js';
import { ServiceBusPeer } from '../../harness/service-bus-peer.js';
import { until } from '../../harness/until.js';
import { busAt } from '../automations/bus.support.js';
import { advance, automate, template } from '../support/automations.js';
import { newCustomer, newOrder, newRef, openHost } from '../support/host.js';
import { farOff, text, whenStatus } from '../support/messages.js';
import { newSenderNumber } from '../support/people.js';
import { newSender } from '../support/senders.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { ofTrace, parentOf, tracedTo, whenSpan } from '../support/traces.js';

let receiver: OtlpReceiver;
let peer: ServiceBusPeer;
let app: TestApp;
let tenant: Tenant;

beforeAll(async () => {
  receiver = await OtlpReceiver.open();
  peer = await ServiceBusPeer.listen();
  app = await openTestApp({ ...busAt(peer), otlp: tracedTo(receiver) });
  tenant = await app.tenant();
  await openHost(app, tenant);
  await newSender(app, tenant, { channel: 'sms', address: newSenderNumber() });
  await template(app, tenant, 'order-sms', { channel: 'sms', body: 'Order {{ order.id }}' });
  const steps = [{ send: { templates: ['order-sms'] } }];
  await automate(app, tenant, { trigger: 'order.confirmed', steps });
});
afterAll(async () => {
  await app.close();
  await peer.close();
  await receiver.close();
});

/** Of an order of somebody new. */
async function newData(): Promise<{ orderId: string; customerId: string }> {
  const customer = await newCustomer(app, tenant, { email: null });
  return { orderId: await newOrder(app, tenant, customer.id), customerId: customer.id };
}

/** Waits until the text about an order is delivered, and answers its id. */
async function whenConfirmed(orderId: string): Promise<string> {
  const id = await until(async () => {
    await advance(app);
    const [message] = await app.database.query<{ id: string }>(`select id from message where order_id = $1`, [orderId]);
    return message?.id;
  });
  await whenStatus(app, tenant, id, 'delivered');
  return id;
}

const isDelivered = (traceId: string, messageId: string) => (span: ReceivedSpan) =>
  span.traceId === traceId &&
  span.name === 'report.apply' &&
  span.attributes['callboard.message_id'] === messageId &&
  span.attributes['callboard.status'] === 'delivered';

/** The spans of a trace with their parents’ names, each once. */
const shapeOf = (traceId: string): Set<string> => {
  const spans = ofTrace(receiver, traceId);
  return new Set(spans.map((span) => `${parentOf(spans, span) ?? 'outside'} > ${span.name}`));
};

/** What follows the acceptance of an event. */
const FROM_THE_EVENT_ON = [
  'events.accept > messages.accept',
  'messages.accept > lane.batch',
  'lane.batch > provider.call',
  'messages.accept > report.apply',
];

test('one trace goes from an event over the API over acceptance, drain and provider call to the provider’s report', async () => {
  const traceId = '1af7651916cd43dd8448eb211c80319c';
  const data = await newData();
  await app
    .as(tenant)
    .post('/api/events')
    .set({ traceparent: `00-${traceId}-b7ad6b7169203331-01`, 'x-correlation-id': 'checkout-9' })
    .send({ type: 'order.confirmed', id: newRef('evt'), data })
    .expect(202);
  const messageId = await whenConfirmed(data.orderId);
  await whenSpan(receiver, isDelivered(traceId, messageId));
  expect(shapeOf(traceId)).toEqual(
    new Set(['outside > POST /api/events', 'POST /api/events > events.accept', ...FROM_THE_EVENT_ON]),
  );
  const correlated = ofTrace(receiver, traceId).filter(({ name }) => /^(POST|events|provider)/.test(name));
  expect(correlated.map(({ attributes }) => attributes['callboard.correlation_id'])).toEqual(
    correlated.map(() => 'checkout-9'),
  );
});

test.each(['traceparent', 'Diagnostic-Id'])(
  'one trace goes from the sender of a message of the bus, by its %s, to the provider’s report',
  async (property) => {
    const traceId =
      property === 'traceparent' ? '2af7651916cd43dd8448eb211c80319c' : '3af7651916cd43dd8448eb211c80319c';
    const data = await newData();
    const properties = { tenantId: tenant.id, [property]: `00-${traceId}-b7ad6b7169203331-01` };
    peer.publish(
      jsonMessage(data, { subject: 'order.confirmed', message_id: newRef('evt'), application_properties: properties }),
    );
    const messageId = await whenConfirmed(data.orderId);
    await whenSpan(receiver, isDelivered(traceId, messageId));
    expect(shapeOf(traceId)).toEqual(new Set(['outside > events.accept', ...FROM_THE_EVENT_ON]));
    const accepted = ofTrace(receiver, traceId).find(({ name }) => name === 'events.accept');
    expect(accepted).toMatchObject({
      kind: 5,
      parentSpanId: 'b7ad6b7169203331',
      attributes: { 'callboard.origin': 'service_bus', 'callboard.correlation_id': traceId },
    });
  },
);

test('messages of several events that are accepted together stay each in the trace of its event', async () => {
  const traces = ['4', '5'].map((digit) => `00-${digit.repeat(32)}-b7ad6b7169203331-01`);
  const [first = '', second = ''] = traces;
  const led = { traces: [first, second, null] };
  const inputs = led.traces.map(() => text({ sendAt: farOff() }));
  const accepted = await app.nest.get(CommandBus).execute(new AcceptMessages(tenant.id, inputs, led));
  const rows = await app.database.query<{ trace: string | null }>(
    `select trace from unnest($1::uuid[]) with ordinality as asked (id, place) join message using (id) order by place`,
    [accepted.map((message) => ('id' in message ? message.id : ''))],
  );
  expect(rows.map(({ trace }) => trace)).toEqual(led.traces);
  const together = await whenSpan(receiver, ({ links }) => links.some(({ traceId }) => traceId === '4'.repeat(32)));
  expect(together).toMatchObject({ name: 'messages.accept', parentSpanId: undefined });
  expect(together.links.map(({ traceId }) => traceId)).toEqual(['4'.repeat(32), '5'.repeat(32)]);
  expect(led.traces.some((place) => place?.includes(together.traceId))).toBe(false);
});
