import { Migration } from '@mikro-orm/migrations';

/**
 * What a message is about by the platform's ids, with what was last read of it, and the caller's correlation id. Writes wait while
 * the index is built.
 */
export class Freshness0034 extends Migration {
  override up(): void {
    this.addSql(
      `alter table message add column host_refs jsonb, add column host_data jsonb, add column correlation_id text`,
    );
    this.addSql(
      `create index message_correlation on message (tenant_id, correlation_id, id) where correlation_id is not null`,
    );
  }
}
