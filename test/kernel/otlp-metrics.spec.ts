/** Metrics over OTLP, read from a receiver on this machine. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { Metrics, MetricsExport } from '../../src/kernel/index.js';
import type { OtlpConfig } from '../../src/kernel/observability/otlp.js';
import { GrpcReceiver } from '../../harness/otlp-receiver.js';
import { listenOnLoopback } from '../../harness/ports.js';
import { until } from '../../harness/until.js';
import { send, whenStatus } from '../support/messages.js';
import { venueWith } from '../support/senders.js';
import { openTestApp, type TestApp } from '../support/test-app.js';

const RECIPIENT = '+491713920077';

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: number };
}
interface Point {
  readonly attributes: readonly Attribute[];
  readonly asDouble?: number;
  readonly count?: number;
  readonly sum?: number;
  readonly bucketCounts?: readonly number[];
  readonly explicitBounds?: readonly number[];
  readonly startTimeUnixNano: string;
  readonly timeUnixNano: string;
}
interface Data {
  readonly aggregationTemporality?: number;
  readonly isMonotonic?: boolean;
  readonly dataPoints: readonly Point[];
}
interface Metric {
  readonly name: string;
  readonly description: string;
  readonly unit: string;
  readonly sum?: Data;
  readonly gauge?: Data;
  readonly histogram?: Data;
}
interface Document {
  readonly resourceMetrics: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeMetrics: readonly { readonly metrics: readonly Metric[] }[];
  }[];
}
interface Taken {
  readonly path: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

const CUMULATIVE = 2;

/** What a collector would be. */
class Receiver {
  readonly taken: Taken[] = [];
  status = 200;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async open(): Promise<Receiver> {
    const server = createServer();
    const receiver = new Receiver(server, `http://127.0.0.1:${await listenOnLoopback(server)}`);
    server.on('request', (request, response) => void receiver.take(request, response));
    return receiver;
  }

  /** The last that came as JSON. */
  get document(): Document {
    return JSON.parse(this.taken.at(-1)?.body.toString() ?? '{}') as Document;
  }

  get metrics(): readonly Metric[] {
    return this.document.resourceMetrics[0]?.scopeMetrics[0]?.metrics ?? [];
  }

  /** Raises an Error for a metric that did not come. */
  metric(name: string): Metric {
    const found = this.metrics.find((metric) => metric.name === name);
    if (!found) throw new Error(`${name} did not come`);
    return found;
  }

  points(name: string): readonly Point[] {
    const { sum, gauge, histogram } = this.metric(name);
    return (sum ?? gauge ?? histogram)?.dataPoints ?? [];
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    if (this.status === 200) this.taken.push({ path: request.url, headers: request.headers, body });
    response.writeHead(this.status, { 'content-type': request.headers['content-type'] }).end();
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }
}

const valuesOf = (attributes: readonly Attribute[] = []): Record<string, string | number | undefined> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue]));

const otlpTo = (receiver: Pick<Receiver, 'url'>, more: Partial<OtlpConfig> = {}): OtlpConfig => ({
  endpoint: receiver.url,
  protocol: 'http/json',
  headers: {},
  attributes: { 'service.name': 'desk' },
  metrics: { everyMs: 60_000 },
  ...more,
});

