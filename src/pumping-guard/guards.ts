/** How each tenant is guarded, and whom it wants to be told. */
import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import type { Language, NoticeTargets } from '../notices/index.js';
import { BILLED_TENANTS } from '../tenants/index.js';
import { PUMPING_GUARD, type GuardMode, type PumpingGuardSettings } from './pumping-guard-config.js';

export interface Guard {
  readonly tenantId: string;
  readonly tenantName: string;
  /** What counts. */
  readonly mode: GuardMode;
  /** The tenant's own; null for the platform's. */
  readonly ownMode: GuardMode | null;
  /** Put by the admin key, which alone changes it. */
  readonly byAdmin: boolean;
  readonly targets: NoticeTargets;
}

interface Row {
  readonly name: string;
  readonly mode: GuardMode | null;
  readonly by_admin: boolean | null;
  readonly notify_emails: readonly string[] | null;
  readonly notify_url: string | null;
  readonly notify_language: Language | null;
}

@Injectable()
export class Guards {
  constructor(
    @Inject(PUMPING_GUARD) private readonly settings: PumpingGuardSettings,
    private readonly database: Database,
  ) {}

  async of(tenantId: string): Promise<Guard> {
    const [row] = await this.database.query<Row>(
      `select name, mode, by_admin, notify_emails, notify_url, notify_language
       from ${BILLED_TENANTS} as tenant left join pumping_guard as guard on guard.tenant_id = tenant.id where tenant.id = $1`,
      [tenantId],
    );
    return {
      tenantId,
      tenantName: row?.name ?? '',
      mode: row?.mode ?? this.settings.mode,
      ownMode: row?.mode ?? null,
      byAdmin: row?.by_admin ?? false,
      targets: {
        emails: row?.notify_emails ?? [],
        url: row?.notify_url ?? null,
        language: row?.notify_language ?? 'en',
      },
    };
  }

  /** Waits for whoever changes it, or looks by it, and keeps others waiting until the transaction ends. */
  async lock(tenantId: string): Promise<Guard> {
    await this.database.query(`select pg_advisory_xact_lock(hashtextextended('pumping-guard ' || $1, 0))`, [tenantId]);
    return this.of(tenantId);
  }

  async put(
    tenantId: string,
    { ownMode, byAdmin, targets }: Pick<Guard, 'ownMode' | 'byAdmin' | 'targets'>,
  ): Promise<void> {
    await this.database.query(
      `insert into pumping_guard (tenant_id, mode, by_admin, notify_emails, notify_url, notify_language) values ($1, $2, $3, $4, $5, $6)
       on conflict (tenant_id) do update set mode = excluded.mode, by_admin = excluded.by_admin, notify_emails = excluded.notify_emails,
         notify_url = excluded.notify_url, notify_language = excluded.notify_language`,
      [tenantId, ownMode, byAdmin, targets.emails, targets.url, targets.language],
    );
  }
}
