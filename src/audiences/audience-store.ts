/** Audiences in the database. */
import { Injectable } from '@nestjs/common';
import { Database, iso } from '../kernel/index.js';
import type { AudienceView } from './audience.dto.js';
import { AudienceNotFound } from './audience.errors.js';

interface Row {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly emails: string;
  readonly phones: string;
  readonly created_at: string;
  readonly updated_at: string;
}

/** Counts are exact without counting rows: what running imports have added is in their own rows until they end. */
const SELECT = `
  select audience.id, name, description, created_at, updated_at,
         emails + coalesce(sum(uncounted_emails), 0) as emails, phones + coalesce(sum(uncounted_phones), 0) as phones
  from audience left join audience_import
    on audience_import.tenant_id = audience.tenant_id and audience_id = audience.id and status = 'running'
  where audience.tenant_id = $1 and deleted_at is null`;

@Injectable()
export class AudienceStore {
  constructor(private readonly database: Database) {}

  /** Raises AudienceNotFound, also for another tenant's. */
  async get(tenantId: string, id: string): Promise<AudienceView> {
    const [row] = await this.database.query<Row>(`${SELECT} and audience.id = $2 group by audience.id`, [tenantId, id]);
    if (!row) throw new AudienceNotFound();
    return audienceView(row);
  }

  /** Those with an id after `after`, oldest first. */
  async page(tenantId: string, after: string | undefined, limit: number): Promise<AudienceView[]> {
    const rows = await this.database.query<Row>(
      `${SELECT} and ($2::uuid is null or audience.id > $2) group by audience.id order by audience.id limit $3`,
      [tenantId, after ?? null, limit],
    );
    return rows.map(audienceView);
  }

  /** Prevents the audience's deletion until the open transaction ends. Raises AudienceNotFound. */
  async hold(tenantId: string, id: string): Promise<void> {
    const found = await this.database.query(
      `select from audience where id = $1 and tenant_id = $2 and deleted_at is null for key share`,
      [id, tenantId],
    );
    if (found.length === 0) throw new AudienceNotFound();
  }

  /** Raises AudienceNotFound unless the audience exists and is the tenant's. */
  async require(tenantId: string, id: string): Promise<void> {
    const found = await this.database.query(
      `select from audience where tenant_id = $1 and id = $2 and deleted_at is null`,
      [tenantId, id],
    );
    if (found.length === 0) throw new AudienceNotFound();
  }
}

const audienceView = ({ id, name, description, emails, phones, created_at, updated_at }: Row): AudienceView => ({
  id,
  name,
  description,
  counts: { email: Number(emails), phone: Number(phones) },
  createdAt: iso(created_at),
  updatedAt: iso(updated_at),
});
