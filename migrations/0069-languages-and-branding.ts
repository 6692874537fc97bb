import { Migration } from '@mikro-orm/migrations';

/** Templates in several languages, and what they say of their tenant. */
export class LanguagesAndBranding0069 extends Migration {
  override up(): void {
    this.addSql(`
      alter table template_version
        add column language text,
        add column translations jsonb,
        add column brand jsonb`);
    this.addSql(`
      create table branding (
        tenant_id uuid primary key references tenant (id),
        variables jsonb not null,
        updated_at timestamptz not null default now(),
        updated_by text not null
      )`);
  }
}
