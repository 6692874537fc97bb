/** Exports metrics over OTLP, from the definitions that /metrics is served by. */
import type { DataPoint, MetricData, MetricDescriptor, PushMetricExporter } from '@opentelemetry/sdk-metrics';
import type { Resource } from '@opentelemetry/resources';
import { VERSION } from '../version.js';
import type { DefinedMetric } from './metric-definition.js';
import type { MetricReading, ReadLabels } from './metric-readings.js';
import type { MetricsTarget } from './metrics-target.js';
import { resourceAttributes, type OtlpConfig } from './otlp.js';

/** OpenTelemetry's packages, which are loaded only where an endpoint is set. */
interface Sdk {
  readonly api: typeof import('@opentelemetry/api');
  readonly core: typeof import('@opentelemetry/core');
  readonly metrics: typeof import('@opentelemetry/sdk-metrics');
}

/** Told of each export that the receiver did not take. */
type FailureListener = (error: Error) => void;

/** How long a call may take, with what the exporter repeats of it. */
const TIMEOUT_MS = 5_000;
const SCOPE = { name: 'callboard', version: VERSION };

export class OtlpMetrics implements MetricsTarget {
  private readonly startedAt = Date.now();

  private constructor(
    readonly everyMs: number,
    private readonly sdk: Sdk,
    private readonly exporter: PushMetricExporter,
    private readonly resource: Resource,
    private readonly onFailure: FailureListener,
  ) {}

  static async open(
    config: OtlpConfig,
    role: string,
    everyMs: number,
    onFailure: FailureListener,
  ): Promise<OtlpMetrics> {
    const { resourceFromAttributes } = await import('@opentelemetry/resources');
    const sdk = {
      api: await import('@opentelemetry/api'),
      core: await import('@opentelemetry/core'),
      metrics: await import('@opentelemetry/sdk-metrics'),
    };
    const resource = resourceFromAttributes(resourceAttributes(config, role));
    return new OtlpMetrics(everyMs, sdk, await exporterOf(config), resource, onFailure);
  }

  /** What is not taken is not lost: sums and buckets are cumulative. */
  async send(readings: readonly MetricReading[]): Promise<void> {
    const now = Date.now();
    const metrics = readings.map((reading) => this.dataOf(reading, now));
    const { promise, resolve } = Promise.withResolvers<void>();
    this.exporter.export({ resource: this.resource, scopeMetrics: [{ scope: SCOPE, metrics }] }, ({ code, error }) => {
      if (code !== this.sdk.core.ExportResultCode.SUCCESS) this.onFailure(error ?? new Error('not taken'));
      resolve();
    });
    await promise;
  }

  close(): Promise<void> {
    return this.exporter.shutdown();
  }

  private dataOf(reading: MetricReading, now: number): MetricData {
    const { AggregationTemporality, DataPointType } = this.sdk.metrics;
    const common = {
      descriptor: this.descriptorOf(reading.metric),
      aggregationTemporality: AggregationTemporality.CUMULATIVE,
    };
    const point = <T>(labels: ReadLabels, value: T): DataPoint<T> => ({
      startTime: this.sdk.core.millisToHrTime(this.startedAt),
      endTime: this.sdk.core.millisToHrTime(now),
      attributes: { ...labels },
      value,
    });
    if (reading.kind === 'histogram') {
      const boundaries = [...(reading.metric.buckets ?? [])];
      const dataPoints = reading.durations.map(({ labels, counts, sum, count }) =>
        point(labels, { buckets: { boundaries, counts: [...counts] }, sum, count }),
      );
      return { ...common, dataPointType: DataPointType.HISTOGRAM, dataPoints };
    }
    const dataPoints = reading.samples.map(({ labels, value }) => point(labels, value));
    return reading.kind === 'gauge'
      ? { ...common, dataPointType: DataPointType.GAUGE, dataPoints }
      : { ...common, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints };
  }

  private descriptorOf({ kind, name, help }: DefinedMetric): MetricDescriptor {
    const unit = kind === 'histogram' || name.endsWith('_seconds') ? 's' : '';
    return { name, description: help, unit, valueType: this.sdk.api.ValueType.DOUBLE };
  }
}

/** Of each protocol, its own package, loaded alone. */
async function exporterOf({ endpoint, protocol, headers }: OtlpConfig): Promise<PushMetricExporter> {
  if (protocol === 'grpc') {
    const { OTLPMetricExporter } = await import('@opentelemetry/exporter-metrics-otlp-grpc');
    return new OTLPMetricExporter({ url: endpoint, timeoutMillis: TIMEOUT_MS }); // it reads the variable of headers itself
  }
  const { OTLPMetricExporter } =
    protocol === 'http/json'
      ? await import('@opentelemetry/exporter-metrics-otlp-http')
      : await import('@opentelemetry/exporter-metrics-otlp-proto');
  return new OTLPMetricExporter({ url: `${endpoint}/v1/metrics`, headers: { ...headers }, timeoutMillis: TIMEOUT_MS });
}
