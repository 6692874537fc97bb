/** Traces, read from a receiver: what a caller began goes on to the provider's last word. */
import { act, audience, draft, template, whenAll } from '../campaigns/campaign.support.js';
import { until } from '../../harness/until.js';
import { OtlpReceiver, type ReceivedSpan } from '../../harness/otlp-receiver.js';
import { due, farOff, send, sendAll, text, whenStatus } from '../support/messages.js';
import { venueWith } from '../support/senders.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { ofTrace, parentOf, tracedTo, whenSpan } from '../support/traces.js';

const CALLER = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };
const traceparent = (traceId: string, flags = '01'): string => `00-${traceId}-${CALLER.spanId}-${flags}`;

let receiver: OtlpReceiver;
let app: TestApp;
let tenant: Tenant;

beforeAll(async () => {
  receiver = await OtlpReceiver.open();
  app = await openTestApp({ otlp: tracedTo(receiver) });
  tenant = await app.tenant();
});
afterAll(async () => {
  await app.close();
  await receiver.close();
});

const isReport = (status: string, traceId: string) => (span: ReceivedSpan) =>
  span.name === 'report.apply' && span.traceId === traceId && span.attributes['callboard.status'] === status;

const traceOf = async (id: string): Promise<string | null> => {
  const [row] = await app.database.query<{ trace: string | null }>(`select trace from message where id = $1`, [id]);
  return row?.trace ?? null;
};

/** Each span of a trace with its parent’s name. */
const shapeOf = (traceId: string): (readonly [string, string | undefined])[] => {
  const spans = ofTrace(receiver, traceId);
  return spans.map((span) => [span.name, parentOf(spans, span)] as const);
};

test('one trace goes from the request of a caller over acceptance, batch and provider call to what the provider reports', async () => {
  const headers = { traceparent: traceparent(CALLER.traceId), 'x-correlation-id': 'order-4711' };
  const { body } = await app.as(tenant).post('/api/messages').set(headers).send(text()).expect(202);
  const { id } = body as { id: string };
  await whenStatus(app, tenant, id, 'delivered');
  await whenSpan(receiver, isReport('delivered', CALLER.traceId));

  expect(shapeOf(CALLER.traceId)).toEqual([
    ['POST /api/messages', undefined],
    ['messages.accept', 'POST /api/messages'],
    ['lane.batch', 'messages.accept'],
    ['provider.call', 'lane.batch'],
    ...Array.from({ length: shapeOf(CALLER.traceId).length - 4 }, () => ['report.apply', 'messages.accept']),
  ]);
  const [request, accept, batch, call] = ofTrace(receiver, CALLER.traceId);
  expect(request).toMatchObject({
    parentSpanId: CALLER.spanId,
    kind: 2,
    attributes: {
      'http.request.method': 'POST',
      'http.route': '/api/messages',
      'http.response.status_code': 202,
      'callboard.tenant_id': tenant.id,
      'callboard.correlation_id': 'order-4711',
    },
  });
  expect(accept?.attributes).toMatchObject({ 'callboard.correlation_id': 'order-4711' });
  expect(accept?.attributes['callboard.db.statements']).toBeGreaterThan(0);
  expect(batch?.attributes).toMatchObject({ 'callboard.provider': 'twilio', 'messaging.batch.message_count': 1 });
  expect(call).toMatchObject({
    kind: 3,
    isFailed: false,
    attributes: {
      'callboard.provider': 'twilio',
      'callboard.channel': 'sms',
      'callboard.outcome': 'accepted',
      'callboard.message_id': id,
      'callboard.correlation_id': 'order-4711',
      'callboard.attempt': 1,
    },
  });
});

test('what a provider reports links to the request that brought the report', async () => {
  const id = await send(app, tenant, text());
  await whenStatus(app, tenant, id, 'delivered');
  const traceId = (await traceOf(id))?.slice(3, 35) ?? '';
  const report = await whenSpan(receiver, isReport('delivered', traceId));
  const [link] = report.links;
  const webhook = await whenSpan(receiver, ({ spanId }) => spanId === link?.spanId);
  expect(webhook).toMatchObject({ name: 'POST /webhook/twilio', attributes: { 'http.response.status_code': 204 } });
  expect(webhook.traceId).not.toBe(traceId);
});

test('a batch of messages of several traces is a trace of its own, which links to them, and each call is in the trace of its message', async () => {
  const { venueId } = await venueWith(app, tenant, 'sms', { ratePerSecond: 1_000 });
  const sendAt = farOff();
  const ids = await Promise.all([1, 2, 3].map(() => send(app, tenant, text({ venueId, sendAt }))));
  await due(app, ids);
  for (const id of ids) await whenStatus(app, tenant, id, 'delivered');
  const places = await Promise.all(ids.map(traceOf));
  const traceIds = places.map((place) => place?.slice(3, 35) ?? '');
  expect(new Set(traceIds).size).toBe(3);

  for (const traceId of traceIds) {
    const call = await whenSpan(receiver, (span) => span.name === 'provider.call' && span.traceId === traceId);
    const batch = await whenSpan(
      receiver,
      (span) => span.name === 'lane.batch' && span.spanId === call.links[0]?.spanId,
    );
    expect(batch.parentSpanId).toBeUndefined();
    expect(batch.links.map((link) => link.traceId).sort()).toEqual([...traceIds].sort());
  }
});

