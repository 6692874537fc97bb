/** Reads layouts and partials: one with its current or an earlier version, or all of a tenant. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Database, decodeCursor, encodeCursor, pageOf, type Page, type PageQuery } from '../../kernel/index.js';
import { PartNotFound } from '../template.errors.js';
import { TemplatePart, TemplatePartVersion } from './part.entity.js';
import { PartStore } from './part-store.js';
import { partView } from './part.view.js';
import type { PartView } from './parts.dto.js';

export class GetPart extends Query<PartView> {
  /** `version`: the current one if undefined. */
  constructor(
    readonly tenantId: string,
    readonly key: string,
    readonly version: number | undefined,
  ) {
    super();
  }
}

export class ListParts extends Query<Page<PartView>> {
  constructor(
    readonly tenantId: string,
    readonly page: PageQuery,
  ) {
    super();
  }
}

@QueryHandler(GetPart)
export class GetPartHandler implements IQueryHandler<GetPart> {
  constructor(
    private readonly database: Database,
    private readonly store: PartStore,
  ) {}

  /** Raises PartNotFound, also for another tenant's. */
  async execute({ tenantId, key, version }: GetPart): Promise<PartView> {
    const em = this.database.em();
    const part = await em.findOne(TemplatePart, { tenantId, key });
    if (!part) throw new PartNotFound();
    const found = await em.findOne(TemplatePartVersion, { partId: part.id, version: version ?? part.currentVersion });
    if (!found) throw new PartNotFound();
    return partView(part, found, await this.store.outdated(tenantId, key));
  }
}

@QueryHandler(ListParts)
export class ListPartsHandler implements IQueryHandler<ListParts> {
  constructor(
    private readonly database: Database,
    private readonly store: PartStore,
  ) {}

  async execute({ tenantId, page: { limit, cursor } }: ListParts): Promise<Page<PartView>> {
    const em = this.database.em();
    const [after] = cursor ? decodeCursor(cursor, 1) : [];
    const rows = await em.find(
      TemplatePart,
      { tenantId, ...(after && { key: { $gt: after } }) },
      { orderBy: { key: 'asc' }, limit: limit + 1 },
    );
    const current = rows.map(({ id, currentVersion }) => ({ partId: id, version: currentVersion }));
    const versions = current.length > 0 ? await em.find(TemplatePartVersion, { $or: current }) : [];
    const byPart = new Map(versions.map((version) => [version.partId, version]));
    const outdated = await this.store.allOutdated(tenantId);
    const pairs = rows.flatMap((part) => {
      const version = byPart.get(part.id);
      return version ? [{ part, version }] : [];
    });
    return pageOf(
      pairs,
      limit,
      ({ part }) => encodeCursor(part.key),
      ({ part, version }) => partView(part, version, outdated.get(part.key) ?? []),
    );
  }
}
