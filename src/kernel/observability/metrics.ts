/** Metrics, each defined once, and served to Prometheus at /metrics. Labels are our own terms (routes, channels, codes), never addresses or ids. */
import { Controller, Get, Header, Injectable, Logger } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { Public } from '../http/auth.js';
import { errorLine } from '../postgres/error-line.js';
import type {
  DefinedMetric,
  HistogramDefinition,
  LabelValues,
  MetricDefinition,
  MetricKind,
} from './metric-definition.js';
import { durationsOf, samplesOf, type MetricReading, type ReadLabels, type StoredValue } from './metric-readings.js';

export type Labels<Label extends string> = Readonly<Record<Label, string | number>>;

/** Told of each duration as it is measured, and of none before. */
export type DurationListener = (metric: DefinedMetric, labels: ReadLabels, seconds: number) => void;

/** A metric, and where its values are. */
interface StoredMetric {
  readonly metric: DefinedMetric;
  readonly read: () => Promise<{ readonly values: readonly StoredValue[] }>;
}

export interface Sample<Label extends string> {
  readonly labels?: Labels<Label>;
  readonly value: number;
}

export interface EventCount<Label extends string> {
  add(labels: Labels<Label>, times?: number): void;
}

export interface Durations<Label extends string> {
  observe(labels: Labels<Label>, seconds: number): void;
}

const OTHER = 'other';

@Injectable()
export class Metrics {
  private readonly logger = new Logger(Metrics.name);
  private readonly registry = new Registry();
  private readonly metrics: StoredMetric[] = [];
  private listener: DurationListener | undefined;
  private readonly readers = new Map<string, () => Promise<readonly Sample<string>[]>>();
  /** The last gauge to be read: one at a time, so that a scrape takes no more than a connection from the work. */
  private turn: Promise<void> = Promise.resolve();

