/** What an escalation does next, from what became of its calls. Pure. */
import type { MessageStatus } from '../ledger/index.js';

export const ESCALATION_STATUSES = ['CALLING', 'ACKNOWLEDGED', 'REACHED', 'EXHAUSTED', 'CANCELLED'] as const;
export type EscalationStatus = (typeof ESCALATION_STATUSES)[number];

export const STEP_CHANNELS = ['voice', 'sms'] as const;
export type StepChannel = (typeof STEP_CHANNELS)[number];

/** One person to reach. */
export interface Step {
  /** Normalised. */
  readonly to: string;
  readonly channel: StepChannel;
  /** How long after the attempt the next person is tried, if nobody has acknowledged. */
  readonly waitSeconds: number;
}

/** How often a person is called who is busy, does not answer, or whose mailbox does. */
export interface RetryPolicy {
  /** Calls to one person in all. */
  readonly attempts: number;
  readonly pauseSeconds: number;
}

/** A call or a text of the escalation, and what became of it. */
export interface Attempt {
  /** From 0. */
  readonly step: number;
  /** From 1. */
  readonly attempt: number;
  /** Null: it was refused when it was to be made. */
  readonly messageId: string | null;
  readonly status: MessageStatus | null;
  readonly at: Date;
  /** When its status became final. */
  readonly settledAt: Date | null;
}

export interface EscalationFacts {
  readonly steps: readonly Step[];
  readonly retry: RetryPolicy;
  /** Only an acknowledgement ends it; otherwise whoever is reached. */
  readonly untilAcknowledged: boolean;
  /** Oldest first. */
  readonly attempts: readonly Attempt[];
}

export type Move =
  | { readonly kind: 'acknowledged'; readonly messageId: string }
  /** Somebody was reached, and nobody was asked for more. */
  | { readonly kind: 'reached'; readonly messageId: string }
  | { readonly kind: 'wait'; readonly until: Date }
  | { readonly kind: 'try'; readonly step: number; readonly attempt: number }
  | { readonly kind: 'exhausted' };

/** A key that was pressed may be reported a little after the end of its call. */
const KEY_COMES_WITHIN_MS = 5_000;

/** Whoever acknowledges ends it, also one who was called before the present person. */
export function moveOf(facts: EscalationFacts, now: Date): Move {
  const { attempts, untilAcknowledged } = facts;
  for (const { messageId, status } of attempts) {
    if (messageId !== null && status === 'read') return { kind: 'acknowledged', messageId };
    if (messageId !== null && status === 'delivered' && !untilAcknowledged) return { kind: 'reached', messageId };
  }
  const last = attempts.at(-1);
  if (!last) return { kind: 'try', step: 0, attempt: 1 };
  const step = facts.steps[last.step];
  if (!step) return { kind: 'exhausted' };
  const waitsUntil = untilOf(last, step, facts.retry);
  if (waitsUntil.getTime() > now.getTime()) return { kind: 'wait', until: waitsUntil };
  return isCalledAgain(last, step, facts.retry)
    ? { kind: 'try', step: last.step, attempt: last.attempt + 1 }
    : nextPerson(facts, last);
}

/** Until when the last attempt is waited for. */
function untilOf(last: Attempt, step: Step, retry: RetryPolicy): Date {
  const after = (from: Date, ms: number): Date => new Date(from.getTime() + ms);
  const { status, settledAt } = last;
  if (status === null) return last.at;
  if (isCalledAgain(last, step, retry)) return after(settledAt ?? last.at, retry.pauseSeconds * 1_000);
  if (IN_HAND.has(status)) return after(last.at, step.waitSeconds * 1_000);
  if (status !== 'delivered') return last.at;
  return step.channel === 'voice'
    ? after(settledAt ?? last.at, KEY_COMES_WITHIN_MS)
    : after(last.at, step.waitSeconds * 1_000);
}

/** The phone rang, and nobody was there. */
const isCalledAgain = ({ status, attempt }: Attempt, { channel }: Step, { attempts }: RetryPolicy): boolean =>
  channel === 'voice' && status === 'undelivered' && attempt < attempts;

const nextPerson = ({ steps }: EscalationFacts, { step }: Attempt): Move =>
  step + 1 < steps.length ? { kind: 'try', step: step + 1, attempt: 1 } : { kind: 'exhausted' };

/** It has no end yet. */
const IN_HAND: ReadonlySet<MessageStatus> = new Set<MessageStatus>([
  'scheduled',
  'queued',
  'sending',
  'unknown',
  'sent',
]);
