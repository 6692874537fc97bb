/** Events that were taken up before a run knew that they are about the same: nobody could tell it of them then. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import type { HostRefs } from '../../host-data/index.js';
import { aboutText, subjectsNamed, type NamedSubject } from '../events/inbound-event.js';
import { InboundEvents } from '../events/inbound-events.js';
import type { RunRow } from './run-row.js';

/** A run, and what it turns out to be about. */
export interface Learning {
  readonly row: RunRow;
  readonly refs: HostRefs;
}

export interface MissedEvent {
  /** The type of the first that ends it; null if none does. */
  readonly ending: string | null;
  /** What was read for the run may be older than one of them. */
  readonly isNewer: boolean;
}

interface Found extends MissedEvent {
  readonly run_id: string;
}

const MISSED = `
  select run_id, (array_agg(event.type order by event.seq) filter (where event.type = any (stop_on)))[1] as ending,
    coalesce(bool_or(event.seq > said_seq), false) as "isNewer"
  from jsonb_to_recordset($1::jsonb) as run (run_id uuid, tenant_id uuid, about text, since bigint, said_seq bigint, trigger_id uuid,
      stop_on text[]),
    lateral (
      select seq, type from inbound_event
      where tenant_id = run.tenant_id and inbound_event.about = run.about and seq > since and id <> run.trigger_id
        and not exists (select from pending_event as waiting where waiting.seq = inbound_event.seq)
        and (seq > said_seq or type = any (stop_on))
    ) as event
  group by run_id`;

@Injectable()
export class MissedEvents {
  constructor(
    private readonly database: Database,
    private readonly events: InboundEvents,
  ) {}

  /**
   * By the ids of the runs that missed some. Call it first in the transaction that writes what the runs are about: none is taken up
   * until its end, and whoever takes one up after it knows the runs.
   */
  async of(runs: readonly Learning[]): Promise<ReadonlyMap<string, MissedEvent>> {
    const asked = runs.flatMap(({ row, refs }) => learnt(row, refs).map((subject) => questionOf(row, subject)));
    if (asked.length === 0) return new Map();
    await this.events.holdOff();
    const found = await this.database.query<Found>(MISSED, [JSON.stringify(asked)]);
    return new Map(found.map(({ run_id: id, ...missed }) => [id, missed]));
  }
}

/** All that it did not know when it looked last. */
const learnt = (row: RunRow, refs: HostRefs): NamedSubject[] =>
  subjectsNamed(refs).filter(({ kind, ref }) => row.looked_seq === null || row[`${kind}_ref`] !== ref);

const questionOf = (row: RunRow, subject: NamedSubject): object => ({
  run_id: row.id,
  tenant_id: row.tenant_id,
  about: aboutText(subject),
  since: row.looked_seq ?? row.began_seq,
  said_seq: row.said_seq,
  trigger_id: row.trigger_id,
  stop_on: row.stop_on,
});