test('messages of one request that go in one batch are in one trace, each call with its own span', async () => {
  const ids = await sendAll(app, tenant, [text(), text()]);
  for (const id of ids) await whenStatus(app, tenant, id, 'delivered');
  const [place, other] = await Promise.all(ids.map(traceOf));
  expect(other).toBe(place);
  const traceId = place?.slice(3, 35) ?? '';
  for (const id of ids) {
    await whenSpan(
      receiver,
      ({ name, attributes, traceId: its }) =>
        name === 'provider.call' && its === traceId && attributes['callboard.message_id'] === id,
    );
  }
});

test('what a caller does not record is not recorded, and its message holds nothing of a trace', async () => {
  const traceId = 'aaaa2f3577b34da6a3ce929d0e0e4736';
  const headers = { traceparent: traceparent(traceId, '00') };
  const { body } = await app.as(tenant).post('/api/messages').set(headers).send(text()).expect(202);
  const { id } = body as { id: string };
  await whenStatus(app, tenant, id, 'delivered');
  expect(await traceOf(id)).toBeNull();
  const later = await traceOf(await send(app, tenant, text()));
  await whenSpan(receiver, (span) => span.name.startsWith('POST') && later?.includes(span.traceId) === true);
  expect(ofTrace(receiver, traceId)).toEqual([]);
});

test.each(['', 'nonsense', `00-${'0'.repeat(32)}-${CALLER.spanId}-01`, `ff-${CALLER.traceId}-${CALLER.spanId}-01`])(
  'a traceparent that is none is as none: "%s"',
  async (broken) => {
    const before = ofTrace(receiver, CALLER.traceId).length;
    const { body } = await app.as(tenant).post('/api/messages').set({ traceparent: broken }).send(text()).expect(202);
    const place = await traceOf((body as { id: string }).id);
    expect(place).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-01$/);
    expect(place).not.toContain(CALLER.traceId);
    expect(ofTrace(receiver, CALLER.traceId)).toHaveLength(before);
  },
);

test('a refusal by the provider is told by its kind and code, and what is sent again is in the same trace', async () => {
  const to = '+15005550001'; // Twilio’s number for an invalid recipient
  const id = await send(app, tenant, text({ to }));
  await whenStatus(app, tenant, id, 'failed');
  const call = await whenSpan(
    receiver,
    ({ name, attributes }) => name === 'provider.call' && attributes['callboard.message_id'] === id,
  );
  expect(call).toMatchObject({
    isFailed: true,
    attributes: { 'callboard.outcome': 'refused', 'callboard.code': '21211', 'error.type': 'refused' },
  });
  const { body } = await app.as(tenant).post(`/api/messages/${id}/resend`).expect(202);
  expect(await traceOf((body as { id: string }).id)).toBe(await traceOf(id));
});

test('of a campaign as many messages as of all traces are in the trace of their chunk, with their calls and reports', async () => {
  const sampled = await openTestApp({ otlp: tracedTo(receiver, 0.2) });
  try {
    const owner = await sampled.tenant();
    const people = 500;
    const templateKey = await template(sampled, owner, 'email');
    const audienceId = await audience(sampled, owner, people);
    const { id } = await draft(sampled, owner, { templateKey, audienceId });
    await act(sampled, owner, id, 'launch');
    await whenAll(sampled, owner, id, ['delivered']);
    const expansion = await whenSpan(receiver, ({ attributes }) => attributes['callboard.campaign_id'] === id);
    expect(expansion).toMatchObject({
      name: 'messages.expand',
      parentSpanId: undefined,
      attributes: { 'callboard.tenant_id': owner.id, 'messaging.batch.message_count': people },
    });
    const traced = await sampled.database.query<{ trace: string }>(
      `select trace from message where campaign_id = $1 and trace is not null`,
      [id],
    );
    expect(traced.length).toBeGreaterThan(people / 10);
    expect(traced.length).toBeLessThan((people * 3) / 10);
    expect(new Set(traced.map(({ trace }) => trace))).toEqual(
      new Set([`00-${expansion.traceId}-${expansion.spanId}-01`]),
    );
    await until(() => {
      const reports = ofTrace(receiver, expansion.traceId).filter(({ name }) => name === 'report.apply');
      return new Set(reports.map(({ attributes }) => attributes['callboard.message_id'])).size === traced.length;
    });
    const calls = ofTrace(receiver, expansion.traceId).filter(({ name }) => name === 'provider.call');
    const called = calls.reduce((sum, { attributes }) => sum + Number(attributes['messaging.batch.message_count']), 0);
    expect(called).toBe(traced.length);
  } finally {
    await sampled.close();
  }
});
