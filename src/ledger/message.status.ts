/** All message statuses and their ranks. */

export const STATUSES = [
  ...(['scheduled', 'queued', 'sending', 'unknown', 'sent', 'failed', 'delivered', 'undelivered', 'read'] as const),
  ...(['skipped_no_consent', 'blocked_opted_out', 'suppressed', 'expired', 'cancelled'] as const),
] as const;
export type MessageStatus = (typeof STATUSES)[number];

/**
 * How conclusive a status is. Reports move a message only upwards, so the result is the same in any order, late or repeated: a
 * delivery report outranks `sent`, a bounce after delivery outranks the delivery, and a read receipt outranks any carrier
 * report. What we stopped ourselves was never sent and accepts no reports.
 */
export const RANK: Readonly<Record<MessageStatus, number>> = {
  scheduled: 0,
  queued: 0,
  sending: 1,
  unknown: 2,
  sent: 3,
  failed: 4,
  delivered: 5,
  undelivered: 6,
  read: 7,
  skipped_no_consent: 9,
  blocked_opted_out: 9,
  suppressed: 9,
  expired: 9,
  cancelled: 9,
};

/** In the pending queue: may still be cancelled. */
export const WAITING: readonly MessageStatus[] = ['scheduled', 'queued'];

/** Proof that the provider took the message. */
export const PROVES_SENT: readonly MessageStatus[] = ['sent', 'delivered', 'undelivered', 'read'];

/** Nothing more is expected, though a late report may still come. */
export const SETTLED: readonly MessageStatus[] = STATUSES.filter((status) => RANK[status] > RANK.sent);

/** Final statuses that reached nobody: the message may be re-sent, as a new message. */
export const RESENDABLE: readonly MessageStatus[] = [
  'failed',
  'undelivered',
  'expired',
  'cancelled',
  'suppressed',
  'skipped_no_consent',
];

/** Final statuses followed by the message's fallback: the person was not reached, and has not objected. */
export const FALLS_BACK: readonly MessageStatus[] = ['failed', 'undelivered', 'suppressed', 'skipped_no_consent'];

/** Reasons that rule a fallback out: the person objected or may have, or may have been reached. */
export const HOLDS_BACK: readonly string[] = ['complaint', 'manual', 'erased', 'opted_out_at_provider', 'never_known'];

/** Our codes as a list in SQL. */
export const quoted = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(', ');

/** True if a report of `to` changes a message that is `from`. */
export const outranks = (to: MessageStatus, from: MessageStatus): boolean => RANK[to] > RANK[from];
