/** Limits of one part of a template. */
export const LIMITS = {
  /** Characters of source. Gmail cuts a mail at 102 KB. */
  source: 128 * 1024,
  /** Liquid tags and outputs. */
  tags: 5_000,
  /** Nesting of tags. */
  depth: 50,
  /** Characters and list entries produced by one rendering: filters, ranges, captures and output together. */
  made: 1_000_000,
  /** Milliseconds of wall time per rendering, all parts together, then as many again of CPU time. */
  milliseconds: 100,
} as const;

/** What a rendering may take of the event loop: beyond, it goes on in a thread. */
export const BRIEF = { made: 200_000, milliseconds: 15 } as const;
