/** API keys that end by themselves before long, and that no other has followed. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';

export interface EndingKey {
  readonly id: string;
  readonly name: string;
  readonly tenantId: string;
  readonly tenantName: string;
  /** PostgreSQL text, as is `lastUsedAt`. */
  readonly expiresAt: string;
  readonly lastUsedAt: string | null;
}

@Injectable()
export class EndingKeys {
  constructor(private readonly database: Database) {}

  /** Those that end within so many days, the next to end first; without those that were made to last no longer. */
  within(days: number): Promise<EndingKey[]> {
    return this.database.query<EndingKey>(
      `select api_key.id, api_key.name, tenant_id as "tenantId", tenant.name as "tenantName", expires_at as "expiresAt",
         last_used_at as "lastUsedAt"
       from api_key join tenant on tenant.id = tenant_id
       where revoked_at is null and expires_at > now() and expires_at <= now() + make_interval(days => $1)
         and api_key.created_at < expires_at - make_interval(days => $1)
         and not exists (select from api_key as next where next.replaces = api_key.id and next.revoked_at is null)
       order by expires_at, api_key.id`,
      [days],
    );
  }
}
