/** A notice on its way to one target, and what came of an attempt. */
import type { Language, Letters } from './letter.js';

export const DELIVERY_CHANNELS = ['url', 'email'] as const;
export type DeliveryChannel = (typeof DELIVERY_CHANNELS)[number];

/** `refused`: the target will never take it. `given_up`: it took nothing for a day. */
export const DELIVERY_STATES = ['waiting', 'delivered', 'refused', 'given_up'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** A delivery that this process has claimed, with its notice. */
export interface Delivery {
  readonly id: string;
  /** Of this claim: a process that has lost it records nothing. */
  readonly claim: string;
  readonly noticeId: string;
  readonly kind: string;
  readonly tenantId: string | null;
  readonly toOperator: boolean;
  /** A URL or an email address: personal data. */
  readonly address: string;
  readonly language: Language;
  /** This one included. */
  readonly attempts: number;
  readonly payload: object;
  readonly letters: Letters;
  readonly createdAt: Date;
}

/** What came of an attempt. `error` is a word or a code, and never what a target said. */
export type Verdict =
  /** `accountId`: through which of the platform's accounts, where it is an email. */
  | { readonly kind: 'delivered'; readonly accountId?: string }
  /** It is not tried again. */
  | { readonly kind: 'refused'; readonly error: string }
  /** It is tried again, and `retryAfterMs` is what the target asked for. */
  | { readonly kind: 'failed'; readonly error: string; readonly retryAfterMs?: number };

/** In the place of a host for all emails: no host is written with a colon at its end. */
export const BY_EMAIL = 'email:';
