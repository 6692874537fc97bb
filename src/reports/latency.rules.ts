/** Histograms of times: buckets that grow by a factor, so that an estimate is off by a share of the time, however long it is. Pure. */

/** A bucket holds the times above the power before its own, up to its own. The first holds everything up to a millisecond. */
export const GROWTH = 1.2;

/** An estimate differs from the true time by no more than this share of it, or by a millisecond. */
export const LARGEST_ERROR = (GROWTH - 1) / (GROWTH + 1);

/** How many times a bucket holds. */
export type Histogram = readonly (readonly [bucket: number, count: number])[];

export const PERCENTILES = [50, 90, 95, 99] as const;

/** SQL: the bucket of a time in milliseconds. */
export const BUCKET = (ms: string): string =>
  `case when ${ms} <= 1 then 0 else ceil(ln(${ms}) / ln(${GROWTH})) end::smallint`;

/** Whole milliseconds that are within the error of every time of the bucket. */
export const timeOf = (bucket: number): number => Math.round((2 * GROWTH ** bucket) / (1 + GROWTH));

/** The time that so many percent do not exceed (nearest rank), in milliseconds; null where there is none. */
export function percentile(histogram: Histogram, percent: number): number | null {
  const total = histogram.reduce((sum, [, count]) => sum + count, 0);
  const rank = Math.ceil((total * percent) / 100);
  let below = 0;
  for (const [bucket, count] of histogram.toSorted(([one], [other]) => one - other)) {
    below += count;
    if (below >= rank && count > 0) return timeOf(bucket);
  }
  return null;
}
