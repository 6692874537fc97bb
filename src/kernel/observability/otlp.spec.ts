/** OpenTelemetry's variables, pure: from an environment to a target, or to every mistake at once. */
import { EnvironmentReader } from '../config/environment-reader.js';
import { readOtlp, resourceAttributes, type OtlpConfig } from './otlp.js';

type Environment = Readonly<Record<string, string>>;

const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/' };

function read(environment: Environment): {
  readonly otlp: OtlpConfig | undefined;
  readonly problems: readonly string[];
} {
  const reader = new EnvironmentReader(environment);
  return { otlp: readOtlp(reader), problems: reader.problems };
}

test('Without an endpoint nothing is exported, whatever else is set', () => {
  expect(read({ OTEL_SERVICE_NAME: 'desk', OTEL_TRACES_SAMPLER: 'always_on' })).toEqual({
    otlp: undefined,
    problems: [],
  });
});

test('An endpoint alone turns telemetry on, with the defaults of the specification', () => {
  expect(read(ENDPOINT).otlp).toEqual({
    endpoint: 'http://collector:4318',
    protocol: 'http/protobuf',
    headers: {},
    attributes: { 'service.name': 'callboard' },
    traces: { sampler: 'parentbased_always_on', ratio: 1 },
    metrics: { everyMs: 60_000 },
  });
});

test('Headers and attributes are lists of names and URL-encoded values, and the name of the service has a variable of its own', () => {
  const { otlp, problems } = read({
    ...ENDPOINT,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_HEADERS: 'api-key=a%3Db, x-team = desk ,',
    OTEL_RESOURCE_ATTRIBUTES: 'service.name=other,deployment.environment.name=production',
    OTEL_SERVICE_NAME: 'desk',
    OTEL_TRACES_SAMPLER: 'traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '0.01',
  });
  expect(problems).toEqual([]);
  expect(otlp).toMatchObject({
    protocol: 'http/json',
    headers: { 'api-key': 'a=b', 'x-team': 'desk' },
    attributes: { 'service.name': 'desk', 'deployment.environment.name': 'production' },
    traces: { sampler: 'traceidratio', ratio: 0.01 },
  });
});

test('Traces alone can be turned off', () => {
  expect(read({ ...ENDPOINT, OTEL_TRACES_EXPORTER: 'none' }).otlp).not.toHaveProperty('traces');
});

test('Metrics alone can be turned off, also by the name of what serves them to Prometheus', () => {
  for (const OTEL_METRICS_EXPORTER of ['none', 'prometheus'])
    expect(read({ ...ENDPOINT, OTEL_METRICS_EXPORTER }).otlp).not.toHaveProperty('metrics');
  expect(read({ ...ENDPOINT, OTEL_METRIC_EXPORT_INTERVAL: '15000' }).otlp?.metrics).toEqual({ everyMs: 15_000 });
  expect(read({ OTEL_METRIC_EXPORT_INTERVAL: '15', OTEL_METRICS_EXPORTER: 'statsd' }).problems).toEqual([
    expect.stringMatching(/^OTEL_METRICS_EXPORTER is not/),
    expect.stringMatching(/^OTEL_METRIC_EXPORT_INTERVAL is not/),
  ]);
});

test('Every mistake in a variable of telemetry is named, and no value is quoted', () => {
  const { problems } = read({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'psst:4318',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/xml',
    OTEL_EXPORTER_OTLP_HEADERS: 'psst',
    OTEL_RESOURCE_ATTRIBUTES: 'a=%E0%A4%A',
    OTEL_TRACES_SAMPLER: 'psst',
    OTEL_TRACES_SAMPLER_ARG: '1.5',
    OTEL_TRACES_EXPORTER: 'zipkin',
  });
  expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    'OTEL_EXPORTER_OTLP_PROTOCOL',
    'OTEL_EXPORTER_OTLP_HEADERS',
    'OTEL_RESOURCE_ATTRIBUTES',
    'OTEL_TRACES_SAMPLER',
    'OTEL_TRACES_SAMPLER_ARG',
    'OTEL_TRACES_EXPORTER',
  ]);
  expect(problems.join()).not.toMatch(/psst|xml|1\.5|zipkin/);
});

test('What is told of the process is its name, version, role and an id, and what the deployment adds', () => {
  const { otlp } = read({ ...ENDPOINT, OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=production' });
  expect(otlp && resourceAttributes(otlp, 'worker')).toEqual({
    'service.name': 'callboard',
    'service.version': expect.stringMatching(/^\d/) as string,
    'service.instance.id': expect.stringMatching(/^[\da-f-]{36}$/) as string,
    'callboard.role': 'worker',
    'deployment.environment.name': 'production',
  });
});
