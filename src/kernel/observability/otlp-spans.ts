/** Exports spans over OTLP. Of the SDK nothing is loaded before it is needed: it costs memory, and time to start. */
import { createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';
import type * as Sdk from '@opentelemetry/sdk-trace';
import type { BatchSpanProcessor, ReadableSpan, Sampler, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace';
import { VERSION } from '../version.js';
import { resourceAttributes, type OtlpConfig } from './otlp.js';
import type { SpanExport } from './tracing.js';

/** Why spans never reached the receiver: it was slower than they came, or did not take them. */
type DropReason = 'queue_full' | 'not_taken';
type Drop = (reason: DropReason, spans: number) => void;

/** Spans that wait, at most: a few megabytes. */
const QUEUE = 4_096;
const BATCH = 512;
/** How long they wait for others, and how long a call may take. */
const EVERY_MS = 2_000;
const TIMEOUT_MS = 5_000;

const RECORDED = createContextKey('callboard: is recorded');

/** Nothing that fails here is thrown or logged by the SDK; `drop` is told of each span that is lost. */
export async function exportSpans(config: OtlpConfig, role: string, drop: Drop): Promise<SpanExport | undefined> {
  if (!config.traces) return undefined;
  const sdk = await import('@opentelemetry/sdk-trace');
  const { resourceFromAttributes } = await import('@opentelemetry/resources');
  const { sampler, ratio } = samplerOf(sdk, config.traces);
  const queue = new SpanQueue(sdk, await exporterOf(config), drop);
  const provider = new sdk.TracerProvider({
    resource: resourceFromAttributes(resourceAttributes(config, role)),
    sampler: unlessRecorded(sdk, sampler),
    spanProcessors: [queue],
  });
  return {
    tracer: provider.getTracer('callboard', VERSION),
    share: ratio,
    recording: ROOT_CONTEXT.setValue(RECORDED, true),
    close: () => provider.shutdown(),
  };
}

/** Of each protocol its own package, loaded alone. */
async function exporterOf({ endpoint, protocol, headers }: OtlpConfig): Promise<SpanExporter> {
  if (protocol === 'grpc') {
    const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-grpc');
    return new OTLPTraceExporter({ url: endpoint, timeoutMillis: TIMEOUT_MS }); // it reads the variable of headers itself
  }
  const { OTLPTraceExporter } =
    protocol === 'http/json'
      ? await import('@opentelemetry/exporter-trace-otlp-http')
      : await import('@opentelemetry/exporter-trace-otlp-proto');
  return new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, headers: { ...headers }, timeoutMillis: TIMEOUT_MS });
}

type Sampling = NonNullable<OtlpConfig['traces']>;

function samplerOf(sdk: typeof Sdk, { sampler, ratio }: Sampling): { sampler: Sampler; ratio: number } {
  const isOfParent = sampler.startsWith('parentbased_');
  const kind = sampler.replace('parentbased_', '');
  const share = kind === 'traceidratio' ? ratio : kind === 'always_on' ? 1 : 0;
  const root = new sdk.TraceIdRatioBasedSampler(share);
  return { sampler: isOfParent ? new sdk.ParentBasedSampler({ root }) : root, ratio: share };
}

/** What is about a recorded trace is recorded with it: a link to nothing helps nobody. */
const unlessRecorded = ({ SamplingDecision }: typeof Sdk, sampler: Sampler): Sampler => ({
  shouldSample: (context, ...rest) =>
    context.getValue(RECORDED) === true
      ? { decision: SamplingDecision.RECORD_AND_SAMPLED }
      : sampler.shouldSample(context, ...rest),
  toString: () => sampler.toString(),
});

/** The SDK's queue of ended spans, whose losses are counted: it tells of them only in a log of its own. */
class SpanQueue implements SpanProcessor {
  private readonly batches: BatchSpanProcessor;
  private waiting = 0;

  constructor(
    sdk: typeof Sdk,
    exporter: SpanExporter,
    private readonly drop: Drop,
  ) {
    this.batches = new sdk.BatchSpanProcessor({
      exporter: {
        export: (spans, done) => {
          this.waiting -= spans.length;
          exporter.export(spans, (result) => {
            if (result.code) this.drop('not_taken', spans.length);
            done(result);
          });
        },
        shutdown: () => exporter.shutdown(),
      },
      maxQueueSize: QUEUE,
      maxExportBatchSize: BATCH,
      scheduledDelayMillis: EVERY_MS,
      exportTimeoutMillis: 2 * TIMEOUT_MS,
    });
  }

  onStart(): void {
    // Only what has ended is sent.
  }

  onEnd(span: ReadableSpan): void {
    if (this.waiting >= QUEUE) return this.drop('queue_full', 1);
    this.waiting += 1;
    this.batches.onEnd(span);
  }

  forceFlush(): Promise<void> {
    return this.batches.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.batches.shutdown();
  }
}
