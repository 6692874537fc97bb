/** How long each tenant's data are kept: as the tenant says, or else the platform. */
import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import type { Retention, RetentionKind } from './retention.dto.js';
import { TENANTS_CONFIG, type TenantsConfig } from './tenants-config.js';

const FIELDS = { content: 'contentDays', recipients: 'recipientDays', received: 'receivedDays' } as const;

export interface RetentionPolicy {
  /** Null: they are kept. */
  readonly days: number | null;
  /** Whose word that is. */
  readonly by: 'tenant' | 'platform';
}

@Injectable()
export class RetentionPolicies {
  constructor(
    private readonly database: Database,
    @Inject(TENANTS_CONFIG) private readonly platform: TenantsConfig,
  ) {}

  async of(tenantId: string): Promise<Readonly<Record<RetentionKind, RetentionPolicy>>> {
    const [row] = await this.database.query<{ retention: Retention | null }>(
      `select retention from tenant where id = $1`,
      [tenantId],
    );
    const own = row?.retention ?? null;
    return {
      content: this.policy(own, 'content'),
      recipients: this.policy(own, 'recipients'),
      received: this.policy(own, 'received'),
    };
  }

  /** Tenants of which data of this kind have an end, with the days. */
  async withEnd(kind: RetentionKind): Promise<{ readonly tenantId: string; readonly days: number }[]> {
    const rows = await this.database.query<{ id: string; retention: Retention | null }>(
      `select id, retention from tenant where retention is not null or $1 order by id`,
      [this.platform.retention[FIELDS[kind]] > 0],
    );
    return rows.flatMap(({ id, retention }) => {
      const { days } = this.policy(retention, kind);
      return days === null ? [] : [{ tenantId: id, days }];
    });
  }

  private policy(own: Retention | null, kind: RetentionKind): RetentionPolicy {
    const days = own?.[FIELDS[kind]];
    if (days !== undefined) return { days, by: 'tenant' };
    return { days: this.platform.retention[FIELDS[kind]] || null, by: 'platform' };
  }
}
