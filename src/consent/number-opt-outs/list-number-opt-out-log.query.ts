/** Pages through everything a person ever decided about a number of no venue, newest first. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Database, decodeCursor, encodeCursor, iso, isUuid, pageOf, type Page } from '../../kernel/index.js';
import type { ConsentEventView } from '../consent.dto.js';
import type { NumberOptOutLogQuery } from './number-opt-outs.dto.js';
import { numberSubject } from './number-subject.js';

export class ListNumberOptOutLog extends Query<Page<ConsentEventView>> {
  constructor(
    readonly number: string,
    readonly address: string,
    readonly query: NumberOptOutLogQuery,
  ) {
    super();
  }
}

@QueryHandler(ListNumberOptOutLog)
export class ListNumberOptOutLogHandler implements IQueryHandler<ListNumberOptOutLog> {
  constructor(private readonly database: Database) {}

  /** Raises InvalidAddress and InvalidCursor. */
  async execute({ number, address, query }: ListNumberOptOutLog): Promise<Page<ConsentEventView>> {
    const { limit, cursor } = query;
    const subject = numberSubject(number, address, query.channel);
    const [before = null] = cursor ? decodeCursor(cursor, 1, isUuid) : [];
    const rows = await this.database.query<ConsentEventView>(
      `select id, status, previous_status as "previousStatus", source, evidence, actor, occurred_at as "occurredAt",
         recorded_at as "recordedAt"
       from number_opt_out_event
       where (channel, number, address) = ($1::text, $2::text, $3::text) and ($4::uuid is null or id < $4)
       order by id desc limit $5`,
      [subject.channel, subject.number, subject.address, before, limit + 1],
    );
    return pageOf(
      rows,
      limit,
      ({ id }) => encodeCursor(id),
      (row) => ({ ...row, occurredAt: iso(row.occurredAt), recordedAt: iso(row.recordedAt) }),
    );
  }
}
