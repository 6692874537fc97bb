/** Whose quiet hours have changed while messages waited for the old ones, until all of these have been looked at again. */
import { Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import type { QuietHours } from './quiet-hours.dto.js';

/** The relation: a row for each tenant of which messages may still wait for hours that are no longer its own. */
export const QUIET_HOURS_CHANGES = 'quiet_hours_change';

export interface QuietHoursChange {
  /** The hours as they are now; null without any. */
  readonly quietHours: QuietHours | null;
  /** The tenant's. */
  readonly timezone: string;
  /** The last message that has been looked at; a UUID before all others if none has. */
  readonly after: string;
  /** Messages that are to be looked at once nobody holds them; null until that is known. */
  readonly awaited: readonly string[] | null;
}

@Injectable()
export class QuietHoursChanges {
  constructor(private readonly database: Database) {}

  /** What waits for a tenant's hours is looked at from the beginning. In the transaction that changes them, after that. */
  async note(tenantId: string): Promise<void> {
    await this.database.query(
      `insert into quiet_hours_change as change (tenant_id) values ($1)
       on conflict (tenant_id) do update set changed_at = excluded.changed_at, after = excluded.after, awaited = null`,
      [tenantId],
    );
  }

  /** The tenants of which messages may have to be moved, whose change is the oldest first. */
  async open(): Promise<string[]> {
    const rows = await this.database.query<{ tenant_id: string }>(
      `select tenant_id from quiet_hours_change order by changed_at, tenant_id`,
    );
    return rows.map(({ tenant_id: id }) => id);
  }

  /**
   * How far a tenant's change has come, held until the open transaction ends: who changes the hours meanwhile waits for it. Undefined if it is through, or
   * another process has it.
   */
  async take(tenantId: string): Promise<QuietHoursChange | undefined> {
    const [place] = await this.database.query<Pick<QuietHoursChange, 'after' | 'awaited'>>(
      `select after, awaited from quiet_hours_change where tenant_id = $1 for update skip locked`,
      [tenantId],
    );
    if (!place) return undefined;
    // Apart, once it is held: the same statement could see the hours from before a change for which it waited.
    const [tenant] = await this.database.query<Pick<QuietHoursChange, 'quietHours' | 'timezone'>>(
      `select quiet_hours as "quietHours", timezone from tenant where id = $1`,
      [tenantId],
    );
    return tenant && { ...tenant, ...place };
  }

  /** Notes how far a change that is held has come. */
  async advance(tenantId: string, { after, awaited }: Pick<QuietHoursChange, 'after' | 'awaited'>): Promise<void> {
    await this.database.query(`update quiet_hours_change set after = $2, awaited = $3 where tenant_id = $1`, [
      tenantId,
      after,
      awaited,
    ]);
  }

  /** All that waited has been looked at, of a change that is held. */
  async end(tenantId: string): Promise<void> {
    await this.database.query(`delete from quiet_hours_change where tenant_id = $1`, [tenantId]);
  }
}
