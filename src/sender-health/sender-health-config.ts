/** When marketing from a sender is paused, and how that ends. */
import type { EnvironmentReader } from '../kernel/index.js';
import type { HealthLimits } from './sender-health.rules.js';

export const RESUMPTIONS = ['by-hand', 'by-rule'] as const;
/** `by-rule`: also by itself, once both rates are at half of their limits or below. */
export type Resumption = (typeof RESUMPTIONS)[number];

export interface SenderHealthSettings extends HealthLimits {
  /** Messages sent within so many days count. */
  readonly days: number;
  readonly resumption: Resumption;
}

export interface SenderHealthConfig {
  readonly senderHealth: SenderHealthSettings;
}

/** The token of the settings. */
export const SENDER_HEALTH = Symbol('SENDER_HEALTH');

/** Longer, and the volumes would have to be kept for longer. */
export const MOST_DAYS = 30;

const PERCENT = /^(100(\.0+)?|\d{1,2}(\.\d{1,4})?)$/;

/** Reads the variables about senders' health. Reports their errors. */
export function readSenderHealth(read: EnvironmentReader): SenderHealthConfig {
  const share = (name: string, percent: string): number =>
    Number(read.matching(name, PERCENT, 'a percentage from 0 to 100, such as 0.1') ?? percent) / 100;
  return {
    senderHealth: {
      bounceRate: share('SENDER_BOUNCE_PERCENT', '5'),
      complaintRate: share('SENDER_COMPLAINT_PERCENT', '0.1'),
      leastMessages: read.integer('SENDER_HEALTH_LEAST', 1_000, 1, 1_000_000),
      days: read.integer('SENDER_HEALTH_DAYS', 7, 1, MOST_DAYS),
      resumption: read.oneOf('SENDER_RESUMPTION', RESUMPTIONS, 'by-hand'),
    },
  };
}