  readonly httpDuration = this.histogram({
    name: 'http.request_duration_seconds',
    help: 'Time to answer an HTTP request',
    labels: { method: 'names-in-code', route: 'names-in-code', status: 'names-in-code' },
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /** All that are defined, in no order that means anything; not those of the process itself. */
  get defined(): readonly DefinedMetric[] {
    return this.metrics.map(({ metric }) => metric);
  }

  /** In the Prometheus text format. */
  text(): Promise<string> {
    return this.registry.metrics();
  }

  /** What all that are defined say now. Gauges ask the database. */
  async readings({ withGauges = true } = {}): Promise<MetricReading[]> {
    const readings: MetricReading[] = [];
    for (const { metric, read } of this.metrics) {
      const { kind } = metric;
      if (kind === 'gauge' && !withGauges) continue;
      const { values } = await read();
      readings.push(
        kind === 'histogram'
          ? { metric, kind, durations: durationsOf(values) }
          : { metric, kind, samples: samplesOf(values) },
      );
    }
    return readings;
  }

  /** One listener, for those who need each duration and not only their buckets. */
  listen(listener: DurationListener): void {
    this.listener = listener;
  }

  /** What a gauge says now. Rejects as its reader does, and raises an Error for a name that is no gauge's. */
  read(name: string): Promise<readonly Sample<string>[]> {
    const reader = this.readers.get(name);
    if (!reader) throw new Error(`There is no gauge called ${name}`);
    return this.inTurn(reader);
  }

  /**
   * What this process has counted since it started: a counter, or the observations of a histogram up to each of its bounds, which is the label
   * `le`. Raises an Error for a name that is neither's.
   */
  async totals(name: string): Promise<readonly Sample<string>[]> {
    const metric = this.registry.getSingleMetric<string>(prometheusName(name));
    if (!(metric instanceof Counter || metric instanceof Histogram)) throw new Error(`Nothing is counted as ${name}`);
    const { values } = await metric.get();
    return values
      .filter((value) => metric instanceof Counter || 'le' in value.labels)
      .map(({ labels, value }) => ({ labels: labels as Labels<string>, value }));
  }

  /** Adds a counter of what this process sees. Raises an Error for a name that is taken. */
  counter<Label extends string = never>(definition: MetricDefinition<Label>): EventCount<Label> {
    const counter = new Counter(this.options(definition));
    this.store('counter', definition, counter);
    const bound = binder(definition);
    return { add: (labels, times = 1) => counter.inc(bound(labels), times) };
  }

  /** Adds a histogram of durations. Raises an Error for a name that is taken. */
  histogram<Label extends string = never>(definition: HistogramDefinition<Label>): Durations<Label> {
    const histogram = new Histogram({ ...this.options(definition), buckets: [...definition.buckets] });
    const metric = this.store('histogram', definition, histogram);
    const bound = binder(definition);
    return {
      observe: (labels, seconds) => {
        const few = bound(labels);
        histogram.observe(few, seconds);
        this.listener?.(metric, few, seconds);
      },
    };
  }

  /**
   * Adds a gauge that is read at each scrape. If that fails it has no samples, and the other metrics are still served. Samples of the
   * same labels are summed. Raises an Error for a name that is taken.
   */
  gauge<Label extends string = never>(
    definition: MetricDefinition<Label>,
    read: () => Promise<readonly Sample<Label>[]>,
  ): void {
    const bound = binder(definition);
    const samples = async (): Promise<Sample<Label>[]> =>
      (await read()).map(({ labels, value }) => ({ ...(labels && { labels: bound(labels) }), value }));
    this.readers.set(definition.name, samples);
    const measure = async (gauge: Gauge): Promise<void> => {
      gauge.reset();
      try {
        for (const { labels, value } of await samples()) gauge.inc(labels ?? {}, value);
      } catch (error) {
        this.logger.debug(`${definition.name} was not read: ${errorLine(error)}`);
      }
    };
    let reading: Promise<void> | undefined;
    const gauge: Gauge = new Gauge({
      ...this.options(definition),
      registers: [],
      // Scrapes that come while it waits share what is read.
      collect: (): Promise<void> =>
        (reading ??= this.inTurn(() => measure(gauge)).finally(() => (reading = undefined))),
    });
    this.registry.registerMetric(gauge);
    this.store('gauge', definition, gauge);
  }

  private inTurn<Read>(read: () => Promise<Read>): Promise<Read> {
    const mine = this.turn.then(read);
    this.turn = mine.then(
      () => undefined,
      () => undefined,
    );
    return mine;
  }

  private options<Label extends string>({
    name,
    help,
    labels,
  }: MetricDefinition<Label>): {
    name: string;
    help: string;
    labelNames: Label[];
    registers: Registry[];
  } {
    const labelNames = Object.keys(labels ?? {}) as Label[];
    return { name: prometheusName(name), help, labelNames, registers: [this.registry] };
  }

  private store(
    kind: MetricKind,
    { name, help, labels = {}, buckets }: MetricDefinition<string> & { readonly buckets?: readonly number[] },
    stored: { get(): Promise<{ values: readonly StoredValue[] }> },
  ): DefinedMetric {
    const metric = { kind, name, help, labels, ...(buckets && { buckets }) };
    this.metrics.push({ metric, read: () => stored.get() });
    return metric;
  }
}

/** As Prometheus has it, where a dot may not be. */
export const prometheusName = (name: string): string => name.replaceAll('.', '_');

/** Keeps labels to their values: series are bounded, whatever a provider or a caller makes up. */
function binder<Label extends string>({
  labels: defined,
}: MetricDefinition<Label>): (labels: Labels<Label>) => Labels<Label> {
  const closed = Object.entries<LabelValues>(defined ?? {}).flatMap(([label, values]) =>
    values === 'names-in-code' ? [] : [[label as Label, new Set<string | number>(values)] as const],
  );
  return (labels) => {
    const bound: Record<Label, string | number> = { ...labels };
    for (const [label, values] of closed) if (!values.has(bound[label])) bound[label] = OTHER;
    return bound;
  };
}

@Public()
@ApiTags('Operations')
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  @ApiOperation({ summary: 'Metrics in the Prometheus text format', operationId: 'metrics' })
  @ApiProduces('text/plain')
  @ApiResponse({ status: 200, schema: { type: 'string' } })
  read(): Promise<string> {
    return this.metrics.text();
  }
}
