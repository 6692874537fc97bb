/** Waiting lists: whether an offer stands, and who is asked next. Pure. */
import type { HostAttendee } from '../../host-data/index.js';
import type { Report } from './engine.rules.js';

/** The status of who waits for a place. */
export const WAITLISTED = 'waitlisted';

/** In place of the status of somebody whom the platform knows, and who cannot be read. */
export const UNREADABLE = Symbol('unreadable');

/** An offer, as the list knows it. */
export interface OfferSeen {
  /** Of its holder; undefined: the platform does not know them any more. */
  readonly status: string | typeof UNREADABLE | undefined;
  /** Its own run was stopped: it reached nobody, or they do not want it. */
  readonly isStopped: boolean;
  readonly lapses: Date;
}

/** The holder has it yet; they have taken the place; or somebody else is asked. */
export type Standing = 'stands' | 'taken' | 'over';

/** One record that cannot be read keeps the list from nothing: its offer lapses. */
export function standingOf({ status, isStopped, lapses }: OfferSeen, now: Date): Standing {
  if (status === undefined || status === 'cancelled') return 'over';
  if (status !== WAITLISTED && status !== UNREADABLE) return 'taken';
  return isStopped || lapses <= now ? 'over' : 'stands';
}

/** The first who waits for a place and is not passed over. */
export const firstInLine = (
  people: readonly HostAttendee[],
  passedOver: ReadonlySet<string>,
): HostAttendee | undefined => people.find(({ id, status }) => status === WAITLISTED && !passedOver.has(id));

/** Who has left the list, or has a place, is offered none. */
export const offTheList = (
  attendee: Pick<HostAttendee, 'status'> | undefined,
): 'attendee_status_changed' | undefined =>
  attendee && attendee.status !== WAITLISTED ? 'attendee_status_changed' : undefined;

/** An offer, as its own run knows it. */
export interface OfferMade {
  readonly until: Date;
  /** The list has asked nobody else since. */
  readonly isLast: boolean;
  /** Of each message about it. */
  readonly reports: readonly Report[];
  /** A message about it was refused. */
  readonly wasRefused: boolean;
}

/** What becomes of the run of an offer: what its rule says; it is held until the offer lapses; or it ends, since nobody knows of the offer. */
export type Fate = 'as_ruled' | 'held' | 'not_reached';

/** Their holder has the offer no more, whatever they were told. */
const ENDING: readonly string[] = [
  'attendee_cancelled',
  'attendee_status_changed',
  'attendee_unknown',
  'event_cancelled',
  'event_unknown',
  'offer_over',
];
const endsOffer = (reason: string): boolean => ENDING.includes(reason) || reason.startsWith('event ');

/** Its holder left the list and came back, and the place has gone to somebody else: nothing more is said of it. */
export const wentOn = ({ until, isLast }: Pick<OfferMade, 'until' | 'isLast'>, now: Date): 'offer_over' | undefined =>
  isLast || until <= now ? undefined : 'offer_over';

/** Of a run that is about to wait. */
export const fateInWaiting = (offer: OfferMade): Fate =>
  isTold(offer) || !isTried(offer) ? 'as_ruled' : 'not_reached';

/** Of a run that is about to end, for this reason. */
export function fateAtEnd(offer: OfferMade, reason: string | null, now: Date): Fate {
  if (reason !== null && endsOffer(reason)) return 'as_ruled';
  if (isTold(offer)) return now < offer.until ? 'held' : 'as_ruled';
  return reason === null ? 'not_reached' : 'as_ruled';
}

const isTold = ({ reports }: OfferMade): boolean => reports.some((report) => report !== 'missed');
const isTried = ({ reports, wasRefused }: OfferMade): boolean => wasRefused || reports.length > 0;
