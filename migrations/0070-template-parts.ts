import { Migration } from '@mikro-orm/migrations';

/** Layouts and partials, versions of templates that were put together from them or brought back, and data to try them with. */
export class TemplateParts0070 extends Migration {
  override up(): void {
    this.addSql(`
      create table template_part (
        id uuid primary key default uuidv7(),
        tenant_id uuid not null references tenant (id),
        key text not null,
        kind text not null check (kind in ('layout', 'partial')),
        current_version int not null default 1,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        constraint template_part_key_unique unique (tenant_id, key)
      )`);
    this.addSql(`
      create table template_part_version (
        id uuid primary key default uuidv7(),
        part_id uuid not null references template_part (id),
        tenant_id uuid not null references tenant (id),
        version int not null,
        html text,
        mjml text,
        text text,
        created_at timestamptz not null default now(),
        created_by text not null,
        constraint template_part_version_unique unique (part_id, version)
      )`);
    this.addSql(`
      create trigger template_part_version_immutable before update on template_part_version
      for each row execute function refuse_change()`);
    this.addSql(`
      alter table template_version
        add column layout text,
        add column parts jsonb,
        add column source jsonb,
        add column restored_from int`);
    this.addSql(`
      create table template_data_set (
        template_id uuid not null references template (id),
        name text not null,
        data jsonb not null,
        updated_at timestamptz not null default now(),
        updated_by text not null,
        primary key (template_id, name)
      )`);
  }
}
