import { Migration } from '@mikro-orm/migrations';

/** Segments of audiences: rules, and no rows of who is in them. */
export class Segments0073 extends Migration {
  override up(): void {
    this.addSql(`
      create table segment (
        id uuid primary key default uuidv7(),
        tenant_id uuid not null references tenant,
        audience_id uuid not null references audience on delete cascade,
        name text not null,
        description text,
        rule jsonb not null,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now()
      )`);
    this.addSql(`create index segment_tenant on segment (tenant_id, id)`);
    this.addSql(`create index segment_audience on segment (audience_id)`);
  }
}
