import { Migration } from '@mikro-orm/migrations';

/** Numbers that are rented for venues: each row is one tenancy of one number, and its history. */
export class PhoneNumbers0029 extends Migration {
  override up(): void {
    this.addSql(`
      create table phone_number (
        id uuid primary key default uuidv7(),
        tenant_id uuid not null references tenant,
        venue_id uuid not null references venue,
        provider_account_id uuid not null references provider_account,
        provider text not null,
        channels text[] not null,
        search jsonb,
        pool text,
        bought boolean not null,
        address text,
        provider_id text,
        asked boolean not null default false,
        tried text[] not null default '{}',
        status text not null default 'ordered',
        fault text,
        fault_code text,
        attempts integer not null default 0,
        lease uuid,
        due_at timestamptz,
        ordered_by text not null,
        created_at timestamptz not null default now(),
        assigned_at timestamptz,
        released_at timestamptz,
        quarantine_until timestamptz,
        returned_at timestamptz,
        checked_at timestamptz,
        problem text
      )`);
    this.addSql(`create index phone_number_tenant on phone_number (tenant_id, id)`);
    this.addSql(`create index phone_number_due on phone_number (due_at) where due_at is not null`);
    this.addSql(`create unique index phone_number_held on phone_number (provider_account_id, address)
      where status in ('ordered', 'active', 'quarantined', 'returning') and address is not null`);
    this.addSql(`alter table tenant add column max_numbers integer not null default 10`);
  }
}
