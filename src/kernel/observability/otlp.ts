/** OpenTelemetry's own variables, and what is told of this process with all that it exports. */
import type { EnvironmentReader } from '../config/environment-reader.js';
import { VERSION } from '../version.js';
import { v7 as uuidv7 } from 'uuid';

/** https://opentelemetry.io/docs/specs/otel/protocol/exporter/; the agent of Azure Container Apps takes gRPC alone. */
export const OTLP_PROTOCOLS = ['http/protobuf', 'http/json', 'grpc'] as const;
export type OtlpProtocol = (typeof OTLP_PROTOCOLS)[number];

/** https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#general-sdk-configuration */
export const TRACE_SAMPLERS = [
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
  'always_on',
  'always_off',
  'traceidratio',
] as const;
export type TraceSampler = (typeof TRACE_SAMPLERS)[number];

/** Where telemetry goes to, and how. */
export interface OtlpConfig {
  /** Without the path of a signal, such as `/v1/traces`, and without a slash at its end. */
  readonly endpoint: string;
  readonly protocol: OtlpProtocol;
  readonly headers: Readonly<Record<string, string>>;
  /** Of `OTEL_RESOURCE_ATTRIBUTES` and `OTEL_SERVICE_NAME`. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Absent: no traces. */
  readonly traces?: { readonly sampler: TraceSampler; readonly ratio: number };
  /** Absent: no metrics. */
  readonly metrics?: { readonly everyMs: number };
}

/** Undefined without an endpoint: nothing is exported, and nothing of the SDK is loaded. */
export function readOtlp(read: EnvironmentReader): OtlpConfig | undefined {
  const endpoint = read.url('OTEL_EXPORTER_OTLP_ENDPOINT', ['http:', 'https:']);
  const protocol = read.oneOf('OTEL_EXPORTER_OTLP_PROTOCOL', OTLP_PROTOCOLS, 'http/protobuf');
  const headers = pairs(read, 'OTEL_EXPORTER_OTLP_HEADERS');
  const given = pairs(read, 'OTEL_RESOURCE_ATTRIBUTES');
  const serviceName = read.text('OTEL_SERVICE_NAME') ?? given['service.name'] ?? 'callboard';
  const sampler = read.oneOf('OTEL_TRACES_SAMPLER', TRACE_SAMPLERS, 'parentbased_always_on');
  const ratio = Number(
    read.matching('OTEL_TRACES_SAMPLER_ARG', /^(?:0?\.\d+|[01](?:\.0*)?)$/, 'a number from 0 to 1') ?? 1,
  );
  const exportsTraces = read.oneOf('OTEL_TRACES_EXPORTER', ['otlp', 'none'], 'otlp') === 'otlp';
  // `prometheus` is /metrics, which is always there.
  const exportsMetrics = read.oneOf('OTEL_METRICS_EXPORTER', ['otlp', 'prometheus', 'none'], 'otlp') === 'otlp';
  const everyMs = read.integer('OTEL_METRIC_EXPORT_INTERVAL', 60_000, 1_000, 3_600_000);
  if (endpoint === undefined) return undefined;
  return {
    endpoint: endpoint.replace(/\/+$/, ''),
    protocol,
    headers,
    attributes: { ...given, 'service.name': serviceName },
    ...(exportsTraces && { traces: { sampler, ratio } }),
    ...(exportsMetrics && { metrics: { everyMs } }),
  };
}

/** `name=value`, comma-separated, values URL-encoded, as the specification has it. */
function pairs(read: EnvironmentReader, name: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const pair of (read.text(name) ?? '').split(',').filter((text) => text.trim() !== '')) {
    const [, key, value] = /^\s*([^\s=]+)\s*=\s*(.*?)\s*$/.exec(pair) ?? [];
    const decoded = value === undefined ? undefined : decodedUri(value);
    if (key === undefined || decoded === undefined) {
      read.complain(`${name} is not a list of \`name=value\`, comma-separated, with URL-encoded values`);
      return {};
    }
    found[key] = decoded;
  }
  return found;
}

function decodedUri(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

const INSTANCE = uuidv7();

/** What is told of this process: names, its version and an id that is new at each start. Nothing of the machine or its users. */
export const resourceAttributes = ({ attributes }: OtlpConfig, role: string): Record<string, string> => ({
  'service.version': VERSION,
  'service.instance.id': INSTANCE,
  'callboard.role': role,
  ...attributes,
});
