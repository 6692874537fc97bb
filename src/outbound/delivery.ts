/** An event on its way to one endpoint. */
import type { EventType } from './event-types.js';

/** `refused`: the endpoint is gone, or the event is. `given_up`: it was not taken for a day. */
export const DELIVERY_STATES = ['waiting', 'delivered', 'refused', 'given_up'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** A delivery that this process has claimed. */
export interface Delivery {
  readonly id: string;
  /** Of this claim: a process that has lost it records nothing. */
  readonly claim: string;
  readonly type: EventType;
  /** What it happened to: a message, one that was received, or a person's consent. Of one subject events keep their order. */
  readonly subjectId: string;
  /** The event's own id in its log, by which those of a subject are ordered. */
  readonly fact: string;
  /** Of an event of the ledger. */
  readonly seq: string | null;
  readonly isTest: boolean;
  /** PostgreSQL text. */
  readonly happenedAt: string;
  /** This one included. */
  readonly attempts: number;
}

/** An attempt in the log of a delivery. */
export interface Attempt {
  /** ISO 8601. */
  readonly at: string;
  /** From the look-up of the name to the headers of the answer. */
  readonly ms: number;
  /** A word or a code, and never what a receiver said; null if it was taken. */
  readonly error: string | null;
}
