import { Migration } from '@mikro-orm/migrations';

/** What machines did about messages is counted beside what people did; and reads, and unsubscribing, by themselves. */
export class MachineEngagement0072 extends Migration {
  override up(): void {
    this.addSql(`
      alter table usage_rollup
        add column read bigint not null default 0,
        add column unsubscribed bigint not null default 0,
        add column machine_opened bigint not null default 0,
        add column machine_clicked bigint not null default 0`);
  }
}
