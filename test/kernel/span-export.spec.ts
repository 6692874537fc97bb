/** How spans leave the process: by each protocol, within bounds, and never at the cost of the work. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { GrpcReceiver, OtlpReceiver } from '../../harness/otlp-receiver.js';
import { listenOnLoopback } from '../../harness/ports.js';
import { until } from '../../harness/until.js';
import { InvalidRequest, Metrics, Tracing } from '../../src/kernel/index.js';
import { openTracing } from '../../src/kernel/observability/open-tracing.js';
import { JsonLogger } from '../../src/kernel/logging/logger.js';
import type { OtlpConfig } from '../../src/kernel/observability/otlp.js';
import { SPAN_ATTRIBUTES } from '../../src/kernel/observability/span-attributes.js';
import { tracedTo } from '../support/traces.js';

const SPANS_THAT_WAIT = 4_096;

let metrics: Metrics;
let receiver: OtlpReceiver;
const tracings: Tracing[] = [];

beforeAll(() => Logger.overrideLogger(new JsonLogger('silent')));
beforeEach(async () => {
  metrics = new Metrics();
  receiver = await OtlpReceiver.open();
});
afterEach(async () => {
  for (const tracing of tracings.splice(0)) await tracing.onApplicationShutdown();
  await receiver.close();
});

/** Spans of a process with this configuration, beside that of the receiver. */
async function open(more: Partial<OtlpConfig> = {}): Promise<Tracing> {
  const tracing = await openTracing({ otlp: { ...tracedTo(receiver), ...more }, role: 'worker' }, metrics);
  tracings.push(tracing);
  return tracing;
}

async function dropped(reason: string): Promise<number> {
  const [, value = 0] =
    new RegExp(`callboard_spans_dropped_total\\{reason="${reason}"\\} (\\d+)`).exec(await metrics.text()) ?? [];
  return Number(value);
}

test('The documentation names every attribute that a span may have, and no other', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/tracing.md'), 'utf8');
  const [, table = ''] = page.split('### Attributes');
  const documented = [...table.matchAll(/^\| `([a-z_.]+)` /gm)].map(([, name = '']) => name);
  expect(documented.sort()).toEqual(Object.keys(SPAN_ATTRIBUTES).sort());
});

describe('Spans', () => {
  test('arrive with what is told of the process, and with what the receiver asks for', async () => {
    const tracing = await open({ headers: { 'api-key': 'secret' } });
    tracing.record({ name: 'lane.batch', kind: 'consumer', attributes: { 'callboard.provider': 'twilio' } });
    await tracing.onApplicationShutdown();
    expect(receiver.requests).toMatchObject([{ path: '/v1/traces', headers: { 'api-key': 'secret' } }]);
    expect(receiver.spans).toMatchObject([
      { name: 'lane.batch', kind: 5, attributes: { 'callboard.provider': 'twilio' }, links: [], isFailed: false },
    ]);
    expect(receiver.resource).toMatchObject({ 'service.name': 'callboard', 'callboard.role': 'worker' });
  });

  test('arrive as protobuf over HTTP, which is the usual form', async () => {
    const tracing = await open({ protocol: 'http/protobuf' });
    tracing.record({ name: 'provider.call' });
    await tracing.onApplicationShutdown();
    const [request] = receiver.requests;
    expect(request?.headers['content-type']).toBe('application/x-protobuf');
    expect(request?.body.includes('provider.call')).toBe(true);
  });

  test('arrive over gRPC', async () => {
    const grpc = await GrpcReceiver.open();
    const tracing = await open({ protocol: 'grpc', endpoint: grpc.url });
    tracing.record({ name: 'provider.call' });
    await tracing.onApplicationShutdown();
    expect(grpc.bodies.some((body) => body.includes('provider.call'))).toBe(true);
    await grpc.close();
  });

  test('hold only what is listed, with values that fit', async () => {
    const tracing = await open();
    const foul = {
      'callboard.provider': '+15551239876',
      'callboard.code': 'code 15551239876',
      'callboard.correlation_id': 'ana@example.com',
      'callboard.tenant_id': 'ana',
      'callboard.attempt': Number.NaN,
      'http.route': '/api/consent/ana@example.com',
      'callboard.channel': 'sms',
      'message.body': 'Your seat',
    };
    await tracing.run({ name: 'lane.batch', attributes: foul }, async (span) => {
      span.set(foul);
      await Promise.resolve();
    });
    await tracing.onApplicationShutdown();
    expect(receiver.spans.map(({ attributes }) => attributes)).toEqual([{ 'callboard.channel': 'sms' }]);
  });

  test('of work that fails tell the kind of the error, and not its text', async () => {
    const tracing = await open();
    const failing = tracing.run({ name: 'lane.batch' }, () => Promise.reject(new TypeError('no ana@example.com')));
    await expect(failing).rejects.toThrow('no ana@example.com');
    await tracing.onApplicationShutdown();
    expect(receiver.spans).toMatchObject([{ isFailed: true, attributes: { 'error.type': 'TypeError' } }]);
    expect(receiver.requests.map(({ body }) => body.toString()).join()).not.toContain('ana@');
  });
});

