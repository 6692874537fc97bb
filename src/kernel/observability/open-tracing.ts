/** Traces of this process: those of its configuration, or none. */
import { Logger } from '@nestjs/common';
import type { ReadyConfig } from '../config/ready-config.js';
import { SparingLogger } from '../logging/sparing-logger.js';
import type { Metrics } from './metrics.js';
import { exportSpans } from './otlp-spans.js';
import { Tracing } from './tracing.js';

/** Without an endpoint nothing of the SDK is loaded. */
export async function openTracing(
  { otlp, role }: Pick<ReadyConfig, 'otlp' | 'role'>,
  metrics: Metrics,
): Promise<Tracing> {
  const dropped = metrics.counter({
    name: 'callboard.spans_dropped_total',
    help: 'Spans that were recorded and did not reach the receiver of traces',
    labels: { reason: ['queue_full', 'not_taken'] },
  });
  if (!otlp?.traces) return new Tracing();
  const logger = new SparingLogger(new Logger(Tracing.name));
  return new Tracing(
    await exportSpans(otlp, role, (reason, spans) => {
      dropped.add({ reason }, spans);
      logger.warn(`Spans are dropped (${reason}): see OTEL_EXPORTER_OTLP_ENDPOINT and its receiver`);
    }),
  );
}
