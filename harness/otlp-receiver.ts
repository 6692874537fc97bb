/** A receiver of OTLP over HTTP on this machine, as a collector is one: what arrived can be read. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttp2Server, type Http2Server, type ServerHttp2Stream } from 'node:http2';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { listenOnLoopback } from './ports.js';

type AttributeValue = string | number | boolean;

/** Where a span is. */
export interface SpanPlace {
  readonly traceId: string;
  readonly spanId: string;
}

export interface ReceivedSpan extends SpanPlace {
  readonly parentSpanId: string | undefined;
  readonly name: string;
  /** As OTLP numbers them: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  readonly links: readonly SpanPlace[];
  readonly isFailed: boolean;
  /** Nanoseconds since 1970. */
  readonly start: bigint;
  readonly end: bigint;
}

/** A request as it came. */
export interface OtlpRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

interface Json {
  readonly resourceSpans?: readonly {
    readonly resource: { readonly attributes: readonly JsonAttribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly JsonSpan[] }[];
  }[];
}

interface JsonAttribute {
  readonly key: string;
  readonly value: {
    readonly stringValue?: string;
    readonly intValue?: number | string;
    readonly doubleValue?: number;
    readonly boolValue?: boolean;
  };
}

interface JsonSpan extends SpanPlace {
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly attributes?: readonly JsonAttribute[];
  readonly links?: readonly SpanPlace[];
  readonly status?: { readonly code?: number };
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
}

const FAILED = 2;

export class OtlpReceiver {
  readonly requests: OtlpRequest[] = [];
  /** What it answers: 200 has taken the spans. */
  status = 200;

  private constructor(
    private readonly server: Server,
    /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
    readonly url: string,
  ) {}

  static async open(): Promise<OtlpReceiver> {
    const server = createServer();
    const receiver = new OtlpReceiver(server, `http://127.0.0.1:${await listenOnLoopback(server)}`);
    server.on('request', (request, response) => void receiver.take(request, response));
    return receiver;
  }

  /** All spans that came as JSON. */
  get spans(): ReceivedSpan[] {
    return this.documents.flatMap(({ resourceSpans = [] }) =>
      resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans.map(read))),
    );
  }

  /** What came with them of the process. */
  get resource(): Readonly<Record<string, AttributeValue>> {
    return valuesOf(this.documents.at(-1)?.resourceSpans?.[0]?.resource.attributes);
  }

  async close(): Promise<void> {
    const { server } = this;
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { headers, url: path = '' } = request;
    const body = await buffer(request);
    if (this.status === 200) this.requests.push({ path, headers, body });
    const type = headers['content-type'];
    response.writeHead(this.status, { 'content-type': type });
    response.end(type === 'application/json' ? '{}' : undefined);
  }

  private get documents(): Json[] {
    const ofTraces = this.requests.filter(({ path }) => path.endsWith('/v1/traces'));
    return ofTraces.map(({ body, headers }) => {
      const bytes = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
      return JSON.parse(bytes.toString('utf8')) as Json;
    });
  }
}

const read = ({ attributes, links = [], status, parentSpanId, ...span }: JsonSpan): ReceivedSpan => ({
  traceId: span.traceId,
  spanId: span.spanId,
  parentSpanId,
  name: span.name,
  kind: span.kind,
  attributes: valuesOf(attributes),
  links: links.map(({ traceId, spanId }) => ({ traceId, spanId })),
  isFailed: status?.code === FAILED,
  start: BigInt(span.startTimeUnixNano),
  end: BigInt(span.endTimeUnixNano),
});

const valuesOf = (attributes: readonly JsonAttribute[] = []): Record<string, AttributeValue> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, valueOf(value)]));

const valueOf = ({ stringValue, intValue, doubleValue, boolValue }: JsonAttribute['value']): AttributeValue =>
  stringValue ?? boolValue ?? Number(intValue ?? doubleValue);

/** Bytes before each message of gRPC: whether it is compressed, and its length. */
const GRPC_PREFIX = 5;

/** A receiver of OTLP over gRPC without TLS: it takes everything. */
export class GrpcReceiver {
  /** What came, as protobuf. */
  readonly bodies: Buffer[] = [];

  private constructor(
    private readonly server: Http2Server,
    readonly url: string,
  ) {}

  static async open(): Promise<GrpcReceiver> {
    const server = createHttp2Server();
    const receiver = new GrpcReceiver(server, `http://127.0.0.1:${await listenOnLoopback(server)}`);
    server.on('stream', (stream) => void receiver.take(stream));
    return receiver;
  }

  async close(): Promise<void> {
    await new Promise<void>((closed) => this.server.close(() => closed()));
  }

  private async take(stream: ServerHttp2Stream): Promise<void> {
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    this.bodies.push((await buffer(stream)).subarray(GRPC_PREFIX));
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.end(Buffer.alloc(GRPC_PREFIX));
  }
}