test('A refusal of what a caller asked for fails no span', async () => {
  const tracing = await open();
  const refusing = tracing.run({ name: 'messages.accept' }, () => Promise.reject(new InvalidRequest([])));
  await expect(refusing).rejects.toThrow(InvalidRequest);
  await tracing.onApplicationShutdown();
  expect(receiver.spans).toMatchObject([{ isFailed: false, attributes: {} }]);
});

describe('A sampler', () => {
  test('by ratio records that share of traces that begin here, and all that belongs to them', async () => {
    const tracing = await open({ traces: { sampler: 'parentbased_traceidratio', ratio: 0.25 } });
    let begun = 0;
    for (let turn = 0; turn < 2_000; turn += 1) {
      await tracing.run({ name: 'outer' }, async ({ place }) => {
        begun += place === undefined ? 0 : 1;
        await tracing.run({ name: 'inner' }, (inner) =>
          Promise.resolve(expect(inner.place === undefined).toBe(place === undefined)),
        );
      });
    }
    await tracing.onApplicationShutdown();
    expect(begun).toBeGreaterThan(300);
    expect(begun).toBeLessThan(700);
    expect(receiver.spans).toHaveLength(2 * begun);
  });

  test.each(['always_off', 'parentbased_always_off'] as const)(
    '%s records nothing but what is recorded already',
    async (sampler) => {
      const tracing = await open({ traces: { sampler, ratio: 1 } });
      tracing.record({ name: 'new' });
      tracing.record({ name: 'of a batch', isRecorded: true });
      await tracing.onApplicationShutdown();
      expect(receiver.spans.map(({ name }) => name)).toEqual(['of a batch']);
    },
  );

  test.each(['always_on', 'parentbased_always_on'] as const)('%s records what begins here', async (sampler) => {
    const tracing = await open({ traces: { sampler, ratio: 0 } });
    tracing.record({ name: 'new' });
    await tracing.onApplicationShutdown();
    expect(receiver.spans.map(({ name }) => name)).toEqual(['new']);
  });
});

describe('Without traces', () => {
  test('there is no span, and work runs as it is', async () => {
    const tracing = await openTracing({ role: 'all' }, new Metrics());
    expect(tracing.isOn).toBe(false);
    await expect(tracing.run({ name: 'x' }, ({ place }) => Promise.resolve([place, 1]))).resolves.toEqual([
      undefined,
      1,
    ]);
    await tracing.onApplicationShutdown();
    expect(await open({ traces: undefined }).then(({ isOn }) => isOn)).toBe(false);
  });
});

describe('A receiver', () => {
  test('that does not take them loses spans, which are counted, and none of the work', async () => {
    receiver.status = 400;
    const tracing = await open();
    for (let turn = 0; turn < 10; turn += 1) tracing.record({ name: 'x' });
    await tracing.onApplicationShutdown();
    await until(async () => (await dropped('not_taken')) === 10);
  });

  test('that never answers holds a bounded number of spans, and no stop for longer than its share of it', async () => {
    const silent = createServer(() => undefined);
    const port = await listenOnLoopback(silent);
    const tracing = await open({ endpoint: `http://127.0.0.1:${port}` });
    const many = 2 * SPANS_THAT_WAIT;
    for (let turn = 0; turn < many; turn += 1) tracing.record({ name: 'x' });
    const lost = await dropped('queue_full');
    expect(lost).toBeGreaterThan(0);
    expect(many - lost).toBeGreaterThanOrEqual(SPANS_THAT_WAIT);
    await tracing.onApplicationShutdown(); // ends, although nobody answers
    silent.closeAllConnections();
    await new Promise((closed) => silent.close(closed));
  });
});
