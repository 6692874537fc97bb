/** One run of an automation: for one event, and one person. */
import type { TraceParent } from '../../kernel/index.js';
import type { HostRefs } from '../../host-data/index.js';
import type { Reach } from './engine.rules.js';
import type { InboundEventRow } from '../events/inbound-events.js';

export const RUN_STATUSES = ['waiting', 'done', 'stopped'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];
export type EndStatus = Exclude<RunStatus, 'waiting'>;

/** One thing that a run did, or left out. */
export interface LogEntry {
  /** ISO 8601. */
  readonly at: string;
  /** Where in the definition; empty for the run as a whole. */
  readonly path: string;
  readonly what: 'sent' | 'refused' | 'skipped' | 'waits' | 'recalled' | 'ended';
  /** A stable code: why it was refused, skipped or ended. */
  readonly reason?: string;
  readonly messageId?: string;
  readonly channel?: string;
  /** ISO 8601: until when it waits. */
  readonly until?: string;
  /** Of what was sent: the place of the last `waitUntil` before it. */
  readonly planned?: number;
}

/** A run before it is written. */
export interface NewRun extends HostRefs {
  readonly tenant_id: string;
  readonly automation_id: string;
  readonly version: number;
  readonly venue_id: string;
  readonly trigger_id: string;
  /** The events after this one, in the order in which all were said, may end it. */
  readonly began_seq: string;
  readonly data: InboundEventRow['data'];
  /** The attendee that a run for many has begun it for; empty for a run of its own. Of one event and automation there is one for each. */
  readonly person: string;
  readonly correlation_id: string | null;
  /** Its event's place in a trace that is recorded; null without one. */
  readonly trace: TraceParent | null;
  readonly stop_on: readonly string[];
}

/** A run that is due, in the hands of the process that took it. Times are PostgreSQL text. */
export interface RunRow extends NewRun {
  readonly id: string;
  /** Another after each change of the row. */
  readonly row_version: string;
  /** Up to this event it knows what it is about; null before it has looked at that for the first time. */
  readonly looked_seq: string | null;
  /** The last event that had been said when it was taken. */
  readonly said_seq: string;
  readonly place: number;
  readonly waiting_since: string | null;
  readonly reach: Reach | null;
  readonly passed: readonly number[];
  readonly message_id: string | null;
  readonly spread_after: string | null;
  /** How it ends as soon as all that it sent has left; null: it goes on. */
  readonly ends_as: EndStatus | null;
  /** Why, if so. */
  readonly reason: string | null;
}

/** Where a run has got to. */
export interface RunProgress extends HostRefs {
  readonly id: string;
  /** Of the run that was read. */
  readonly row_version: string;
  readonly looked_seq: string;
  readonly status: RunStatus;
  readonly reason: string | null;
  readonly place: number;
  readonly waiting_since: Date | null;
  readonly reach: Reach | null;
  /** Null: as it was. */
  readonly passed: readonly number[] | null;
  readonly ends_as: EndStatus | null;
  readonly due_at: Date | null;
  readonly message_id: string | null;
  /** Looked at again once that message has moved. */
  readonly awaits_report: boolean;
  readonly spread_after: string | null;
  /** What is added to its log. */
  readonly entries: readonly LogEntry[];
}
