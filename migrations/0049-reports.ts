import { Migration } from '@mikro-orm/migrations';

/** Sums of why messages did not arrive, and of how long they took. They are counted from the first event on. */
export class Reports0049 extends Migration {
  override up(): void {
    this.addSql(`
      create table failure_rollup (
        tenant_id uuid not null,
        day date not null,
        channel text not null,
        provider text not null,
        campaign_id uuid,
        kind text not null,
        reason text,
        code text,
        messages bigint not null,
        constraint failure_rollup_unique
          unique nulls not distinct (tenant_id, day, channel, provider, campaign_id, kind, reason, code)
      )`);
    this.addSql(`
      create table latency_rollup (
        tenant_id uuid not null,
        day date not null,
        channel text not null,
        provider text not null,
        measure text not null check (measure in ('provider', 'delivery')),
        bucket smallint not null,
        messages bigint not null,
        primary key (tenant_id, day, channel, provider, measure, bucket)
      )`);
  }
}
