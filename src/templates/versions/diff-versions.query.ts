/** Shows how two versions of a template differ. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Database } from '../../kernel/index.js';
import { Template, TemplateVersion } from '../template.entity.js';
import { TemplateNotFound, TemplateVersionNotFound } from '../template.errors.js';
import { ownTexts } from '../template.view.js';
import { unifiedDiff } from './line-diff.js';
import type { DiffQuery, DiffView } from './versions.dto.js';

export class DiffVersions extends Query<DiffView> {
  constructor(
    readonly tenantId: string,
    readonly key: string,
    readonly asked: DiffQuery,
  ) {
    super();
  }
}

@QueryHandler(DiffVersions)
export class DiffVersionsHandler implements IQueryHandler<DiffVersions> {
  constructor(private readonly database: Database) {}

  /** Raises TemplateNotFound and TemplateVersionNotFound. */
  async execute({ tenantId, key, asked }: DiffVersions): Promise<DiffView> {
    const em = this.database.em();
    const template = await em.findOne(Template, { tenantId, key });
    if (!template) throw new TemplateNotFound();
    const { to = template.currentVersion, from = Math.max(to - 1, 1) } = asked;
    const [before, after] = await Promise.all(
      [from, to].map(async (version) => {
        const found = await em.findOne(TemplateVersion, { templateId: template.id, version });
        if (!found) throw new TemplateVersionNotFound(version, template.currentVersion);
        return textsByPath(found);
      }),
    );
    const paths = [...new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])])].toSorted();
    const changes = paths.map((path) => ({
      path,
      diff: unifiedDiff(before?.get(path) ?? '', after?.get(path) ?? ''),
    }));
    return { from, to, changes: changes.filter(({ diff }) => diff !== '') };
  }
}

/** All that a version says, with what it was put together from. */
function textsByPath(version: TemplateVersion): Map<string, string> {
  const { translations = [], ...own } = ownTexts(version);
  const texts = new Map<string, string>();
  const add = (path: string, value: unknown): void => {
    if (value !== undefined && value !== null)
      texts.set(path, typeof value === 'string' ? value : JSON.stringify(value, null, 2));
  };
  for (const [name, value] of Object.entries(own)) add(name, value);
  for (const { language, ...translation } of translations) {
    for (const [name, value] of Object.entries(translation)) add(`translations.${language}.${name}`, value);
  }
  add('parts', version.parts?.map(({ key, version: pinned }) => `${key} ${pinned}`).join('\n'));
  add('brand', version.brand);
  return texts;
}
