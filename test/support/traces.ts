/** Traces of an app, as a receiver of OTLP got them. */
import type { OtlpReceiver, ReceivedSpan } from '../../harness/otlp-receiver.js';
import { until } from '../../harness/until.js';
import type { OtlpConfig } from '../../src/kernel/observability/otlp.js';

/** The configuration of an app that sends its spans there: all traces, unless a share is given. */
export const tracedTo = ({ url }: OtlpReceiver, ratio = 1): OtlpConfig => ({
  endpoint: url,
  protocol: 'http/json',
  headers: {},
  attributes: { 'service.name': 'callboard' },
  traces: { sampler: 'parentbased_traceidratio', ratio },
});

/** Waits until a span for which this holds has come, and answers it. */
export const whenSpan = (receiver: OtlpReceiver, is: (span: ReceivedSpan) => boolean): Promise<ReceivedSpan> =>
  until(() => receiver.spans.find(is), { what: `a span as ${is.toString()}` });

/** Those of a trace, each after its parent, and else as they began. */
export function ofTrace(receiver: OtlpReceiver, traceId: string): ReceivedSpan[] {
  const spans = receiver.spans.filter((span) => span.traceId === traceId);
  return spans.sort((one, other) => (one.start < other.start ? -1 : 1));
}

/** The name of a span's parent, among these. */
export const parentOf = (spans: readonly ReceivedSpan[], { parentSpanId }: ReceivedSpan): string | undefined =>
  spans.find(({ spanId }) => spanId === parentSpanId)?.name;
