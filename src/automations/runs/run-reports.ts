/** What has become of the last message of each run, and of those that followed it. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import { FALLS_BACK, HOLDS_BACK, MESSAGES, SETTLED, type MessageStatus } from '../../ledger/index.js';
import type { Report } from './engine.rules.js';

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

@Injectable()
export class RunReports {
  constructor(private readonly database: Database) {}

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
}

function reportOf({ status, reason, steps }: Row): Report {
  if (status === 'delivered' || status === 'read') return status;
  if (!SETTLED.includes(status)) return 'open';
  const follows = steps > 0 && FALLS_BACK.includes(status) && !HOLDS_BACK.includes(reason ?? '');
  return follows ? 'open' : 'missed';
}
