/** Makes the steps of runs that are ready: many at once, so that they share their statements. */
import { Injectable } from '@nestjs/common';
import type { HostAttendee } from '../../host-data/index.js';
import type { MessageReason } from '../../ledger/index.js';
import { nextMove, type Move } from './engine.rules.js';
import { OFFER_UNTIL } from './fact-views.js';
import { Offers } from './offers.js';
import type { Division } from './run-division.js';
import { orderOf } from './run-messages.js';
import { MissedEvents } from './missed-events.js';
import { isUnreadable, obstacleTo, type PreparedRun } from './run-preparation.js';
import { mayGoBack, RunRecalls, takesBack } from './run-recalls.js';
import type { NewRun, RunProgress, RunRow, RunStatus } from './run-row.js';
import { RunSenders, type Sent } from './run-senders.js';
import { Runs } from './runs.js';
import {
  finish,
  isOpen,
  keepOffer,
  listToWake,
  NOT_REACHED,
  offerOf,
  type Outcome,
  type Underway,
} from './underway.js';
import { fateAtEnd, fateInWaiting, wentOn } from './waitlist.rules.js';

@Injectable()
export class RunSteps {
  constructor(
    private readonly runs: Runs,
    private readonly senders: RunSenders,
    private readonly offers: Offers,
    private readonly missed: MissedEvents,
    private readonly recalls: RunRecalls,
  ) {}

  /**
   * Until each waits or has ended, in one transaction. Before the first that has an effect beside its own row, those that are still as
   * they were read are locked; the others are left alone.
   */
  async make(prepared: readonly PreparedRun[], now: Date): Promise<void> {
    let all = prepared.map(begun);
    await this.recalls.endHeld(all, now);
    await this.catchUp(all, now);
    for (const run of all.filter(isGoingOn)) this.open(run, now);
    const lists = prepared.flatMap(({ offer }) => offer?.listId ?? []);
    if (
      lists.length > 0 ||
      all.some((run) => (isOpen(run) && hasEffects(run, now)) || takesBack(run) || mayGoBack(run, now))
    ) {
      const held = await this.runs.lock(
        all.map(({ run }) => run.row),
        lists,
      );
      all = all.filter(({ run }) => held.has(run.row.id));
    }
    await this.recalls.takeBack(all, now);
    for (const run of all.filter(isOpen)) {
      const { division } = run.run;
      if (division) run.outcome = await this.divide(run, division, now);
    }
    for (let open = all.filter(isOpen); open.length > 0; open = open.filter(isOpen)) await this.round(open, now);
    await this.recalls.holdEnds(all, now);
    await this.runs.save(all.map(progressOf));
    await this.runs.wake(all.flatMap(listToWake), now);
  }

  /** With what was said about them before they knew of it. */
  private async catchUp(all: readonly Underway[], now: Date): Promise<void> {
    const missed = await this.missed.of(all.map(({ run: { row, facts } }) => ({ row, refs: facts.refs })));
    for (const underway of all.filter(isGoingOn)) {
      const { row } = underway.run;
      const { ending = null, isNewer = false } = missed.get(row.id) ?? {};
      if (ending !== null) this.stop(underway, `event ${ending}`, 'run_stopped', now);
      else if (isNewer)
        underway.outcome = { ...(underway.outcome ?? waitingUntil(now, row.spread_after)), dueAt: now, awaits: true }; // the host is asked again
    }
  }

  /** Ends what must not begin, or go on. */
  private open(run: Underway, now: Date): void {
    const { offer } = run.run;
    const reason = obstacleTo(run.run) ?? (offer && wentOn(offer, now));
    if (reason === undefined) return;
    // What waits is tried until its record is mended.
    if (!isUnreadable(reason)) this.stop(run, reason, reason, now);
    else if (isOpen(run)) this.end(run, 'stopped', reason, now);
  }

  /** By what has happened: what it has sent, and waits, is not wanted any more. */
  private stop(run: Underway, reason: string, recall: MessageReason, now: Date): void {
    run.recall = recall;
    this.end(run, 'stopped', reason, now);
  }

  /** Begins runs for single people. */
  private async divide(underway: Underway, division: Division, now: Date): Promise<Outcome> {
    const { row } = underway.run;
    const { people, offerUntil, next, reason, ended, unreadable } = division;
    for (let count = 0; count < unreadable; count += 1) {
      underway.entries.push({ at: now.toISOString(), path: '', what: 'refused', reason: 'attendee_unreadable' });
    }
    if (ended) await this.offers.end(row.automation_id, ended.id, ended.lapses, now);
    const [first] = people;
    if (first && offerUntil && !(await this.offers.make(row.automation_id, first.id, now, offerUntil))) {
      return waitingUntil(now, row.spread_after); // somebody else has offered it to them meanwhile
    }
    await this.runs.begin(
      people.map((person) => runFor(person, row, offerUntil)),
      now,
    );
    if (offerUntil) underway.position = { ...underway.position, waitingSince: now };
    if (next) return waitingUntil(next.at, next.after);
    return { status: 'done', reason, dueAt: null, awaits: false, spreadAfter: null };
  }

  /** One move of each; the messages of all are accepted together. */
  private async round(open: readonly Underway[], now: Date): Promise<void> {
    const moves = open.map((run) => ({
      run,
      move: nextMove(run.run.program, run.position, { ...run.run.sight, ...reportOf(run), now }),
    }));
    for (const { run, move } of moves) if (move.kind !== 'send') this.apply(run, move, now);
    const sending = moves.flatMap(({ run, move }) => (move.kind === 'send' ? [{ run, move }] : []));
    const sent =
      sending.length === 0 ? [] : await this.senders.send(sending.map(({ run, move }) => orderOf(run.run, move)));
    for (const [place, { run, move }] of sending.entries()) recordSent(run, move, sent[place], now);
  }

