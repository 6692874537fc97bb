/**
 * Sends the metrics of this process to a Datadog agent over DogStatsD: counters as what was added, gauges as they are, each duration
 * as one of a distribution. https://docs.datadoghq.com/extend/dogstatsd/datagram_shell
 */
import { isIP } from 'node:net';
import { Writable } from 'node:stream';
import type { ClientOptions, StatsD } from 'hot-shots';
import type { EnvironmentReader } from '../config/environment-reader.js';
import { keyOf, type MetricReading, type ReadLabels } from './metric-readings.js';
import type { MetricsTarget } from './metrics-target.js';

/** Where the agent listens: a UDP port, or a unix datagram socket. */
type Listener = { readonly host: string; readonly port: number } | { readonly socketPath: string };

/** An agent, and what is told of this process with each metric: `env`, `service`, `version`. */
export type DogStatsDConfig = Listener & { readonly tags: Readonly<Record<string, string>> };

const PORT = 8125;
/** As often as an agent itself sends. */
const EVERY_MS = 10_000;
/** Fits into a packet of any network, and into a datagram as agents read them by default. */
const UDP_BYTES = 1_432;
const UNIX_BYTES = 8_192;

/** By the variables of Datadog's own clients. Undefined where none names an agent: nothing is sent, and no client loaded. */
export function readDogStatsD(read: EnvironmentReader): DogStatsDConfig | undefined {
  const given = { env: read.text('DD_ENV'), service: read.text('DD_SERVICE'), version: read.text('DD_VERSION') };
  const tags = Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  const listener = readListener(read);
  return listener && { ...listener, tags };
}

function readListener(read: EnvironmentReader): Listener | undefined {
  const url = read.text('DD_DOGSTATSD_URL');
  const agent = read.text('DD_AGENT_HOST');
  const usual = read.integer('DD_DOGSTATSD_PORT', PORT, 1, 65_535);
  if (url === undefined) return agent === undefined ? undefined : { host: agent, port: usual };
  const [, socketPath] = /^unix:\/\/(\/.+)$/.exec(url) ?? [];
  if (socketPath !== undefined) return { socketPath };
  const [, host, text] = /^udp:\/\/([^\s/:]+|\[[\da-f:]+\])(?::(\d{1,5}))?$/i.exec(url) ?? [];
  const port = Number(text ?? usual);
  if (host !== undefined && port <= 65_535) return { host: host.replace(/^\[|\]$/g, ''), port };
  read.complain('DD_DOGSTATSD_URL is not `udp://host:port` or `unix:///path`');
  return undefined;
}

export class DogStatsD implements MetricsTarget {
  readonly everyMs = EVERY_MS;
  /** What counters said when they were last sent. */
  private readonly sent = new Map<string, number>();

  private constructor(private readonly client: StatsD) {}

  /** Opens a socket; whether an agent listens shows only later, to `onFailure`. Raises an Error where unix sockets cannot be had. */
  static async open(config: DogStatsDConfig, onFailure: (error: Error) => void): Promise<DogStatsD> {
    const { StatsD: Client } = await import('hot-shots');
    const transport = 'socketPath' in config ? await unixSocket(config.socketPath, onFailure) : udp(config);
    const options = { datadog: true, includeDatadogTelemetry: false, globalTags: config.tags, errorHandler: onFailure };
    return new DogStatsD(new Client({ ...transport, ...options }));
  }

  /** One duration of a distribution, in seconds. */
  distribution(name: string, labels: ReadLabels, seconds: number): void {
    if (Number.isFinite(seconds)) this.client.distribution(name, seconds, undefined, tagsOf(labels));
  }

  /** What counters have gained since the last time, and gauges as they are. */
  send(readings: readonly MetricReading[]): Promise<void> {
    for (const reading of readings) {
      if (reading.kind === 'histogram') continue; // each was sent when it was measured
      const { name } = reading.metric;
      for (const { labels, value } of reading.samples) {
        if (!Number.isFinite(value)) continue;
        if (reading.kind === 'gauge') this.client.gauge(name, value, undefined, tagsOf(labels));
        else this.count(name, labels, value);
      }
    }
    return Promise.resolve();
  }

  /** Sends what is buffered. */
  close(): Promise<void> {
    return new Promise((done) => this.client.close(() => done()));
  }

  private count(name: string, labels: ReadLabels, value: number): void {
    const key = `${name} ${keyOf({ labels })}`;
    const gained = value - (this.sent.get(key) ?? 0);
    if (gained <= 0) return;
    this.sent.set(key, value);
    this.client.increment(name, gained, undefined, tagsOf(labels));
  }
}

/** As a list: hot-shots takes an object with some names, such as `tags`, for its options. */
const tagsOf = (labels: ReadLabels): string[] => Object.entries(labels).map(([label, value]) => `${label}:${value}`);

function udp({ host, port }: Extract<Listener, { host: string }>): ClientOptions {
  return { protocol: 'udp', host, port, cacheDns: isIP(host) === 0, maxBufferSize: UDP_BYTES };
}

/**
 * Node has no unix datagram sockets. The package that hot-shots knows is compiled when it is installed, which an image cannot do;
 * this one has its binaries. A stream that fails is gone for good, so failures go another way.
 */
async function unixSocket(path: string, onFailure: (error: Error) => void): Promise<ClientOptions> {
  const socket = await openSocket();
  socket.on('error', onFailure);
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      socket.sendTo(chunk, 0, chunk.length, path, (error) => {
        if (error) onFailure(error);
        done();
      });
    },
    destroy: (error, done) => {
      socket.close();
      done(error);
    },
  });
  return { protocol: 'stream', stream, maxBufferSize: UNIX_BYTES };
}

async function openSocket(): Promise<import('node-unix-socket').DgramSocket> {
  try {
    const { DgramSocket } = await import('node-unix-socket');
    return new DgramSocket();
  } catch (cause) {
    throw new Error(
      'DD_DOGSTATSD_URL names a unix socket, which this system does not have: name a `udp://host:port`.',
      {
        cause,
      },
    );
  }
}
