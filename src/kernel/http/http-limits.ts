/** How much the API takes at once, as the environment says it. */
import type { EnvironmentReader } from '../config/environment-reader.js';

export interface HttpLimits {
  /** Requests in work at once, but for those with large bodies. */
  readonly requests: number;
  /** Requests with large bodies, such as batches, in work at once. */
  readonly batches: number;
  /** Open connections. */
  readonly connections: number;
  /** Within which the headers of a request, and then its body, have to have come; not what is streamed. */
  readonly arrivalSeconds: number;
}

/** Requests in a minute: of one key by what they do, and of one address; 0 for no limit. */
export interface Rates {
  readonly send: number;
  readonly read: number;
  readonly write: number;
  readonly address: number;
}

const MOST = 10_000_000;

export const readRates = (read: EnvironmentReader): Rates => ({
  send: read.integer('CALLBOARD_KEY_SENDS_PER_MINUTE', 60_000, 0, MOST),
  read: read.integer('CALLBOARD_KEY_READS_PER_MINUTE', 12_000, 0, MOST),
  write: read.integer('CALLBOARD_KEY_WRITES_PER_MINUTE', 6_000, 0, MOST),
  address: read.integer('CALLBOARD_ADDRESS_REQUESTS_PER_MINUTE', 120_000, 0, MOST),
});

/** As the variables say, or their defaults. */
export const readHttpLimits = (read: EnvironmentReader): HttpLimits => ({
  requests: read.integer('CALLBOARD_MAX_REQUESTS', 256, 1, 10_000),
  batches: read.integer('CALLBOARD_MAX_BATCHES', 4, 1, 100),
  connections: read.integer('CALLBOARD_MAX_CONNECTIONS', 10_000, 10, 100_000),
  arrivalSeconds: read.integer('CALLBOARD_REQUEST_SECONDS', 30, 1, 300),
});
