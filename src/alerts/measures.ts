/** Reads the values of alert rules: the gauges of the metrics, and what was counted lately. */
import { Injectable, Logger } from '@nestjs/common';
import { errorLine, Metrics, SparingLogger } from '../kernel/index.js';
import { AlertCounts } from './alert-counts.js';
import { labelKey, type AlertRule, type GaugeMeasure, type LabelSet, type ShareMeasure } from './rule.js';

export interface Reading {
  readonly labels: LabelSet;
  readonly value: number;
}

@Injectable()
export class Measures {
  private readonly logger = new SparingLogger(new Logger('Alerts'));

  constructor(
    private readonly metrics: Metrics,
    private readonly counts: AlertCounts,
  ) {}

  /** The present values of a rule; undefined if they cannot be read, which is logged. */
  async read(rule: AlertRule): Promise<readonly Reading[] | undefined> {
    try {
      return await this.values(rule);
    } catch (error) {
      this.logger.warn(`${rule.name} was not evaluated: ${errorLine(error)}`);
      return undefined;
    }
  }

  private async values({ name, measure }: AlertRule): Promise<Reading[]> {
    if (measure.kind === 'gauge') return this.gauge(measure);
    const sums = await this.counts.sums(name, measure);
    return measure.kind === 'count'
      ? sums.map(({ labels, part }) => ({ labels, value: part }))
      : sums.flatMap(({ labels, part, whole }) => shareOf(part, whole, measure).map((value) => ({ labels, value })));
  }

  private async gauge({ metric, by, without }: GaugeMeasure): Promise<Reading[]> {
    const readings = new Map<string, Reading>();
    for (const { labels: all = {}, value } of await this.metrics.read(metric)) {
      const given: Readonly<Record<string, string | number>> = all;
      if (without && Object.entries(without).every(([label, unwanted]) => given[label] === unwanted)) continue;
      const labels = Object.fromEntries(by.map((label) => [label, String(given[label])]));
      readings.set(labelKey(labels), { labels, value: value + (readings.get(labelKey(labels))?.value ?? 0) });
    }
    return [...readings.values()];
  }
}

/** None where there were too few to tell. What became of a message may be known in another window than its call: no share is more than 1. */
const shareOf = (part: number, whole: number, { least }: ShareMeasure): number[] =>
  whole < least ? [] : [Math.min(1, part / whole)];
