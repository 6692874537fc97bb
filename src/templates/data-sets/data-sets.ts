/** Data that a template is tried with, by name. */
import { Injectable } from '@nestjs/common';
import { Database, DomainError, iso } from '../../kernel/index.js';
import { renderPatiently } from '../rendering/render-patiently.js';
import { DataSetNotFound, TemplateNotFound, TooManyDataSets } from '../template.errors.js';
import { TemplateLibrary } from '../template-library.js';
import type { DataSetView } from './data-sets.dto.js';

/** Of one template. */
const MOST = 20;

type Data = Record<string, unknown>;

interface Row {
  readonly name: string;
  readonly data: Data;
  readonly updated_at: string;
}

@Injectable()
export class DataSets {
  constructor(
    private readonly database: Database,
    private readonly library: TemplateLibrary,
  ) {}

  /** All of a template, by name, each with what is wrong with it in the current version. Raises TemplateNotFound. */
  async of(tenantId: string, key: string): Promise<DataSetView[]> {
    const { compiled } = await this.library.current(tenantId, key);
    const rows = await this.database.query<Row>(
      `select name, data, held.updated_at from template_data_set as held join template on template.id = held.template_id
       where template.tenant_id = $1 and template.key = $2 order by name`,
      [tenantId, key],
    );
    return Promise.all(
      rows.map(async ({ name, data, updated_at: updatedAt }) => ({
        name,
        data,
        problem: await problemOf(() => renderPatiently(compiled, data)),
        updatedAt: iso(updatedAt),
      })),
    );
  }

  /** Raises TemplateNotFound and DataSetNotFound. */
  async data(tenantId: string, key: string, name: string): Promise<Data> {
    const templateId = await this.templateId(tenantId, key);
    const [row] = await this.database.query<Row>(
      'select data from template_data_set where template_id = $1 and name = $2',
      [templateId, name],
    );
    if (!row) throw new DataSetNotFound();
    return row.data;
  }

  /** Replaces what the template has under this name. Raises TemplateNotFound and TooManyDataSets. */
  async put(tenantId: string, key: string, name: string, data: Data, actor: string): Promise<void> {
    await this.database.transaction(async () => {
      const templateId = await this.templateId(tenantId, key, 'for no key update');
      await this.database.query(
        `insert into template_data_set (template_id, name, data, updated_by) values ($1, $2, $3, $4)
         on conflict (template_id, name) do update
         set data = excluded.data, updated_by = excluded.updated_by, updated_at = now()`,
        [templateId, name, JSON.stringify(data), actor],
      );
      const [counted] = await this.database.query<{ count: number }>(
        'select count(*)::int as count from template_data_set where template_id = $1',
        [templateId],
      );
      if ((counted?.count ?? 0) > MOST) throw new TooManyDataSets(MOST);
    });
  }

  /** Raises TemplateNotFound and DataSetNotFound. */
  async remove(tenantId: string, key: string, name: string): Promise<void> {
    const templateId = await this.templateId(tenantId, key);
    const gone = await this.database.query(
      'delete from template_data_set where template_id = $1 and name = $2 returning name',
      [templateId, name],
    );
    if (gone.length === 0) throw new DataSetNotFound();
  }

  private async templateId(tenantId: string, key: string, lock = ''): Promise<string> {
    const [found] = await this.database.query<{ id: string }>(
      `select id from template where tenant_id = $1 and key = $2 ${lock}`,
      [tenantId, key],
    );
    if (!found) throw new TemplateNotFound();
    return found.id;
  }
}

async function problemOf(attempt: () => unknown): Promise<DataSetView['problem']> {
  try {
    await attempt();
    return null;
  } catch (error) {
    if (error instanceof DomainError) return { code: error.code, detail: error.message };
    throw error;
  }
}
