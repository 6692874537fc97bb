/** Reads which links of a campaign, a template or a message were followed, and in how many messages. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import {
  Database,
  decodeCursor,
  encodeCursor,
  InvalidRequest,
  iso,
  isUuid,
  pageOf,
  SqlValues,
  type Page,
} from '../kernel/index.js';
import { TEMPLATE_KEYS } from '../templates/index.js';
import type { FollowedLinksQuery, FollowedLinkView } from './links.dto.js';

export class ListFollowedLinks extends Query<Page<FollowedLinkView>> {
  constructor(
    readonly tenantId: string,
    readonly wish: FollowedLinksQuery,
  ) {
    super();
  }
}

/** Times are PostgreSQL text. */
interface Row extends Omit<FollowedLinkView, 'firstAt' | 'lastAt'> {
  readonly id: string;
  readonly first_at: string;
  readonly last_at: string;
}

/** Of a cursor. */
const PLACE = [(text: string) => /^\d{1,9}$/.test(text), isUuid];

@QueryHandler(ListFollowedLinks)
export class ListFollowedLinksHandler implements IQueryHandler<ListFollowedLinks> {
  constructor(private readonly database: Database) {}

  /** Those that most people followed first. Raises InvalidRequest for one of nothing, and InvalidCursor. */
  async execute({ tenantId, wish }: ListFollowedLinks): Promise<Page<FollowedLinkView>> {
    const { campaignId, templateKey, messageId, limit, cursor } = wish;
    if ((campaignId ?? templateKey ?? messageId) === undefined) {
      throw new InvalidRequest([{ path: 'campaignId', message: 'give `campaignId`, `templateKey` or `messageId`' }]);
    }
    const values = new SqlValues(tenantId);
    const among = values.all([
      [(place) => `campaign_id = ${place}::uuid`, campaignId],
      [
        (place) =>
          `template_id = (select id from ${TEMPLATE_KEYS} as template where tenant_id = $1 and key = ${place})`,
        templateKey,
      ],
      [(place) => `message_id = ${place}::uuid`, messageId],
    ]);
    const [clicked, id] = cursor ? decodeCursor(cursor, 2, (text, place) => PLACE[place]?.(text) ?? false) : [];
    const after =
      clicked === undefined
        ? 'true'
        : `(clicked, id) < ($${values.list.push(clicked)}::int, $${values.list.push(id)}::uuid)`;
    const rows = await this.database.query<Row>(
      `select * from (
         select link.id, url, count(*) filter (where not by_machine)::int as clicked,
           count(*) filter (where by_machine)::int as "machineClicked", min(clicked_at) as first_at, max(clicked_at) as last_at
         from link_click join link on link.id = link_id
         where link_click.tenant_id = $1 and ${among} group by link.id
       ) as followed where ${after} order by clicked desc, id desc limit ${limit + 1}`,
      values.list,
    );
    return pageOf(
      rows,
      limit,
      (row) => encodeCursor(String(row.clicked), row.id),
      ({ url, clicked: people, machineClicked, first_at: firstAt, last_at: lastAt }) => ({
        url,
        clicked: people,
        machineClicked,
        firstAt: iso(firstAt),
        lastAt: iso(lastAt),
      }),
    );
  }
}
