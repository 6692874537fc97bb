/** Which variant of a test wins, and how sure that is. Pure. */

export const METRICS = ['clicks', 'opens', 'none'] as const;
export type Metric = (typeof METRICS)[number];

/** Why a variant goes to the rest: what was measured, or what else decided. */
export const REASONS = ['clicks', 'opens', 'tie', 'too_few', 'no_metric', 'expired', 'by_hand'] as const;
export type Reason = (typeof REASONS)[number];

/** What one variant's test group did: people, each once. */
export interface Figures {
  readonly place: number;
  readonly delivered: number;
  /** Who clicked, or opened, by the metric. */
  readonly engaged: number;
}

export interface Verdict {
  /** The variant's place. */
  readonly winner: number;
  readonly reason: Reason;
  /** 0 to 99; null where there is nothing to be sure of, or too little for the test. */
  readonly confidencePercent: number | null;
}

/** Fewer expected on either side, and the normal distribution says nothing. */
const LEAST_EXPECTED = 5;
const MOST_PERCENT = 99;

/**
 * The variant with the highest rate of those that were delivered. The first goes where the best are level, where one has fewer delivered than
 * `minimum`, and where nothing is measured.
 */
export function verdictOf(figures: readonly Figures[], metric: Metric, minimum: number): Verdict {
  const [first] = figures;
  if (!first) throw new Error('A test has variants');
  const byDefault = (reason: Reason): Verdict => ({ winner: first.place, reason, confidencePercent: null });
  if (metric === 'none') return byDefault('no_metric');
  if (figures.some(({ delivered }) => delivered < Math.max(minimum, 1))) return byDefault('too_few');
  const [best = first, ...others] = figures.toSorted((one, other) => rateOf(other) - rateOf(one));
  if (others.some((other) => isLevel(best, other))) return { ...byDefault('tie'), winner: firstOf(figures, best) };
  return { winner: best.place, reason: metric, confidencePercent: confidenceOf(best, others) };
}

/**
 * How sure it is that the best differs from every other: 100 less the chance, in percent, of so large a difference if it did not. By the
 * two-proportion z-test with a pooled rate, two-sided, against the closest; for each further variant the chance counts once more (Bonferroni).
 */
export function confidenceOf(best: Figures, others: readonly Figures[]): number | null {
  const chances = others.map((other) => chanceOf(best, other));
  if (chances.length === 0 || chances.includes(null)) return null;
  const chance = Math.max(...chances.map((one) => one ?? 1)) * others.length;
  return Math.min(MOST_PERCENT, Math.floor(100 * Math.max(0, 1 - chance)));
}

const rateOf = ({ delivered, engaged }: Figures): number => engaged / delivered;
/** In whole numbers: a quotient may differ in its last bit. */
const isLevel = (one: Figures, other: Figures): boolean =>
  one.engaged * other.delivered === other.engaged * one.delivered;
const firstOf = (figures: readonly Figures[], best: Figures): number =>
  figures.find((one) => isLevel(one, best))?.place ?? best.place;

/** Of a difference at least so large between two that are alike; null where too few are expected to engage, or not to. */
function chanceOf(one: Figures, other: Figures): number | null {
  const rate = (one.engaged + other.engaged) / (one.delivered + other.delivered);
  const fewest = Math.min(one.delivered, other.delivered) * Math.min(rate, 1 - rate);
  if (fewest < LEAST_EXPECTED) return null;
  const deviation = Math.sqrt(rate * (1 - rate) * (1 / one.delivered + 1 / other.delivered));
  return outside(Math.abs(rateOf(one) - rateOf(other)) / deviation);
}

/** Of the normal distribution, both tails beyond z: erfc(z / √2) by Abramowitz and Stegun, 7.1.26, to 1.5e-7. */
function outside(z: number): number {
  const x = z / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const series = [1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592].reduce(
    (sum, coefficient) => (sum + coefficient) * t,
    0,
  );
  return series * Math.exp(-x * x);
}
