/**
 * What `npm run bench -- --only capacity` measured on 2026-11-30: two cores (AMD EPYC) that others used too (load 8; 13 for delivery
 * reports), PostgreSQL 18.4, Node 24.21. Processor time hardly depends on the load, rates do.
 */

/** Calls under way of one process to Twilio, or to Plivo. */
export const CONNECTIONS = 128;

/** Microseconds, and bytes. `database` of a text is from its acceptance until it is counted. */
export const MEASURED = {
  fast: { batch: 100, service: 217, database: 188 },
  limited: { batch: 3.55, service: 487, database: 737 },
  text: { database: 240, log: 5_059, disk: 2_156 },
  report: { service: 579, database: 471, log: 2_054, disk: 1_150 },
} as const;

/** Campaigns of texts by one worker, and how many a second it sent. The limit is what the lane or the provider sets. */
export const MEASURED_CAMPAIGNS = [
  { name: 'a lane of 400 a second', messages: 3_000, rate: 400, answerMs: 1, perSecond: 399 },
  { name: 'answers after 200 ms', messages: 3_000, rate: 10_000, answerMs: 200, perSecond: 542 },
  { name: 'answers after 1,000 ms', messages: 3_000, rate: 10_000, answerMs: 1_000, perSecond: 119 },
] as const;
