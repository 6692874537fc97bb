/** What has become of the last message of each run, and of those that followed it. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import {
  ENGAGEMENTS,
  EngagementLog,
  FALLS_BACK,
  HOLDS_BACK,
  MESSAGES,
  SETTLED,
  type Engagement,
  type MessageStatus,
} from '../../ledger/index.js';
import type { Program } from '../rules/program.js';
import type { Report } from './engine.rules.js';
import type { LogEntry, RunRow } from './run-row.js';

interface Row {
  readonly first: string;
  readonly id: string;
  readonly status: MessageStatus;
  readonly reason: string | null;
  readonly steps: number;
}

export interface LastMessage {
  /** The one that was sent last in its place. */
  readonly id: string;
  readonly report: Report;
}

/** What has been made of the offer that a run is for. */
export interface OfferRun {
  /** The run of its list; null if that is over. */
  readonly listId: string | null;
  /** The list has asked nobody else since. */
  readonly isLast: boolean;
  /** What became of each message about it. */
  readonly messages: readonly LastMessage[];
  readonly wasRefused: boolean;
}

interface OfferRow {
  readonly id: string;
  readonly list_id: string | null;
  readonly is_last: boolean | null;
  readonly log: readonly LogEntry[];
}

@Injectable()
export class RunReports {
  constructor(
    private readonly database: Database,
    private readonly engagement: EngagementLog,
  ) {}

  /** By the ids that the runs know; a message that the ledger has no more is absent. */
  async of(messageIds: readonly string[]): Promise<ReadonlyMap<string, LastMessage>> {
    if (messageIds.length === 0) return new Map();
    const rows = await this.database.query<Row>(
      `with recursive chain as (
         select message.id as first, message.id, status, reason, coalesce(jsonb_array_length(fallback), 0) as steps, followed_by
         from ${MESSAGES} as message where message.id = any($1::uuid[])
         union all
         select chain.first, message.id, message.status, message.reason, coalesce(jsonb_array_length(message.fallback), 0), message.followed_by
         from chain join ${MESSAGES} as message on message.id = chain.followed_by
       )
       select first, id, status, reason, steps from chain where followed_by is null`,
      [messageIds],
    );
    return new Map(rows.map((row) => [row.first, { id: row.id, report: reportOf(row) }]));
  }

  /** What people did about the last messages of these runs; by the ids that the runs know. */
  engagementOf(runs: readonly RunRow[]): Promise<ReadonlyMap<string, ReadonlySet<Engagement>>> {
    return this.engagement.of(runs.flatMap(({ message_id: id }) => id ?? []));
  }

  /** Of runs that offer a place to somebody on a waiting list, by their ids. */
  async ofOffers(runIds: readonly string[]): Promise<ReadonlyMap<string, OfferRun>> {
    if (runIds.length === 0) return new Map();
    const rows = await this.database.query<OfferRow>(
      `select run.id, list.id as list_id, list.spread_after = run.person as is_last, run.log from automation_run as run
       left join automation_run as list
         on list.automation_id = run.automation_id and list.trigger_id = run.trigger_id and list.person = '' and list.status = 'waiting'
       where run.id = any($1::uuid[])`,
      [runIds],
    );
    const sent = (log: OfferRow['log']): string[] => log.flatMap(({ messageId }) => messageId ?? []);
    const reports = await this.of(rows.flatMap(({ log }) => sent(log)));
    return new Map(
      rows.map(({ id, list_id: listId, is_last: isLast, log }) => [
        id,
        {
          listId,
          isLast: isLast ?? false,
          messages: sent(log).map((messageId) => reports.get(messageId) ?? { id: messageId, report: 'delivered' }),
          wasRefused: log.some(({ what }) => what === 'refused'),
        },
      ]),
    );
  }
}

/** Some step waits for what only the person does. */
export const asksForEngagement = ({ instructions }: Program): boolean =>
  instructions.some((step) => step.op === 'report' && ENGAGEMENTS.some((kind) => kind === step.is));

function reportOf({ status, reason, steps }: Row): Report {
  if (status === 'delivered' || status === 'read') return status;
  if (!SETTLED.includes(status)) return 'open';
  const follows = steps > 0 && FALLS_BACK.includes(status) && !HOLDS_BACK.includes(reason ?? '');
  return follows ? 'open' : 'missed';
}
