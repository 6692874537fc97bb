import { Migration } from '@mikro-orm/migrations';

/**
 * Which runs each process has in hand, beside the runs: a lease in each cost an update more. Stop workers of the release before first.
 * The table is unlogged, since a claim that is lost costs nothing.
 */
export class RunClaims0036 extends Migration {
  override up(): void {
    this.addSql(`
      create unlogged table automation_claim (
        id uuid primary key,
        run_ids uuid[] not null,
        until timestamptz not null
      )`);
    this.addSql(`alter table automation_run drop column lease, drop column lease_until`);
  }
}
