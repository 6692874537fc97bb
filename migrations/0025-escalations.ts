import { Migration } from '@mikro-orm/migrations';

/** Alerts that call one person after another until somebody acknowledges. */
export class Escalations0025 extends Migration {
  override up(): void {
    this.addSql(`
      create table escalation (
        id uuid primary key default uuidv7(),
        tenant_id uuid not null references tenant,
        venue_id uuid not null references venue,
        status text not null default 'CALLING'
          check (status in ('CALLING', 'ACKNOWLEDGED', 'REACHED', 'EXHAUSTED', 'CANCELLED')),
        until_acknowledged boolean not null,
        messages jsonb not null,
        steps jsonb not null,
        retry jsonb not null,
        category text not null,
        reference text,
        due_at timestamptz,
        acknowledged_message uuid,
        acknowledged_via text check (acknowledged_via in ('key', 'reply', 'api')),
        acknowledged_at timestamptz,
        created_by text not null,
        created_at timestamptz not null default now(),
        finished_at timestamptz,
        check (due_at is null or status in ('CALLING', 'EXHAUSTED'))
      )`);
    this.addSql(`create index escalation_tenant on escalation (tenant_id, id)`);
    this.addSql(`create index escalation_due on escalation (due_at) where due_at is not null`);
    this.addSql(`create index escalation_open on escalation (created_at) where status in ('CALLING', 'EXHAUSTED')`);
    this.addSql(`
      create table escalation_attempt (
        escalation_id uuid not null references escalation on delete cascade,
        step int not null,
        attempt int not null,
        message_id uuid,
        refusal text,
        at timestamptz not null default clock_timestamp(),
        primary key (escalation_id, step, attempt)
      )`);
    this.addSql(`create unique index escalation_attempt_message on escalation_attempt (message_id)`);
    // No event before this is one of an escalation.
    this.addSql(`
      insert into event_cursor (name, tx, seq) values ('escalations', pg_snapshot_xmin(pg_current_snapshot()), 0)`);
  }
}
