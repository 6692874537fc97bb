import { Migration } from '@mikro-orm/migrations';

/** What providers cost and tenants are charged, in versions that never change; and which plan a tenant is charged by. */
export class Prices0041 extends Migration {
  override up(): void {
    this.addSql(`
      create table price_list (
        id uuid primary key default uuidv7(),
        kind text not null check (kind in ('cost', 'plan')),
        name text not null,
        created_at timestamptz not null default now(),
        constraint price_list_unique unique (kind, name)
      )`);
    this.addSql(`
      create table price_list_version (
        id uuid primary key default uuidv7(),
        list_id uuid not null references price_list,
        version int not null,
        currency text not null,
        content_hash text not null,
        lines int not null,
        valid_from timestamptz not null,
        created_by text not null,
        created_at timestamptz not null default now(),
        constraint price_list_version_unique unique (list_id, version)
      )`);
    this.addSql(`
      create table price_line (
        version_id uuid not null references price_list_version,
        place int not null,
        channel text not null,
        direction text not null,
        country text,
        prefix text,
        sender_type text,
        category text,
        provider text,
        kind text not null check (kind in ('price', 'markup', 'allowance')),
        unit text check ((unit is null) = (kind = 'markup')),
        from_unit bigint not null,
        valid_from timestamptz,
        price_micros bigint,
        carrier_fee_micros bigint,
        markup_basis_points int,
        markup_fixed_micros bigint,
        included bigint,
        primary key (version_id, place)
      )`);
    for (const table of ['price_list_version', 'price_line']) {
      this.addSql(`create trigger ${table}_immutable before update or delete on ${table}
        for each row execute function refuse_change()`);
    }
    this.addSql(`alter table tenant add column plan text not null default 'standard'`);
  }
}
