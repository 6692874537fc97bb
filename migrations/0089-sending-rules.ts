import { Migration } from '@mikro-orm/migrations';

/** To which countries a tenant sends (null: to all that the platform sends to), when marketing may go (null: at any hour), and whether its texts must name the venue and how to leave. */
export class SendingRules0089 extends Migration {
  override up(): void {
    this.addSql(`alter table tenant add column allowed_countries text[], add column quiet_hours jsonb,
      add column require_identification boolean not null default false`);
  }
}
