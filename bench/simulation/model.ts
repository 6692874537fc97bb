/** What is simulated: lanes, workers and a database, as a deployment has them. */

/** Processor time of a batch, in microseconds: something for each batch, and more for each of its messages. */
export interface BatchCost {
  readonly batch: number;
  readonly message: number;
}

export interface Costs {
  /** In a worker: to render, call and read the answer. */
  readonly worker: BatchCost;
  /** In PostgreSQL, by step. */
  readonly claim: BatchCost;
  readonly begin: BatchCost;
  readonly record: BatchCost;
  /** In PostgreSQL for each message afterwards: counted, priced, summed up, and its reports applied. */
  readonly afterwards: number;
}

export interface LaneModel {
  readonly name: string;
  /** Units a second. */
  readonly rate: number;
  /** Messages in one call. */
  readonly perCall: number;
  /** Messages of a campaign that wait at the beginning. */
  readonly campaign?: number;
  /** Transactional messages a second, which come by chance. */
  readonly tickets?: number;
  /** How long the provider takes to answer a call, in milliseconds. */
  readonly latency: { readonly shortest: number; readonly median: number };
}

export interface Scenario {
  readonly seed: number;
  readonly lanes: readonly LaneModel[];
  readonly workers: number;
  /** Calls that a worker has under way at most, to the provider that all these lanes are of. */
  readonly connections: number;
  /** Processors of PostgreSQL. */
  readonly databaseCores: number;
  readonly costs: Costs;
  /** How long it lasts. */
  readonly seconds: number;
  /** A worker is killed at this second, and no other takes its place. */
  readonly killAt?: number;
}

export interface LaneResult {
  readonly name: string;
  readonly sent: number;
  /** From the first message until the last, or to the end. */
  readonly perSecond: number;
  /** When the last message of its campaign was recorded; undefined if some are left. */
  readonly doneAfterSeconds: number | undefined;
  /** From the moment a ticket is there until its call begins, in milliseconds; undefined without tickets. */
  readonly ticketMs: { readonly p50: number; readonly p95: number; readonly longest: number } | undefined;
  /** Messages whose call had begun when their worker died. */
  readonly inDoubt: number;
}

export interface Result {
  readonly lanes: readonly LaneResult[];
  readonly perSecond: number;
  /** The share of each one's processor time that was used, of the busiest worker. */
  readonly workerLoad: number;
  readonly databaseLoad: number;
}
