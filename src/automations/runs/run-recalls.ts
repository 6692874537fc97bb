/** Takes back what runs have sent and has not left yet, since they end, or go back; and holds the end of a run while something may be taken back. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import { Recalls, type HeldMessage, type Recall } from '../../ledger/index.js';
import { wayBack, type Position } from './engine.rules.js';
import type { EndStatus, LogEntry, RunRow } from './run-row.js';
import { clocksOf, endNow, holdEnd, isOpen, type Underway } from './underway.js';

/** A run that an event has stopped, as it was before. */
export interface StoppedRun extends Pick<RunRow, 'id' | 'ends_as' | 'reason'> {
  readonly log: readonly LogEntry[];
}

type Logs = ReadonlyMap<string, readonly LogEntry[]>;
type Held = ReadonlyMap<string, HeldMessage>;
type SentEntry = LogEntry & { readonly messageId: string };

@Injectable()
export class RunRecalls {
  constructor(
    private readonly database: Database,
    private readonly recalls: Recalls,
  ) {}

  /**
   * Takes back what these have sent. Of those that were only held, since something was to be sent yet, and had sent it by then, the event changes nothing. Call
   * it in the transaction that has stopped them.
   */
  async ofStopped(runs: readonly StoppedRun[]): Promise<void> {
    const held = await this.recalls.hold(runs.flatMap(({ log }) => idsOf(sentIn(log))));
    const recalls = runs.flatMap(({ log }) => allOf(sentIn(log), held, 'run_stopped'));
    const over = runs.filter(
      ({ ends_as: endsAs, log }) => endsAs !== null && !sentIn(log).some((entry) => held.get(entry.messageId)?.waits),
    );
    await this.recalls.recall(recalls, 'automation');
    if (over.length === 0) return;
    await this.database.query(
      `update automation_run as run set status = over.status, reason = over.reason
       from unnest($1::uuid[], $2::text[], $3::text[]) as over (id, status, reason) where run.id = over.id`,
      [over.map(({ id }) => id), over.map(({ ends_as: endsAs }) => endsAs), over.map(({ reason }) => reason)],
    );
  }

  /** Ends those that are held, and of which nothing is to be sent any more. */
  async endHeld(runs: readonly Underway[], now: Date): Promise<void> {
    const held = runs.flatMap((run) => {
      const { ends_as: status, reason } = run.run.row;
      return status === null ? [] : [{ run, end: { status, reason } }];
    });
    const toBeSent = await this.toBeSent(held.map(({ run }) => run));
    for (const { run, end } of held) {
      const messageId = toBeSent.get(run);
      if (messageId === undefined) endNow(run, end);
      else holdEnd(run, { ...end, messageId }, now);
    }
  }

  /**
   * Takes back what those have sent that end before their time, and what was sent too early, as a time that they waited for is ahead
   * again: these go back. All of them are locked.
   */
  async takeBack(runs: readonly Underway[], now: Date): Promise<void> {
    const stopped = runs.filter(takesBack);
    const early = runs.filter((run) => mayGoBack(run, now));
    if (stopped.length + early.length === 0) return;
    const logs = await this.logsOf([...stopped, ...early]);
    const held = await this.recalls.hold([
      ...stopped.flatMap((run) => idsOf(sentBy(run, logs))),
      ...early.flatMap((run) => idsOf(sentBy(run, logs).filter(({ planned }) => planned !== undefined))),
    ]);
    await this.recalls.recall(
      [
        ...stopped.flatMap((run) => (run.recall === undefined ? [] : allOf(sentBy(run, logs), held, run.recall))),
        ...early.flatMap((run) => goBack(run, sentBy(run, logs), held, now)),
      ],
      'automation',
    );
  }

  /** Of those that end by their rule: while something is to be sent yet, an event may stop them, or a time that moves take them back. */
  async holdEnds(runs: readonly Underway[], now: Date): Promise<void> {
    const ending = runs.flatMap((run) => {
      const end = mayBeTakenBack(run) ? endOf(run) : undefined;
      return end ? [{ run, end }] : [];
    });
    const isSentNow = ({ run }: (typeof ending)[number]): boolean => run.entries.some(({ what }) => what === 'sent');
    const toBeSent = await this.toBeSent(
      ending.filter((one) => !isSentNow(one) && one.run.run.row.looked_seq !== null).map(({ run }) => run),
    );
    for (const { run, end } of ending) {
      const messageId = toBeSent.get(run) ?? sentIn(run.entries).at(-1)?.messageId;
      if (messageId !== undefined) holdEnd(run, { ...end, messageId }, now);
    }
  }

