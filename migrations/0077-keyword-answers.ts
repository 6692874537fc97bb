import { Migration } from '@mikro-orm/migrations';

/** When a person's keyword was last answered: a machine that answers ours is answered once. */
export class KeywordAnswers0077 extends Migration {
  override up(): void {
    this.addSql(`
      create table keyword_answer (
        venue_id uuid not null,
        channel text not null,
        person text not null,
        keyword text not null,
        answered_at timestamptz not null default now(),
        primary key (venue_id, channel, person, keyword)
      )`);
  }
}
