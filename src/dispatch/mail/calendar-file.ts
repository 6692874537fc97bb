/** The calendar file of an email (RFC 5545, RFC 5546): an invitation, a later version of it, or its cancellation. */
import ical, { ICalAttendeeStatus, ICalCalendarMethod, ICalEventStatus } from 'ical-generator';
import type { StoredCalendar } from '../../ledger/index.js';

/** Who takes part: the person, in what the sender organises. */
export interface Participants {
  readonly organizer: { readonly name: string | null; readonly address: string };
  readonly attendee: string;
}

/**
 * The same for the same entry, wherever it is made: times are in UTC (the library writes the host's wall clock where a zone is named). A
 * calendar replaces what it has under a `uid` by what has a higher sequence, and takes it out by a CANCEL.
 */
export function calendarFile(entry: StoredCalendar, { organizer, attendee }: Participants): Buffer {
  const { method, uid, sequence, title, startsAt, endsAt, description, location, url, stampedAt } = entry;
  const isCancelled = method === 'CANCEL';
  const calendar = ical({
    prodId: { company: 'Callboard', product: 'Callboard', language: 'EN' },
    method: isCancelled ? ICalCalendarMethod.CANCEL : ICalCalendarMethod.REQUEST,
  });
  calendar.createEvent({
    id: uid,
    sequence,
    start: new Date(startsAt),
    end: new Date(endsAt),
    stamp: new Date(stampedAt),
    summary: title,
    status: isCancelled ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
    organizer: { name: organizer.name ?? organizer.address, email: organizer.address },
    attendees: [{ email: attendee, rsvp: false, status: ICalAttendeeStatus.NEEDSACTION }],
    ...(description !== undefined && { description }),
    ...(location !== undefined && { location }),
    ...(url !== undefined && { url: unescaped(url) }),
  });
  return Buffer.from(calendar.toString());
}

/** The library puts a backslash before what is special in texts, and readers of URLs keep it. */
const unescaped = (url: string): string =>
  new URL(url).href.replace(/[,;\\]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
