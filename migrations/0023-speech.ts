import { Migration } from '@mikro-orm/migrations';

/** How a call speaks, in a version of a template; and what became of each call. */
export class Speech0023 extends Migration {
  override up(): void {
    this.addSql(`alter table template_version add column speech jsonb`);
    this.addSql(`
      create table voice_call (
        message_id uuid primary key,
        tenant_id uuid not null,
        answered_by text,
        digits text,
        acknowledged_at timestamptz,
        ended_at timestamptz,
        duration_seconds int
      )`);
  }
}
