import { Migration } from '@mikro-orm/migrations';

/** Alerts go before everything else in a lane. What is queued keeps its place: only new messages can be alerts. */
export class Emergencies0024 extends Migration {
  override up(): void {
    this.addSql(`
      create or replace function lane_priority(category text) returns smallint language sql immutable parallel safe as
      $$ select case category when 'emergency' then -1 when 'transactional' then 0 else 1 end $$`);
  }
}
