/** Reads templates: one with its current or an earlier version, or all of a tenant. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Database, decodeCursor, encodeCursor, pageOf, type Page, type PageQuery } from '../kernel/index.js';
import { Template, TemplateVersion } from './template.entity.js';
import { TemplateNotFound, TemplateVersionNotFound } from './template.errors.js';
import { templateView } from './template.view.js';
import type { TemplateView } from './templates.dto.js';

export class GetTemplate extends Query<TemplateView> {
  /** `version`: the current one if undefined. */
  constructor(
    readonly tenantId: string,
    readonly key: string,
    readonly version: number | undefined,
  ) {
    super();
  }
}

export class ListTemplates extends Query<Page<TemplateView>> {
  constructor(
    readonly tenantId: string,
    readonly page: PageQuery,
  ) {
    super();
  }
}

@QueryHandler(GetTemplate)
export class GetTemplateHandler implements IQueryHandler<GetTemplate> {
  constructor(private readonly database: Database) {}

  /** Raises TemplateNotFound, also for another tenant's template, and TemplateVersionNotFound. */
  async execute({ tenantId, key, version: wanted }: GetTemplate): Promise<TemplateView> {
    const em = this.database.em();
    const template = await em.findOne(Template, { tenantId, key });
    if (!template) throw new TemplateNotFound();
    const version = wanted ?? template.currentVersion;
    const found = await em.findOne(TemplateVersion, { templateId: template.id, version });
    if (!found) throw new TemplateVersionNotFound(version, template.currentVersion);
    return templateView(template, found);
  }
}

@QueryHandler(ListTemplates)
export class ListTemplatesHandler implements IQueryHandler<ListTemplates> {
  constructor(private readonly database: Database) {}

  async execute({ tenantId, page: { limit, cursor } }: ListTemplates): Promise<Page<TemplateView>> {
    const em = this.database.em();
    const [after] = cursor ? decodeCursor(cursor, 1) : [];
    const rows = await em.find(
      Template,
      { tenantId, ...(after && { key: { $gt: after } }) },
      { orderBy: { key: 'asc' }, limit: limit + 1 },
    );
    const current = rows.map(({ id, currentVersion }) => ({ templateId: id, version: currentVersion }));
    const versions = current.length > 0 ? await em.find(TemplateVersion, { $or: current }) : [];
    const byTemplate = new Map(versions.map((version) => [version.templateId, version]));
    const pairs = rows.flatMap((template) => {
      const version = byTemplate.get(template.id);
      return version ? [{ template, version }] : [];
    });
    return pageOf(
      pairs,
      limit,
      ({ template }) => encodeCursor(template.key),
      ({ template, version }) => templateView(template, version),
    );
  }
}