  /** A message of each that is to be sent yet: the last; without those that have none. */
  private async toBeSent(runs: readonly Underway[]): Promise<ReadonlyMap<Underway, string>> {
    if (runs.length === 0) return new Map();
    const logs = await this.logsOf(runs);
    const toBeSent = await this.recalls.toBeSent(runs.flatMap((run) => idsOf(sentBy(run, logs))));
    return new Map(
      runs.flatMap((run) => {
        const last = sentBy(run, logs).findLast(({ messageId }) => toBeSent.has(messageId));
        const id = last && toBeSent.get(last.messageId);
        return id === undefined ? [] : [[run, id] as const];
      }),
    );
  }

  private async logsOf(runs: readonly Underway[]): Promise<Logs> {
    const rows = await this.database.query<{ id: string; log: readonly LogEntry[] }>(
      `select id, log from automation_run where id = any($1::uuid[])`,
      [runs.map(({ run }) => run.row.id)],
    );
    return new Map(rows.map(({ id, log }) => [id, log]));
  }
}

/** It ends by what has happened, and has sent something before. */
export const takesBack = ({ run, outcome, recall }: Underway): boolean =>
  recall !== undefined && outcome?.status === 'stopped' && run.row.looked_seq !== null;

/** A time that it has waited for is ahead again. */
export const mayGoBack = (run: Underway, now: Date): boolean =>
  (isOpen(run) || run.outcome?.endsAs !== undefined) && wayOf(run, now, () => false) !== undefined;

const wayOf = ({ run, position }: Underway, now: Date, hasLeft: (place: number) => boolean): Position | undefined =>
  wayBack(run.program, position, clocksOf(run, now), hasLeft);

/** Takes back what was sent since, if it does go back. */
function goBack(run: Underway, sent: readonly SentEntry[], held: Held, now: Date): Recall[] {
  const hasLeft = (place: number): boolean =>
    sent.some(({ planned, messageId }) => planned === place && held.get(messageId)?.waits !== true);
  const way = wayOf(run, now, hasLeft);
  if (!way) return [];
  const undone = run.position.passed.slice(way.passed.length);
  const isUndone = ({ planned }: SentEntry): boolean => planned !== undefined && undone.includes(planned);
  const early = sent.filter(isUndone);
  for (const { path, messageId } of early) {
    run.entries.push({ at: now.toISOString(), path, what: 'recalled', reason: 'event_moved', messageId });
  }
  run.position = way;
  run.messageId = sent.findLast((entry) => !isUndone(entry))?.messageId ?? null;
  run.outcome = undefined;
  return allOf(early, held, 'event_moved');
}

const allOf = (sent: readonly SentEntry[], held: Held, reason: Recall['reason']): Recall[] =>
  sent.flatMap(({ messageId }) => {
    const message = held.get(messageId);
    return message ? [{ message, reason }] : [];
  });

/** What was sent, and not taken back. */
function sentIn(log: readonly LogEntry[]): readonly SentEntry[] {
  const recalled = new Set(log.flatMap(({ what, messageId }) => (what === 'recalled' ? [messageId] : [])));
  return log.flatMap(({ messageId, ...entry }) =>
    entry.what === 'sent' && messageId !== undefined && !recalled.has(messageId) ? [{ ...entry, messageId }] : [],
  );
}

const sentBy = ({ run }: Underway, logs: Logs): readonly SentEntry[] => sentIn(logs.get(run.row.id) ?? []);
const idsOf = (sent: readonly SentEntry[]): string[] => sent.map(({ messageId }) => messageId);

/** By an event of `stopOn`, or with a time that moves. An offer is held in its own way. */
const mayBeTakenBack = ({ run, recall, position }: Underway): boolean =>
  recall === undefined &&
  run.row.ends_as === null &&
  !run.offer &&
  !run.division &&
  (run.row.stop_on.length > 0 || position.passed.length > 0);

function endOf({ outcome }: Underway): { readonly status: EndStatus; readonly reason: string | null } | undefined {
  if (!outcome || outcome.status === 'waiting') return undefined;
  return { status: outcome.status, reason: outcome.reason };
}
