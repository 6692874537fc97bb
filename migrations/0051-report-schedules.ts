import { Migration } from '@mikro-orm/migrations';

/** Reports that are written to people at a local hour. */
export class ReportSchedules0051 extends Migration {
  override up(): void {
    this.addSql(`
      create table report_schedule (
        id uuid primary key default uuidv7(),
        tenant_id uuid not null references tenant on delete cascade,
        report text not null check (report in ('delivery', 'engagement', 'cost', 'failures', 'latency')),
        breakdown text[] not null,
        filter jsonb not null,
        period text not null check (period in ('yesterday', 'last_7_days', 'last_month')),
        every text not null check (every in ('day', 'week', 'month')),
        day int not null check (day between 1 and 28),
        hour int not null check (hour between 0 and 23),
        emails text[] not null,
        language text not null,
        enabled boolean not null,
        timezone text not null,
        due_at timestamptz,
        last_sent_at timestamptz,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now()
      )`);
    this.addSql(`create index report_schedule_tenant on report_schedule (tenant_id, id)`);
    this.addSql(`create index report_schedule_due on report_schedule (due_at) where due_at is not null`);
  }
}
