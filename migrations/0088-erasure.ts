import { Migration } from '@mikro-orm/migrations';

/** People whose data is erased, what stays in force of their decisions under a keyed hash, and exports of a person's data. */
export class Erasure0088 extends Migration {
  override up(): void {
    this.addSql(`
      create table kept_decision (
        digest bytea not null,
        channel text not null,
        tenant_id uuid not null,
        decision text not null check (decision in ('erased', 'opted_out', 'left_marketing', 'number_opted_out')),
        venue_id uuid,
        number text,
        decided_at timestamptz not null,
        constraint kept_decision_unique unique nulls not distinct (digest, channel, tenant_id, decision, venue_id, number),
        constraint kept_decision_of_venue check ((venue_id is not null) = (decision in ('opted_out', 'left_marketing'))),
        constraint kept_decision_of_number check ((number is not null) = (decision = 'number_opted_out'))
      )`);
    this.addSql(`
      create table erasure (
        id uuid primary key default uuidv7(),
        tenant_id uuid not null,
        kind text not null check (kind in ('email', 'phone')),
        digest bytea not null,
        address text,
        state text not null default 'running' check (state in ('running', 'watching', 'done')),
        requested_by text not null,
        requested_at timestamptz not null default now(),
        step integer not null default 0,
        after uuid,
        due_at timestamptz default now(),
        erased jsonb not null default '{}',
        file_ids uuid[] not null default '{}',
        erased_at timestamptz,
        watched_until timestamptz,
        certificate json,
        constraint erasure_is_over check ((state = 'done') = (address is null and due_at is null)),
        constraint erasure_certified check ((state = 'running') = (certificate is null))
      )`);
    this.addSql(`create unique index erasure_open on erasure (tenant_id, digest) where state <> 'done'`);
    this.addSql(`create index erasure_tenant on erasure (tenant_id, id)`);
    this.addSql(`create index erasure_due on erasure (due_at) where due_at is not null`);
    this.addSql(`
      create table person_export (
        id uuid primary key default uuidv7(),
        tenant_id uuid not null,
        kind text not null check (kind in ('email', 'phone')),
        digest bytea not null,
        address text not null,
        requested_by text not null,
        requested_at timestamptz not null default now(),
        expires_at timestamptz not null default now() + interval '7 days'
      )`);
    this.addSql(`create index person_export_tenant on person_export (tenant_id, id)`);
    this.addSql(`create index person_export_expires on person_export (expires_at)`);
    this.addSql(`
      create function refuse_change_but_erasure() returns trigger language plpgsql as $$
      begin
        if tg_op = 'UPDATE' then
          if new.person like '%erased%' and to_jsonb(new) - 'person' = to_jsonb(old) - 'person' then
            return new;
          end if;
        end if;
        raise exception '% is append-only', tg_table_name;
      end $$`);
    this.addSql(`
      create or replace trigger received_message_immutable before delete or update on received_message
      for each row execute function refuse_change_but_erasure()`);
  }
}
