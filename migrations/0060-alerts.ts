import { Migration } from '@mikro-orm/migrations';

/** Alerts: their states and history, what is silenced, and what processes counted lately. */
export class Alerts0060 extends Migration {
  override up(): void {
    this.addSql(`
      create table alert (
        id uuid primary key default uuidv7(),
        rule text not null,
        labels jsonb not null,
        state text not null check (state in ('pending', 'firing', 'resolved')),
        value double precision not null,
        since timestamptz not null,
        fired_at timestamptz,
        clear_since timestamptz,
        resolved_at timestamptz,
        evaluated_at timestamptz not null,
        told_at timestamptz,
        told int not null default 0,
        constraint alert_has_fired check ((fired_at is null) = (state = 'pending')),
        constraint alert_is_over check ((resolved_at is null) = (state <> 'resolved'))
      )`);
    this.addSql(`create unique index alert_open on alert (rule, labels) where state <> 'resolved'`);
    this.addSql(`create index alert_resolved on alert (resolved_at) where state = 'resolved'`);
    this.addSql(`
      create table alert_silence (
        rule text not null,
        labels jsonb not null,
        until timestamptz not null,
        reason text not null,
        created_at timestamptz not null default now(),
        primary key (rule, labels)
      )`);
    this.addSql(`
      create table alert_count (
        minute timestamptz not null,
        rule text not null,
        part text not null check (part in ('part', 'whole')),
        labels jsonb not null,
        count bigint not null,
        primary key (minute, rule, part, labels)
      )`);
    this.addSql(`create index reconciliation_done on reconciliation (finished_at) where state = 'done'`);
  }
}
