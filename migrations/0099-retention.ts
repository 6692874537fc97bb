import { Migration } from '@mikro-orm/migrations';

/** How long a tenant's data of a kind is kept, and how far it has been erased. */
export class Retention0099 extends Migration {
  override up(): void {
    this.addSql(`alter table tenant add column retention jsonb`);
    this.addSql(`
      create table retention_walk (
        tenant_id uuid not null references tenant on delete cascade,
        kind text not null check (kind in ('content', 'recipients', 'received')),
        after uuid not null default '00000000-0000-0000-0000-000000000000',
        erased bigint not null default 0,
        walked_at timestamptz not null default clock_timestamp(),
        primary key (tenant_id, kind)
      )`);
    // What could not be erased when its turn came: it is looked at again.
    this.addSql(`
      create table retention_left (
        tenant_id uuid not null references tenant on delete cascade,
        kind text not null,
        id uuid not null,
        primary key (tenant_id, kind, id)
      )`);
  }
}
