/** What an alert rule is made of: a metric of ours, a limit, and how long. */
import { CHANNELS } from '../tenants/index.js';

export const SEVERITIES = ['critical', 'warning'] as const;
/** `critical`: somebody has to act now. `warning`: today. */
export type Severity = (typeof SEVERITIES)[number];

export const UNITS = ['share', 'seconds', 'count'] as const;
/** Of values and limits; a share is between 0 and 1. */
export type Unit = (typeof UNITS)[number];

export type LabelSet = Readonly<Record<string, string>>;

/** In the name of a metric: there is one of each channel, and the channel is a label of the alert. */
export const EACH_CHANNEL = '<channel>';

/** Things that processes count, with these labels: of a histogram, observations above so many seconds, which must be one of its bounds. */
export interface Counted {
  readonly metric: string;
  readonly where?: LabelSet;
  readonly aboveSeconds?: number;
}

/** A gauge, which is the same in every process. */
export interface GaugeMeasure {
  readonly kind: 'gauge';
  readonly metric: string;
  readonly by: readonly string[];
  /** Its other labels, with all their values: it is summed over them. */
  readonly over?: Readonly<Record<string, readonly string[]>>;
  /** Samples with these labels do not count. */
  readonly without?: LabelSet;
}

/** How many there were in all processes within the last minutes. */
export interface CountMeasure {
  readonly kind: 'count';
  readonly part: readonly Counted[];
  readonly by: readonly string[];
  readonly minutes: number;
}

/** Which share of all they were; none where there were fewer than `least` in all. */
export interface ShareMeasure {
  readonly kind: 'share';
  readonly part: readonly Counted[];
  readonly whole: readonly Counted[];
  readonly by: readonly string[];
  readonly minutes: number;
  readonly least: number;
}

export type CountedMeasure = CountMeasure | ShareMeasure;
export type Measure = GaugeMeasure | CountedMeasure;

export interface AlertRule {
  /** Stable, in kebab case: also the heading of its runbook. */
  readonly name: string;
  /** What is wrong, in some words. */
  readonly title: string;
  /** What its value is. */
  readonly what: string;
  readonly severity: Severity;
  readonly unit: Unit;
  readonly measure: Measure;
  /** On which side of the limit something is wrong. */
  readonly wrong: 'above' | 'below';
  readonly limit: number;
  /** What is wrong is over at this share of the limit, which is 1 or less: a value that goes up and down around the limit tells once. */
  readonly clearShare: number;
  /** It has to be wrong for so long before anybody is told. */
  readonly holdSeconds: number;
  /** It has to be well for so long before it counts as over. */
  readonly clearSeconds: number;
  /** Another rule, of which this one would be a mere effect: while something is wrong by that, nothing begins or ends by this. */
  readonly unless?: string;
}

/** A metric of a rule, and the channel that it is of. */
export interface NamedMetric {
  readonly metric: string;
  readonly labels: LabelSet;
}

/** The metrics that a name stands for. */
export const metricsNamed = (name: string): readonly NamedMetric[] =>
  name.startsWith(EACH_CHANNEL)
    ? CHANNELS.map((channel) => ({ metric: name.replace(EACH_CHANNEL, channel), labels: { channel } }))
    : [{ metric: name, labels: {} }];

/** What a rule counts, by the part of its measure. */
export const countedBy = (measure: Measure): readonly (readonly ['part' | 'whole', Counted])[] =>
  measure.kind === 'gauge'
    ? []
    : [
        ...measure.part.map((counted) => ['part', counted] as const),
        ...(measure.kind === 'share' ? measure.whole.map((counted) => ['whole', counted] as const) : []),
      ];

/** The names of all metrics that a rule reads. */
export const metricsOf = ({ measure }: AlertRule): readonly string[] =>
  measure.kind === 'gauge'
    ? [measure.metric]
    : [
        ...new Set(
          countedBy(measure).flatMap(([, { metric }]) => metricsNamed(metric).map(({ metric: name }) => name)),
        ),
      ];

/** Equal for equal sets, whatever their order. */
export const labelKey = (labels: LabelSet): string =>
  JSON.stringify(Object.entries(labels).toSorted(([one], [other]) => (one < other ? -1 : 1)));
