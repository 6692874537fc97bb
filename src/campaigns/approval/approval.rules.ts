/** What an approval is bound to, and when it no longer holds. */
import { createHash } from 'node:crypto';

/** How many more people than were approved may be written to, as lists change a little every day. */
const MAY_GROW_PERCENT = 10;

/** A text that goes by a sender. */
export interface ApprovedText {
  readonly channel: string;
  readonly templateKey: string;
  readonly templateVersionId: string;
  readonly senderAddress: string;
}

/** All that a campaign sends, to whom and how, but for the time at which it starts. */
export interface ApprovedContent {
  readonly texts: readonly ApprovedText[];
  /** The share of each, where they are variants. */
  readonly shares: readonly number[];
  readonly test: object | null;
  readonly category: string;
  readonly venueId: string;
  readonly audienceId: string;
  readonly segmentRule: object | null;
  readonly frequencyCapDays: number | null;
  readonly attachments: readonly object[];
  readonly usePreferredChannel: boolean;
  readonly expiresAt: string | null;
}

/** When a campaign starts that is scheduled. */
export interface ApprovedStart {
  readonly scheduledAt: string | null;
  readonly localTime: string | null;
  readonly ifPast: string | null;
}

/** The same of equal contents, whatever the order in which their fields were given; without a start it is of any. */
export function digestOf(content: ApprovedContent, start: ApprovedStart | null): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted({ content, start })))
    .digest('hex');
}

/** How many people may be written to by an approval for so many. */
export const mostOf = (people: number): number => people + Math.floor((people * MAY_GROW_PERCENT) / 100);

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(
    fields.toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([name, field]) => [name, sorted(field)]),
  );
}
