import type { MetricReading } from './metric-readings.js';

/** Where metrics are sent to. */
export interface MetricsTarget {
  readonly everyMs: number;
  /** Resolves when they were taken or given up. */
  send(readings: readonly MetricReading[]): Promise<void>;
  /** Sends what is buffered. It may never answer. */
  close(): Promise<void>;
}
