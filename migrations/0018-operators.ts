import { Migration } from '@mikro-orm/migrations';

/**
 * Months for a service whose role owns no table: `ensure_months` runs with the rights of the role that migrated, on a search path
 * that its caller cannot change, and makes a year at the most. Who may run it is said by `npm run migrate -- --grant-to`.
 *
 * Audit records that name their object.
 */
export class Operators0018 extends Migration {
  override up(): void {
    this.addSql(`
      create or replace function ensure_months(ahead integer) returns void language sql
      security definer set search_path = public, pg_temp as $$
        select ensure_month(month::date)
        from generate_series(date_trunc('month', now() at time zone 'utc') - interval '1 month',
          date_trunc('month', now() at time zone 'utc') + make_interval(months => least(ahead, 12)), interval '1 month') as month $$`);
    this.addSql(`revoke execute on function ensure_month(date), ensure_months(integer) from public`);
    this.addSql(`alter table audit_event add column object_kind text, add column object_id text`);
    this.addSql(`create index audit_event_object on audit_event (object_id, id) where object_id is not null`);
    this.addSql(`create index audit_event_actor on audit_event (actor, id)`);
  }
}
