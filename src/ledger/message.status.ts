/** The whole life of a message on one screen. */

export const STATUSES = [
  ...(['scheduled', 'queued', 'sending', 'unknown', 'sent', 'failed', 'delivered', 'undelivered', 'read'] as const),
  ...(['skipped_no_consent', 'blocked_opted_out', 'suppressed', 'expired', 'cancelled'] as const),
] as const;
export type MessageStatus = (typeof STATUSES)[number];

/**
 * How much a status knows. News moves a message only upwards, so the end is the same in whatever order it comes, late or
 * repeated: a delivery report outranks `sent`, a bounce after delivery outranks the delivery, and a person who read the
 * message outranks all that a carrier says. What we stopped ourselves never left and hears no news.
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

/** Waiting in the line: may still be cancelled. */
export const WAITING: readonly MessageStatus[] = ['scheduled', 'queued'];

/** Proof that the provider took the message. */
export const PROVES_SENT: readonly MessageStatus[] = ['sent', 'delivered', 'undelivered', 'read'];

/** Nothing more is expected, though late news may still come. */
export const SETTLED: readonly MessageStatus[] = STATUSES.filter((status) => RANK[status] > RANK.sent);

/** Ends that did not reach anyone: the message may be sent anew, as a message of its own. */
export const RESENDABLE: readonly MessageStatus[] = [
  'failed',
  'undelivered',
  'expired',
  'cancelled',
  'suppressed',
  'skipped_no_consent',
];

/** Ends after which the message's fallback is sent: the person was not reached, and nothing says that they do not want to be. */
export const FALLS_BACK: readonly MessageStatus[] = ['failed', 'undelivered', 'suppressed', 'skipped_no_consent'];

/** Reasons of such ends that do say so, or say that the person may have been reached. */
export const HOLDS_BACK: readonly string[] = ['complaint', 'opted_out_at_provider', 'never_known'];

/** Words of ours as a list in SQL. */
export const quoted = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(', ');

/** True when news of `to` changes a message that is `from`. */
export const outranks = (to: MessageStatus, from: MessageStatus): boolean => RANK[to] > RANK[from];
