/** The layouts and partials of a tenant in their current versions, and which templates have older ones. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import type { PartKind } from './part.entity.js';

/** What a version of a template was put together from. */
export interface PinnedPart {
  readonly key: string;
  readonly version: number;
}

export interface CurrentPart extends PinnedPart {
  readonly kind: PartKind;
  readonly html: string | null;
  readonly mjml: string | null;
  readonly text: string | null;
}

@Injectable()
export class PartStore {
  constructor(private readonly database: Database) {}

  /** By key; one that there is not is left out. */
  async current(tenantId: string, keys: readonly string[]): Promise<Map<string, CurrentPart>> {
    if (keys.length === 0) return new Map();
    const rows = await this.database.query<CurrentPart>(
      `select part.key, part.kind, version.version, version.html, version.mjml, version.text
       from template_part as part
       join template_part_version as version on version.part_id = part.id and version.version = part.current_version
       where part.tenant_id = $1 and part.key = any($2)`,
      [tenantId, keys],
    );
    return new Map(rows.map((row) => [row.key, row]));
  }

  /** Keys of templates whose current version has another version of this part than its current one. */
  async outdated(tenantId: string, key: string): Promise<readonly string[]> {
    return (await this.allOutdated(tenantId)).get(key) ?? [];
  }

  /** The same of every part that has any, by its key. */
  async allOutdated(tenantId: string): Promise<Map<string, readonly string[]>> {
    const rows = await this.database.query<{ key: string; templates: string[] }>(
      `select part.key, array_agg(template.key order by template.key) as templates from template
       join template_version as version on version.template_id = template.id and version.version = template.current_version
       cross join jsonb_to_recordset(version.parts) as pinned (key text, version int)
       join template_part as part on part.tenant_id = template.tenant_id and part.key = pinned.key
       where template.tenant_id = $1 and pinned.version <> part.current_version
       group by part.key`,
      [tenantId],
    );
    return new Map(rows.map(({ key, templates }) => [key, templates]));
  }
}
