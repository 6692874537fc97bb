/** A tenant's branding as it is now; what templates were published with is in their versions. */
import { Injectable } from '@nestjs/common';
import { Database, iso } from '../../kernel/index.js';
import type { BrandingView } from './branding.dto.js';
import { BRAND_USE, type Brand } from './branding.fields.js';

@Injectable()
export class BrandingStore {
  constructor(private readonly database: Database) {}

  /** Undefined where there is none. */
  async of(tenantId: string): Promise<Brand | undefined> {
    const [row] = await this.database.query<{ variables: Brand }>(
      'select variables from branding where tenant_id = $1',
      [tenantId],
    );
    return row?.variables;
  }

  async put(tenantId: string, actor: string, variables: Brand): Promise<void> {
    await this.database.query(
      `insert into branding (tenant_id, variables, updated_by) values ($1, $2, $3)
       on conflict (tenant_id) do update
       set variables = excluded.variables, updated_by = excluded.updated_by, updated_at = now()`,
      [tenantId, JSON.stringify(variables), actor],
    );
  }

  /** Keys of templates whose current version has it as it was before. */
  async outdated(tenantId: string): Promise<string[]> {
    const rows = await this.database.query<{ key: string }>(
      `select template.key from template
       join template_version as version on version.template_id = template.id and version.version = template.current_version
       join branding on branding.tenant_id = template.tenant_id
       where template.tenant_id = $1 and version.brand is distinct from branding.variables
         and concat_ws(' ', subject, html, text, body, media_urls::text, translations::text) ~ $2
       order by template.key`,
      [tenantId, BRAND_USE],
    );
    return rows.map(({ key }) => key);
  }

  async view(tenantId: string): Promise<BrandingView> {
    const [row] = await this.database.query<{ variables: Brand; updated_at: string }>(
      'select variables, updated_at from branding where tenant_id = $1',
      [tenantId],
    );
    return {
      variables: row?.variables ?? {},
      updatedAt: iso(row?.updated_at ?? null),
      outdated: await this.outdated(tenantId),
    };
  }
}