describe('A receiver of JSON', () => {
  let receiver: Receiver;
  let app: TestApp;

  beforeAll(async () => {
    receiver = await Receiver.open();
    app = await openTestApp({ otlp: otlpTo(receiver, { headers: { 'api-key': 'secret' } }) });
  });
  afterAll(async () => {
    await app.close();
    await receiver.close();
  });

  const report = (): Promise<void> => app.nest.get(MetricsExport).send();

  test('gets every metric that is defined, by its name, and what process tells it', async () => {
    await report();
    const { path, headers } = receiver.taken.at(-1) ?? {};
    expect([path, headers?.['content-type'], headers?.['api-key']]).toEqual([
      '/v1/metrics',
      'application/json',
      'secret',
    ]);
    const [from] = receiver.document.resourceMetrics;
    expect(valuesOf(from?.resource.attributes)).toMatchObject({ 'service.name': 'desk', 'callboard.role': 'all' });
    const defined = app.nest.get(Metrics).defined.map(({ name, help: description }) => ({ name, description }));
    expect(receiver.metrics.map(({ name, description }) => ({ name, description }))).toEqual(defined);
  });

  test('gets counts as sums since the start, and gauges', async () => {
    const tenant = await app.tenant();
    const { venueId } = await venueWith(app, tenant, 'sms');
    const content = { body: 'Doors at 19:00' };
    const id = await send(app, tenant, { channel: 'sms', venueId, to: RECIPIENT, content });
    await whenStatus(app, tenant, id, 'delivered');
    await until(async () => {
      await report();
      return receiver.points('sms.delivered.total').length > 0;
    });
    expect(receiver.metric('sms.sent.total').sum).toMatchObject({
      aggregationTemporality: CUMULATIVE,
      isMonotonic: true,
      dataPoints: [{ attributes: [{ key: 'provider', value: { stringValue: 'twilio' } }], asDouble: 1 }],
    });
    for (const { startTimeUnixNano, timeUnixNano } of receiver.points('sms.sent.total'))
      expect(BigInt(timeUnixNano)).toBeGreaterThan(BigInt(startTimeUnixNano));
    expect(receiver.points('callboard.workers')).toContainEqual(expect.objectContaining({ asDouble: 1 }));
    expect(receiver.taken.map(({ body }) => body.toString()).join()).not.toContain(RECIPIENT.slice(1));
  });

  test('gets durations in the buckets of Prometheus', () => {
    expect(receiver.metric('sms.send.duration').unit).toBe('s');
    const calls = receiver.points('sms.send.duration');
    expect(calls.map(({ count, explicitBounds }) => [count, explicitBounds])).toEqual([
      [1, [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 15]],
    ]);
    const [{ bucketCounts = [], sum } = { sum: 0 }] = calls;
    expect(bucketCounts.length).toBe(11);
    expect(bucketCounts.reduce((total, count) => total + count, 0)).toBe(1);
    expect(sum).toBeGreaterThan(0);
  });

  test('that takes nothing for a while misses no count', async () => {
    receiver.status = 400;
    const before = receiver.taken.length;
    await app.http.post('/webhook/twilio').type('form').send({}).expect(400);
    await report();
    expect(receiver.taken.length).toBe(before);
    receiver.status = 200;
    await report();
    expect(receiver.points('webhook.rejected.total')).toMatchObject([{ asDouble: 1 }]);
  });

  test('gets the last counts when the process stops', async () => {
    await app.http.post('/webhook/twilio').type('form').send({}).expect(400);
    await app.close();
    expect(receiver.points('webhook.rejected.total')).toMatchObject([{ asDouble: 2 }]);
    expect(receiver.metrics.map(({ name }) => name)).not.toContain('callboard.workers');
  });
});

test('A receiver of protobuf gets the same, and one that is away does not hold up a stop', async () => {
  const receiver = await Receiver.open();
  const app = await openTestApp({ otlp: otlpTo(receiver, { protocol: 'http/protobuf' }) });
  await app.nest.get(MetricsExport).send();
  const { path, headers, body } = receiver.taken.at(-1) ?? {};
  expect([path, headers?.['content-type']]).toEqual(['/v1/metrics', 'application/x-protobuf']);
  expect(body?.includes('callboard.oldest_waiting_seconds')).toBe(true);
  await receiver.close();
  await app.close();
});

test('A receiver of gRPC gets the same', async () => {
  const receiver = await GrpcReceiver.open();
  const app = await openTestApp({ otlp: otlpTo(receiver, { protocol: 'grpc' }) });
  await app.nest.get(MetricsExport).send();
  expect(receiver.bodies.some((body) => body.includes('callboard.oldest_waiting_seconds'))).toBe(true);
  await app.close();
  await receiver.close();
});
