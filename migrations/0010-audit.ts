import { Migration } from '@mikro-orm/migrations';

/** The audit log: manual interventions in automatic processes. */
export class Audit0010 extends Migration {
  override up(): void {
    this.addSql(`
      create table audit_event (
        id uuid primary key default uuidv7(),
        at timestamptz not null default clock_timestamp(),
        actor text not null,
        tenant_id uuid,
        action text not null,
        details jsonb not null
      )`);
    this.addSql(`create index audit_event_tenant on audit_event (tenant_id, id)`);
    this.addSql(`
      create trigger audit_event_append_only before update on audit_event
      for each row execute function refuse_change()`);
  }
}
