import { Migration } from '@mikro-orm/migrations';

/** Who lives: each process writes down every few seconds that it does, and takes its row with it when it stops. */
export class Health0057 extends Migration {
  override up(): void {
    this.addSql(`
      create table process (
        id uuid primary key,
        role text not null check (role in ('all', 'api', 'worker')),
        name text not null,
        version text not null,
        started_at timestamptz not null default clock_timestamp(),
        seen_at timestamptz not null default clock_timestamp()
      )`);
  }
}
