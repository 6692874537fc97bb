/** Lists the versions of a template. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import {
  Database,
  decodeCursor,
  encodeCursor,
  InvalidCursor,
  iso,
  pageOf,
  type Page,
  type PageQuery,
} from '../../kernel/index.js';
import { Template } from '../template.entity.js';
import { TemplateNotFound } from '../template.errors.js';
import type { VersionView } from './versions.dto.js';

export class ListVersions extends Query<Page<VersionView>> {
  constructor(
    readonly tenantId: string,
    readonly key: string,
    readonly page: PageQuery,
  ) {
    super();
  }
}

interface Row {
  readonly version: number;
  readonly restored_from: number | null;
  readonly created_by: string;
  readonly created_at: string;
}

@QueryHandler(ListVersions)
export class ListVersionsHandler implements IQueryHandler<ListVersions> {
  constructor(private readonly database: Database) {}

  /** Newest first. Raises TemplateNotFound. */
  async execute({ tenantId, key, page: { limit, cursor } }: ListVersions): Promise<Page<VersionView>> {
    const template = await this.database.em().findOne(Template, { tenantId, key });
    if (!template) throw new TemplateNotFound();
    const rows = await this.database.query<Row>(
      `select version, restored_from, created_by, created_at from template_version
       where template_id = $1 and version < $2 order by version desc limit $3`,
      [template.id, cursor ? before(cursor) : template.currentVersion + 1, limit + 1],
    );
    return pageOf(
      rows,
      limit,
      ({ version }) => encodeCursor(String(version)),
      ({ version, restored_from: restoredFrom, created_by: createdBy, created_at: createdAt }) => ({
        version,
        current: version === template.currentVersion,
        restoredFrom,
        createdBy,
        createdAt: iso(createdAt),
      }),
    );
  }
}

function before(cursor: string): number {
  const [text = ''] = decodeCursor(cursor, 1);
  if (!/^\d{1,9}$/.test(text)) throw new InvalidCursor();
  return Number(text);
}
