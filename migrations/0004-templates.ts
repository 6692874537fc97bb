import { Migration } from '@mikro-orm/migrations';

/** Templates: a template is its key; its content is in immutable versions. */
export class Templates0004 extends Migration {
  override up(): void {
    this.addSql(`
      create table template (
        id uuid primary key default uuidv7(),
        tenant_id uuid not null references tenant,
        key text not null,
        channel text not null,
        category text not null,
        current_version integer not null default 1,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        constraint template_key_unique unique (tenant_id, key)
      )`);
    this.addSql(`
      create table template_version (
        id uuid primary key default uuidv7(),
        template_id uuid not null references template,
        tenant_id uuid not null references tenant,
        version integer not null,
        subject text,
        html text,
        text text,
        body text,
        media_urls text[],
        content_sid text,
        content_variables jsonb,
        fallback text[],
        created_at timestamptz not null default now(),
        created_by text not null,
        constraint template_version_unique unique (template_id, version)
      )`);
    this.addSql(`
      create trigger template_version_immutable before update on template_version
      for each row execute function refuse_change()`);
  }
}
