/** Automatic replies, such as out-of-office messages, which Amazon SES reports as bounces; Resend sends through SES. */

/** A bounce in SES's classification. */
export interface BounceReport {
  readonly type: string;
  readonly subType: string;
  /** It has a field of a delivery status notification (RFC 3464): action, status or diagnostic code. */
  readonly hasStatus: boolean;
}

/**
 * Whether a bounce is an automatic reply to a message that arrived. SES cannot tell such a reply from a bounce and reports it as
 * a general one, but it comes as ordinary mail: without the status that a mail server gives when it rejects a message. It
 * follows a delivery by its nature, whether or not that has been reported yet.
 */
export const isAutomaticReply = ({ type, subType, hasStatus }: BounceReport): boolean =>
  !hasStatus && (type === 'Undetermined' || (type === 'Transient' && VAGUE.has(subType)));

const VAGUE: ReadonlySet<string> = new Set(['General', 'Undetermined']);
