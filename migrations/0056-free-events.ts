import { Migration } from '@mikro-orm/migrations';

/**
 * Events without foreign keys, as messages are: tenants and venues are never deleted, and to check both row by row made a quarter of what
 * it costs to store an event.
 */
export class FreeEvents0056 extends Migration {
  override up(): void {
    this.addSql(
      `alter table inbound_event drop constraint inbound_event_tenant_id_fkey, drop constraint inbound_event_venue_id_fkey`,
    );
  }
}
