import { Migration } from '@mikro-orm/migrations';

/** Each tenant's usage, aggregated from events exactly once. */
export class Usage0007 extends Migration {
  override up(): void {
    this.addSql(`
      create table usage_daily (
        tenant_id uuid not null,
        day date not null,
        channel text not null,
        category text not null,
        provider text not null,
        messages bigint not null default 0,
        segments bigint not null default 0,
        delivered bigint not null default 0,
        failed bigint not null default 0,
        stopped bigint not null default 0,
        primary key (tenant_id, day, channel, category, provider)
      )`);
    this.addSql(
      `create table usage_cursor (name text primary key, tx xid8 not null, seq bigint not null, moved_at timestamptz not null default now())`,
    );
    this.addSql(`insert into usage_cursor (name, tx, seq) values ('daily', '0', 0)`);
  }
}
