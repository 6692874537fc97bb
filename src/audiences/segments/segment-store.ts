/** Segments in the database. */
import { Injectable } from '@nestjs/common';
import { Database, iso } from '../../kernel/index.js';
import type { SegmentView } from './segments.dto.js';
import { SegmentNotFound } from './segments.errors.js';

/** Those of deleted audiences are gone with them. */
const SELECT = `
  select segment.id, audience_id as "audienceId", segment.name, segment.description, rule, segment.created_at as "createdAt",
    segment.updated_at as "updatedAt"
  from segment join audience on audience.id = audience_id and deleted_at is null
  where segment.tenant_id = $1`;

@Injectable()
export class SegmentStore {
  constructor(private readonly database: Database) {}

  /** Raises SegmentNotFound, also for another tenant's. */
  async get(tenantId: string, id: string): Promise<SegmentView> {
    const [row] = await this.database.query<SegmentView>(`${SELECT} and segment.id = $2`, [tenantId, id]);
    if (!row) throw new SegmentNotFound();
    return segmentView(row);
  }

  /** The rule of an audience's segment, which is not deleted until the open transaction ends. Raises SegmentNotFound. */
  async hold(tenantId: string, audienceId: string, id: string): Promise<Record<string, unknown>> {
    const [segment] = await this.database.query<Pick<SegmentView, 'rule'>>(
      `select rule from segment where id = $1 and tenant_id = $2 and audience_id = $3 for key share`,
      [id, tenantId, audienceId],
    );
    if (!segment) throw new SegmentNotFound('The audience has no segment with this id');
    return segment.rule;
  }

  /** Those with an id after `after`, oldest first. */
  async page(
    tenantId: string,
    { audienceId, after }: { readonly audienceId: string | undefined; readonly after: string | undefined },
    limit: number,
  ): Promise<SegmentView[]> {
    const rows = await this.database.query<SegmentView>(
      `${SELECT} and ($2::uuid is null or audience_id = $2) and ($3::uuid is null or segment.id > $3) order by segment.id limit $4`,
      [tenantId, audienceId ?? null, after ?? null, limit],
    );
    return rows.map(segmentView);
  }
}

const segmentView = (row: SegmentView): SegmentView => ({
  ...row,
  createdAt: iso(row.createdAt),
  updatedAt: iso(row.updatedAt),
});
