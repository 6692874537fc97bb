/** How much one part of a template may be and do. */
export const LIMITS = {
  /** Characters of source. Gmail cuts a mail at 102 KB. */
  source: 128 * 1024,
  /** Liquid tags and outputs. */
  tags: 5_000,
  /** Tags within tags. */
  depth: 50,
  /** Characters and list entries made in one rendering: by filters, ranges, captures and the output, taken together. */
  made: 1_000_000,
  /** Milliseconds of one rendering by the clock, and once they are over, as many again of the processor's time. */
  milliseconds: 100,
} as const;
