import { Migration } from '@mikro-orm/migrations';

/** Closed months with their lines, credits, and which numbers have been charged for which months. None of it is ever changed. */
export class Statements0045 extends Migration {
  override up(): void {
    this.addSql(`
      create table statement (
        id uuid primary key default uuidv7(),
        tenant_id uuid not null references tenant,
        month date not null,
        tenant_name text not null,
        timezone text not null,
        starts_at timestamptz not null,
        ends_at timestamptz not null,
        closed_at timestamptz not null,
        closed_by text not null,
        unpriced bigint not null,
        content_hash text not null,
        constraint statement_month unique (tenant_id, month)
      )`);
    this.addSql(`
      create table statement_line (
        statement_id uuid not null references statement,
        place int not null,
        kind text not null check (kind in ('usage', 'adjustment', 'rent', 'credit')),
        month date not null,
        channel text,
        direction text,
        category text,
        country text,
        provider text,
        unit text,
        messages bigint not null,
        units bigint not null,
        included bigint not null,
        charge_micros bigint,
        currency text check ((currency is null) = (charge_micros is null)),
        note text,
        primary key (statement_id, place)
      )`);
    this.addSql(`
      create table credit_note (
        id uuid primary key default uuidv7(),
        tenant_id uuid not null references tenant,
        day date not null,
        period date not null,
        micros bigint not null check (micros > 0),
        currency text not null,
        reason text not null,
        created_by text not null,
        created_at timestamptz not null default now()
      )`);
    this.addSql('create index credit_note_tenant on credit_note (tenant_id, id)');
    this.addSql(`
      create table number_month (
        tenant_id uuid not null references tenant,
        month date not null,
        address text not null,
        number_id uuid not null,
        primary key (tenant_id, month, address)
      )`);
    for (const table of ['statement', 'statement_line', 'credit_note', 'number_month']) {
      this.addSql(`create trigger ${table}_immutable before update or delete on ${table}
        for each row execute function refuse_change()`);
    }
  }
}
