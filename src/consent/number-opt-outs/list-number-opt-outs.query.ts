/** Pages through current opt-outs from numbers of no venue, by channel, number and address. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Database, decodeCursor, encodeCursor, iso, pageOf, type Page } from '../../kernel/index.js';
import { consentChannel } from '../../tenants/index.js';
import type { NumberOptOutView, NumberOptOutsQuery } from './number-opt-outs.dto.js';
import { ourNumber, theirNumber } from './number-subject.js';

export class ListNumberOptOuts extends Query<Page<NumberOptOutView>> {
  constructor(readonly query: NumberOptOutsQuery) {
    super();
  }
}

@QueryHandler(ListNumberOptOuts)
export class ListNumberOptOutsHandler implements IQueryHandler<ListNumberOptOuts> {
  constructor(private readonly database: Database) {}

  /** Raises InvalidAddress and InvalidCursor. */
  async execute({ query }: ListNumberOptOuts): Promise<Page<NumberOptOutView>> {
    const { channel, number, address, limit, cursor } = query;
    const after = cursor ? decodeCursor(cursor, 3, (text) => !text.includes('\0')) : [null, null, null];
    const rows = await this.database.query<NumberOptOutView>(
      `select channel, number, address, status, occurred_at as "occurredAt" from number_opt_out
       where status = 'opted_out' and ($1::text is null or channel = $1) and ($2::text is null or number = $2)
         and ($3::text is null or address = $3)
         and ($4::text is null or (channel, number, address) > ($4, $5::text, $6::text))
       order by channel, number, address limit $7`,
      [
        channel === undefined ? null : consentChannel(channel),
        number === undefined ? null : ourNumber(number),
        address === undefined ? null : theirNumber(address),
        ...after,
        limit + 1,
      ],
    );
    return pageOf(
      rows,
      limit,
      (row) => encodeCursor(row.channel, row.number, row.address),
      (row) => ({ ...row, occurredAt: iso(row.occurredAt) }),
    );
  }
}
