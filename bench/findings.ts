/** The results of a measure: the figures and their targets. */
import { medianCost, type Cost, type Run } from './cpu.js';
import { median } from './statistics.js';

/** Figures of the same thing from several rounds. */
export interface Series {
  readonly of: string;
  readonly values: readonly number[];
  /** The cost of one of them. */
  readonly cost?: Cost;
}

/** The rates of several rounds, with the median cost. */
export const seriesOf = (of: string, runs: readonly Run[]): Series => ({
  of,
  values: runs.map(({ perSecond }) => perSecond),
  cost: medianCost(runs),
});

export interface Finding {
  /** The measure's name, and what of it this is. */
  readonly name: string;
  readonly unit: string;
  readonly ours: Series;
  readonly baseline?: Series;
  /** A ratio of medians, or the median where there is no baseline. */
  readonly result: number;
  /** The smallest and the largest result of a single round. */
  readonly spread: readonly [number, number];
  readonly wanted?: Wanted;
}

export type Wanted = { readonly atLeast: number } | { readonly atMost: number };

type Label = Pick<Finding, 'name' | 'unit' | 'wanted'>;

/** Ours divided by the baseline; rounds are compared pair by pair for the spread. */
export function ratio(label: Label, ours: Series, baseline: Series): Finding {
  const rounds = ours.values.map((value, index) => value / (baseline.values[index] ?? median(baseline.values)));
  const result = median(ours.values) / median(baseline.values);
  return { ...label, ours, baseline, result, spread: [Math.min(...rounds), Math.max(...rounds)] };
}

/** A figure without a baseline. */
export function figure(label: Label, ours: Series): Finding {
  return { ...label, ours, result: median(ours.values), spread: [Math.min(...ours.values), Math.max(...ours.values)] };
}

/** Undefined where there is no target. */
export function isReached({ result, wanted }: Finding): boolean | undefined {
  if (!wanted) return undefined;
  return 'atLeast' in wanted ? result >= wanted.atLeast : result <= wanted.atMost;
}
