import { Migration } from '@mikro-orm/migrations';

/** People who use the console, as their OpenID provider knows them, and the sessions of whoever signed in. */
export class Users0096 extends Migration {
  override up(): void {
    this.addSql(`
      create table console_user (
        id uuid primary key default uuidv7(),
        tenant_id uuid references tenant,
        email text not null,
        name text,
        role text not null check (role in ('viewer', 'marketer', 'operator', 'finance', 'admin')),
        by_claim boolean not null default false,
        issuer text,
        subject text,
        created_by text not null,
        created_at timestamptz not null default now(),
        last_signed_in_at timestamptz,
        disabled_at timestamptz,
        constraint console_user_email_unique unique nulls not distinct (email, tenant_id),
        constraint console_user_identity check ((issuer is null) = (subject is null))
      )`);
    this.addSql(`create index console_user_tenant on console_user (tenant_id, id)`);
    this.addSql(`
      create unique index console_user_identity_unique on console_user (issuer, subject, tenant_id) nulls not distinct
      where subject is not null`);
    this.addSql(`
      create table user_session (
        id uuid primary key default uuidv7(),
        token_hash text not null unique,
        tenant_id uuid references tenant,
        user_id uuid references console_user on delete cascade,
        key_id uuid references api_key,
        admin_key_mark text,
        actor text not null,
        provider_session text,
        id_token text,
        created_at timestamptz not null default now(),
        last_seen_at timestamptz not null default now(),
        expires_at timestamptz not null,
        constraint user_session_holder check (num_nonnulls(user_id, key_id, admin_key_mark) = 1)
      )`);
    this.addSql(`create index user_session_actor on user_session (actor, id)`);
    this.addSql(`create index user_session_user on user_session (user_id) where user_id is not null`);
    this.addSql(
      `create index user_session_provider on user_session (provider_session) where provider_session is not null`,
    );
    this.addSql(`create index user_session_expires on user_session (expires_at)`);
  }
}
