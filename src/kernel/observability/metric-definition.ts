/** How a metric is defined: once, for whoever serves it or sends it. */

/** The values of a label: a list, beside which there is only `other`; or names in our own code, of which there are few. */
export type LabelValues = readonly string[] | 'names-in-code';

export interface MetricDefinition<Label extends string = never> {
  /** With dots, for which Prometheus has underscores: `sms.sent.total` is `sms_sent_total`. */
  readonly name: string;
  readonly help: string;
  /** All of them, so that the number of series is bounded. */
  readonly labels?: Readonly<Record<Label, LabelValues>>;
}

export interface HistogramDefinition<Label extends string = never> extends MetricDefinition<Label> {
  /** Upper bounds, in seconds. */
  readonly buckets: readonly number[];
}

export type MetricKind = 'counter' | 'gauge' | 'histogram';

/** A metric that this process serves. */
export interface DefinedMetric extends MetricDefinition<string> {
  readonly kind: MetricKind;
  /** Of a histogram. */
  readonly buckets?: readonly number[];
}
