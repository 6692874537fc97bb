/** What the metrics of this process say at a moment, for those who send it elsewhere than to Prometheus. Pure. */
import type { DefinedMetric } from './metric-definition.js';

export type ReadLabels = Readonly<Record<string, string | number>>;

export interface ReadSample {
  readonly labels: ReadLabels;
  readonly value: number;
}

/** Since the process started. */
export interface ReadDurations {
  readonly labels: ReadLabels;
  /** How many were in each bucket and in no lower one; the last is for those above all of them. */
  readonly counts: readonly number[];
  /** Seconds. */
  readonly sum: number;
  readonly count: number;
}

export type MetricReading =
  | { readonly metric: DefinedMetric; readonly kind: 'counter' | 'gauge'; readonly samples: readonly ReadSample[] }
  | { readonly metric: DefinedMetric; readonly kind: 'histogram'; readonly durations: readonly ReadDurations[] };

/** A value as prom-client has it: of a histogram one for each bucket (`le`, with those below), and its sum and count. */
export interface StoredValue {
  readonly value: number;
  readonly labels: Partial<Record<string, string | number>>;
  readonly metricName?: string;
}

/** Puts the values of one histogram together again. */
export function durationsOf(values: readonly StoredValue[]): ReadDurations[] {
  return [...Map.groupBy(values, keyOf).values()].map((series) => {
    const buckets = series.filter(({ labels }) => labels['le'] !== undefined);
    const named = (end: string): number => series.find(({ metricName = '' }) => metricName.endsWith(end))?.value ?? 0;
    return {
      labels: ownLabels(series[0]),
      counts: buckets.map(({ value }, place) => value - (buckets[place - 1]?.value ?? 0)),
      sum: named('_sum'),
      count: named('_count'),
    };
  });
}

export const samplesOf = (values: readonly StoredValue[]): ReadSample[] =>
  values.map((stored) => ({ labels: ownLabels(stored), value: stored.value }));

/** The same for the same labels, in the order in which their metric names them. */
export const keyOf = ({ labels }: Pick<StoredValue, 'labels'>): string =>
  JSON.stringify(Object.entries(ownLabels({ labels })).toSorted(([one], [other]) => (one < other ? -1 : 1)));

function ownLabels(stored: Pick<StoredValue, 'labels'> | undefined): ReadLabels {
  const entries = Object.entries(stored?.labels ?? {}).flatMap(([label, value]) =>
    label === 'le' || value === undefined ? [] : [[label, value] as const],
  );
  return Object.fromEntries(entries);
}
