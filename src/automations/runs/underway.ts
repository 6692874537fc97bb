/** A run while its steps are made, and how it ends: an offer is held until it lapses. */
import type { MessageReason } from '../../ledger/index.js';
import type { Position, Sight } from './engine.rules.js';
import type { PreparedRun } from './run-preparation.js';
import type { LastMessage } from './run-reports.js';
import type { EndStatus, LogEntry, RunStatus } from './run-row.js';
import type { OfferMade } from './waitlist.rules.js';

export interface Underway {
  readonly run: PreparedRun;
  position: Position;
  messageId: string | null;
  entries: LogEntry[];
  outcome: Outcome | undefined;
  /** Why what it has sent is taken back if it ends; undefined: it ends by its rule, and that goes. */
  recall: MessageReason | undefined;
}

export interface Outcome {
  readonly status: RunStatus;
  readonly reason: string | null;
  readonly dueAt: Date | null;
  readonly awaits: boolean;
  readonly spreadAfter: string | null;
  /** How it ends once all that it has sent has left. */
  readonly endsAs?: EndStatus;
}

export const isOpen = ({ outcome }: Underway): boolean => outcome === undefined;

export const clocksOf = (
  { sight: { moments, eventZone } }: PreparedRun,
  now: Date,
): Pick<Sight, 'now' | 'moments' | 'eventZone'> => ({
  now,
  moments,
  eventZone,
});

/** An offer, with what is known of it by now. */
export interface OfferNow extends OfferMade {
  readonly messages: readonly LastMessage[];
}

/** Nobody knows of the offer: whoever is next on the list is asked at once. */
export const NOT_REACHED = 'not_reached';

export function finish(run: Underway, { status, reason }: Pick<Outcome, 'status' | 'reason'>, now: Date): void {
  if (reason !== null) run.entries.push({ at: now.toISOString(), path: '', what: 'ended', reason });
  endNow(run, { status, reason });
}

/** An end that was held, and in the log by then. */
export function endNow(run: Underway, { status, reason }: Pick<Outcome, 'status' | 'reason'>): void {
  run.outcome = { status, reason, dueAt: null, awaits: false, spreadAfter: null };
}

/** It has come to its end, and this message is to be sent yet: it is looked at when that has moved, or something has happened. */
export function holdEnd(
  run: Underway,
  {
    status,
    reason,
    messageId,
  }: { readonly status: EndStatus; readonly reason: string | null; readonly messageId: string },
  now: Date,
): void {
  const { row } = run.run;
  // One that nobody has watched may have moved since it was read: it is looked at once more.
  const isWatched =
    (row.ends_as !== null && messageId === row.message_id) ||
    run.entries.some((entry) => entry.messageId === messageId);
  run.messageId = messageId;
  run.outcome = {
    status: 'waiting',
    reason,
    dueAt: isWatched ? null : now,
    awaits: true,
    spreadAfter: null,
    endsAs: status,
  };
}

/** Nothing more is sent, and the offer stands until it lapses: its message may yet fail, and its holder leave the list. */
export function keepOffer(run: Underway, { until, messages }: OfferNow, reason: string | null, now: Date): void {
  const { row, program } = run.run;
  const end = program.instructions.length;
  if (reason !== null && row.place < end) run.entries.push({ at: now.toISOString(), path: '', what: 'ended', reason });
  if (run.position.place < end) run.position = { place: end, waitingSince: now, reach: null, passed: [] };
  const told = messages.filter(({ report }) => report !== 'missed');
  const { id = null } = told.find((message) => message.id === run.messageId) ?? told[0] ?? {};
  run.messageId = id;
  // One that nobody has watched may have failed since it was read: it is looked at once more.
  const isWatched = id === row.message_id || run.entries.some(({ messageId }) => messageId === id);
  run.outcome = { status: 'waiting', reason: null, dueAt: isWatched ? until : now, awaits: true, spreadAfter: null };
}

/** With what is sent in this step; undefined if it offers nothing. */
export function offerOf({ run: { offer }, entries }: Underway): OfferNow | undefined {
  if (!offer) return undefined;
  const sent = entries.flatMap(({ messageId: id }) => (id === undefined ? [] : [{ id, report: 'open' as const }]));
  const messages = [...offer.messages, ...sent];
  return {
    until: offer.until,
    isLast: offer.isLast,
    messages,
    reports: messages.map(({ report }) => report),
    wasRefused: offer.wasRefused || entries.some(({ what }) => what === 'refused'),
  };
}

/** The list of an offer that is over before it lapses. */
export const listToWake = ({ run: { offer }, outcome }: Underway): readonly string[] =>
  typeof offer?.listId === 'string' && outcome?.status === 'stopped' ? [offer.listId] : [];
