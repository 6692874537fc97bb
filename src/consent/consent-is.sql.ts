/** Whether a venue has this consent of an address, asked of a whole set. */

/** SQL expressions, with their types. */
interface ConsentQuestion {
  readonly venue: string;
  /** As `consentChannel` names it. */
  readonly channel: string;
  readonly address: string;
}

/** A condition. Without a decision the status is `unknown`. */
export function consentIs(
  status: 'opted_in' | 'opted_out' | 'unknown',
  { venue, channel, address }: ConsentQuestion,
): string {
  const decision = `select from consent where consent.venue_id = ${venue} and consent.channel = ${channel} and consent.address = ${address}`;
  return status === 'unknown' ? `not exists (${decision})` : `exists (${decision} and consent.status = '${status}')`;
}