  private apply(run: Underway, move: Exclude<Move, { kind: 'send' }>, now: Date): void {
    if (move.kind === 'end') {
      run.position = move.position;
      return this.end(run, move.status, move.reason, now);
    }
    if (move.kind === 'skip') {
      run.entries.push({ at: now.toISOString(), path: move.path, what: 'skipped', reason: move.reason });
      run.position = move.next;
      return;
    }
    const offer = offerOf(run);
    if (offer && fateInWaiting(offer) === 'not_reached')
      return finish(run, { status: 'stopped', reason: NOT_REACHED }, now);
    const path = run.run.program.instructions[move.position.place]?.path ?? '';
    const begins = move.position.place !== run.run.row.place || run.run.row.waiting_since === null;
    if (begins) {
      run.entries.push({ at: now.toISOString(), path, what: 'waits', until: move.until.toISOString() });
    }
    run.position = move.position;
    const awaits = move.awaits ?? offer !== undefined;
    run.outcome = {
      status: 'waiting',
      reason: null,
      dueAt: awaits && mayHaveMoved(run, begins) ? now : move.until,
      awaits,
      spreadAfter: null,
    };
  }

  private end(run: Underway, status: RunStatus, reason: string | null, now: Date): void {
    const offer = offerOf(run);
    const fate = offer ? fateAtEnd(offer, reason, now) : 'as_ruled';
    if (offer && fate === 'held') return keepOffer(run, offer, reason, now);
    finish(run, fate === 'not_reached' ? { status: 'stopped', reason: NOT_REACHED } : { status, reason }, now);
  }
}

/** It has not ended before: its end may be held, as long as something is to be sent. */
const isGoingOn = (run: Underway): boolean => isOpen(run) || run.outcome?.endsAs !== undefined;

/**
 * News of its message wake a run that waits for them, but not those that came after the message was read, and before the run began to
 * wait, or to follow that message: it looks once more. Of a message that is accepted in the same transaction there are none yet.
 */
const mayHaveMoved = ({ run, messageId }: Underway, begins: boolean): boolean =>
  messageId !== null && messageId === run.last?.id && (begins || messageId !== run.row.message_id);

/** It may begin other runs or send something; where its first move does not, another may. */
const hasEffects = ({ run, position }: Underway, now: Date): boolean =>
  run.division !== undefined || !['wait', 'end'].includes(nextMove(run.program, position, { ...run.sight, now }).kind);

const waitingUntil = (dueAt: Date, spreadAfter: string | null): Outcome => ({
  status: 'waiting',
  reason: null,
  dueAt,
  awaits: false,
  spreadAfter,
});

const runFor = ({ id, customerId, eventId }: HostAttendee, row: RunRow, offerUntil: Date | null): NewRun => ({
  tenant_id: row.tenant_id,
  automation_id: row.automation_id,
  version: row.version,
  venue_id: row.venue_id,
  trigger_id: row.trigger_id,
  // What was said of somebody before it was their turn on a list does not concern the offer.
  began_seq: offerUntil ? row.said_seq : row.began_seq,
  data: offerUntil ? { ...row.data, [OFFER_UNTIL]: offerUntil.toISOString() } : row.data,
  order_ref: null,
  customer_ref: customerId,
  event_ref: eventId,
  attendee_ref: id,
  person: id,
  correlation_id: row.correlation_id,
  trace: row.trace,
  stop_on: row.stop_on,
});

const begun = (run: PreparedRun): Underway => ({
  run,
  position: run.position,
  messageId: run.last?.id ?? run.row.message_id,
  entries: [],
  outcome: undefined,
  recall: undefined,
});

/** Of a message that has only just been accepted, nothing is known yet; one that was refused reaches nobody. */
function reportOf({ run, messageId }: Underway): Pick<PreparedRun['sight'], 'report' | 'engagement'> {
  if (messageId !== null && messageId === run.last?.id) return run.sight;
  return { report: messageId === null ? 'missed' : 'open', engagement: new Set() };
}

function recordSent(
  run: Underway,
  { instruction, next }: Extract<Move, { kind: 'send' }>,
  sent: Sent | undefined,
  now: Date,
): void {
  if (sent === undefined) throw new Error('each send has a result');
  const base = { at: now.toISOString(), path: instruction.path };
  if ('refusal' in sent) run.entries.push({ ...base, what: 'refused', reason: sent.refusal });
  else {
    const planned = next.passed.at(-1);
    const { messageId, channel } = sent;
    run.entries.push({ ...base, what: 'sent', messageId, channel, ...(planned !== undefined && { planned }) });
  }
  run.messageId = 'messageId' in sent ? sent.messageId : null;
  run.position = next;
}

function progressOf({ run, position, messageId, entries, outcome }: Underway): RunProgress {
  if (!outcome) throw new Error('a run waits, or has ended');
  return {
    ...run.facts.refs,
    id: run.row.id,
    row_version: run.row.row_version,
    looked_seq: run.row.said_seq,
    status: outcome.status,
    reason: outcome.reason,
    place: position.place,
    waiting_since: position.waitingSince,
    reach: position.reach,
    passed: position.passed === run.row.passed ? null : position.passed,
    ends_as: outcome.endsAs ?? null,
    due_at: outcome.dueAt,
    message_id: messageId,
    awaits_report: outcome.awaits,
    spread_after: outcome.spreadAfter,
    entries,
  };
}
