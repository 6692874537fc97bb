/** Divides a run that is for many people: into one for everybody who attends, or for one after another on a waiting list. */
import { Injectable } from '@nestjs/common';
import {
  HostData,
  HostRecordUnreadable,
  type HostAttendee,
  type HostRecords,
  type HostRefs,
} from '../../host-data/index.js';
import { later } from '../rules/durations.js';
import type { Program } from '../rules/program.js';
import type { Position } from './engine.rules.js';
import { Offers } from './offers.js';
import type { RunRow } from './run-row.js';
import { firstInLine, standingOf, UNREADABLE, WAITLISTED, type OfferSeen } from './waitlist.rules.js';

/** People at once. */
const PAGE = 1_000;
/** Those with such a status do not attend. */
const NOT_ATTENDING = ['cancelled', WAITLISTED];

/** An offer that is over: whose it was, and when it would have lapsed. */
interface Ended {
  readonly id: string;
  readonly lapses: Date;
}

/** What a run for many does next. */
export interface Division {
  /** Whom a run begins for. */
  readonly people: readonly HostAttendee[];
  /** Until when they have an offer; null: they have none. */
  readonly offerUntil: Date | null;
  /** After whom it goes on, and when; undefined: it is over. */
  readonly next: { readonly after: string; readonly at: Date } | undefined;
  /** Why it is over before everybody has had a turn. */
  readonly reason: 'offer_taken' | null;
  /** The offer that is over. */
  readonly ended: Ended | null;
  /** How many of these people the host has, and cannot be read. */
  readonly unreadable: number;
}

const OVER: Division = { people: [], offerUntil: null, next: undefined, reason: null, ended: null, unreadable: 0 };

@Injectable()
export class RunDivision {
  constructor(
    private readonly host: HostData,
    private readonly offers: Offers,
  ) {}

  /** Undefined for a run of one person. A page that is read twice begins nothing twice. Raises HostDataUnavailable. */
  async of(
    row: RunRow,
    program: Program,
    refs: HostRefs,
    position: Position,
    now: Date,
  ): Promise<Division | undefined> {
    if (program.to === 'customer' || row.person !== '') return undefined;
    if (refs.event_ref === null) return OVER;
    if (program.to === 'attendees') return this.everybody(row, refs.event_ref, now);
    return this.oneByOne(row, refs.event_ref, { position, offerFor: program.offerFor, now });
  }

  private async everybody(row: RunRow, eventId: string, now: Date): Promise<Division> {
    const after = row.spread_after ?? undefined;
    const page = await this.host.attendeesOf(row.tenant_id, eventId, { after, limit: PAGE });
    const { attendees, next, unreadable } = page;
    const people = attendees.filter(({ status }) => !NOT_ATTENDING.includes(status));
    return {
      ...OVER,
      people,
      next: next === undefined ? undefined : { after: next, at: now },
      unreadable: unreadable.length,
    };
  }

  /** The next person on the list, once the offer to the one before is over. */
  private async oneByOne(row: RunRow, eventId: string, turn: Turn): Promise<Division> {
    const { now, offerFor } = turn;
    const offered = await this.offered(row, turn);
    const standing = offered && standingOf(offered, now);
    if (offered && standing === 'taken') return { ...OVER, reason: 'offer_taken', ended: offered };
    if (offered && standing === 'stands') return { ...OVER, next: { after: offered.id, at: offered.lapses } };
    const ended = offered ?? null;
    const person = await this.nextOnList(row, eventId, now);
    if (!person) return { ...OVER, ended };
    const until = later(now, offerFor, 'UTC');
    return { ...OVER, people: [person], offerUntil: until, next: { after: person.id, at: until }, ended };
  }

  /** Undefined if nobody has been asked yet. */
  private async offered(
    row: RunRow,
    { position: { waitingSince }, offerFor }: Turn,
  ): Promise<(OfferSeen & Ended) | undefined> {
    const { spread_after: id } = row;
    if (id === null || !waitingSince) return undefined;
    const records = await this.host.read(row.tenant_id, [{ kind: 'attendee', id }]);
    const isStopped = await this.offers.isStopped(row, id);
    return { id, status: statusIn(records, id), isStopped, lapses: later(waitingSince, offerFor, 'UTC') };
  }

  /** From whoever was asked last to the end, then from the beginning: some may have come before them meanwhile. */
  private async nextOnList(row: RunRow, eventId: string, now: Date): Promise<HostAttendee | undefined> {
    for (const start of new Set([row.spread_after ?? undefined, undefined])) {
      let after = start;
      do {
        const page = await this.host.attendeesOf(row.tenant_id, eventId, { after, limit: PAGE });
        const passedOver = await this.offers.passedOver(
          row,
          page.attendees.map(({ id }) => id),
          now,
        );
        const found = firstInLine(page.attendees, passedOver);
        if (found) return found;
        after = page.next;
      } while (after !== undefined);
    }
    return undefined;
  }
}

interface Turn {
  readonly position: Position;
  readonly offerFor: string;
  readonly now: Date;
}

function statusIn(records: HostRecords, attendeeId: string): string | typeof UNREADABLE | undefined {
  try {
    return records.get('attendee', attendeeId)?.status;
  } catch (error) {
    if (error instanceof HostRecordUnreadable) return UNREADABLE;
    throw error;
  }
}
