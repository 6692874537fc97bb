/** Pages through the messages in doubt, oldest first. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { MESSAGE_COLUMNS, messageView, type MessageRow } from '../dispatch/index.js';
import {
  Database,
  decodeCursor,
  encodeCursor,
  iso,
  isUuid,
  pageOf,
  SqlValues,
  type Page,
  type PageQuery,
} from '../kernel/index.js';
import type { DoubtView } from './desk-views.dto.js';

export class ListDoubts extends Query<Page<DoubtView>> {
  constructor(
    readonly tenantId: string | undefined,
    readonly page: PageQuery,
  ) {
    super();
  }
}

type Row = MessageRow & { readonly since: string; readonly looks: number; readonly look_at: string | null };

@QueryHandler(ListDoubts)
export class ListDoubtsHandler implements IQueryHandler<ListDoubts> {
  constructor(private readonly database: Database) {}

  /** Raises InvalidCursor. */
  async execute({ tenantId, page: { limit, cursor } }: ListDoubts): Promise<Page<DoubtView>> {
    const [after] = cursor ? decodeCursor(cursor, 1, isUuid) : [];
    const values = new SqlValues();
    const asked = values.all([
      [(place) => `doubt.tenant_id = ${place}`, tenantId],
      [(place) => `doubt.message_id > ${place}::uuid`, after],
    ]);
    const rows = await this.database.query<Row>(
      // Where a call is to be made again, that is the next look; else the provider's list is asked.
      `select ${MESSAGE_COLUMNS}, since, coalesce(call.looks, doubted.looks) as looks,
         coalesce(call.look_at, nullif(doubted.look_at, 'infinity')) as look_at
       from (
         select message.*, since, looks, look_at from doubt join message on message.id = message_id
         where status = 'unknown' ${asked && `and ${asked}`} order by message_id limit ${limit + 1}) as doubted
       left join lateral (
         select open_call.looks, open_call.look_at from open_call
         where open_call.lane_id = doubted.lane_id and doubted.id = any(message_ids) order by open_call.id desc limit 1) as call on true
       order by doubted.id`,
      values.list,
    );
    return pageOf(rows, limit, ({ id }) => encodeCursor(id), doubtView);
  }
}

const doubtView = ({ since, looks, look_at: nextLookAt, ...row }: Row): DoubtView => ({
  message: messageView(row),
  tenantId: row.tenant_id,
  ...{ since: iso(since), looks, nextLookAt: iso(nextLookAt) },
});
