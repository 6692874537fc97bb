import { Migration } from '@mikro-orm/migrations';

/** Events that were refused for good where nobody waits for an answer, and whether the message bus is connected. */
export class EventDeadLetters0033 extends Migration {
  override up(): void {
    this.addSql(`
      create table event_dead_letter (
        origin text not null check (origin in ('queue', 'service_bus')),
        place text not null,
        reason text not null,
        refused_at timestamptz not null default now(),
        primary key (origin, place)
      )`);
    this.addSql(`create index event_dead_letter_at on event_dead_letter (refused_at)`);
    this.addSql(`
      create table event_link (
        name text primary key,
        tried_at timestamptz not null,
        up_at timestamptz
      )`);
  }
}
