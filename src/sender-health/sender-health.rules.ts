/** Whether what a sender sends is still wanted: rates of bounces and complaints, and their limits. Pure. */
import type { PauseReason } from '../consent/index.js';

/** What became of the messages that a sender sent within the days that count. */
export interface HealthCounts {
  readonly sent: number;
  /** That bounced for good. */
  readonly bounces: number;
  readonly complaints: number;
}

/** Shares between 0 and 1. */
export interface HealthLimits {
  readonly bounceRate: number;
  readonly complaintRate: number;
  /** Fewer messages count as so many: of the first ten, one bounce says nothing. */
  readonly leastMessages: number;
}

export interface HealthRates {
  readonly bounceRate: number;
  readonly complaintRate: number;
}

/** The rates that are compared with the limits, to six places. */
export function ratesOf({ sent, bounces, complaints }: HealthCounts, { leastMessages }: HealthLimits): HealthRates {
  const whole = Math.max(sent, leastMessages);
  const share = (part: number): number => Math.round((part / whole) * 1e6) / 1e6;
  return { bounceRate: share(bounces), complaintRate: share(complaints) };
}

/** Why marketing from a sender must be paused; undefined while both rates are within their limits. */
export function tooMany(counts: HealthCounts, limits: HealthLimits): PauseReason | undefined {
  const whole = Math.max(counts.sent, limits.leastMessages);
  if (counts.complaints > limits.complaintRate * whole) return 'complaints';
  return counts.bounces > limits.bounceRate * whole ? 'bounces' : undefined;
}

/** What is well enough to be resumed: half the way to the limits, so that it is not paused again at once. */
const RECOVERED = 0.5;

export const hasRecovered = (counts: HealthCounts, limits: HealthLimits): boolean =>
  tooMany(counts, {
    ...limits,
    bounceRate: limits.bounceRate * RECOVERED,
    complaintRate: limits.complaintRate * RECOVERED,
  }) === undefined;
