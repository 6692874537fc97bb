import { Migration } from '@mikro-orm/migrations';

/** After which moment what a run sends next is of no use: it depends on the way that the run has taken. */
export class ReachOfRuns0037 extends Migration {
  override up(): void {
    this.addSql(`alter table automation_run add column reach jsonb`);
  }
}
