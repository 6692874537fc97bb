import { Migration } from '@mikro-orm/migrations';

/**
 * How many requests a key and a tenant may make in a minute, where that differs from the configuration. And how many they have made, in all processes together: not
 * logged, as nothing is lost with it.
 */
export class RateLimits0085 extends Migration {
  override up(): void {
    this.addSql(`alter table api_key add column requests_per_minute jsonb not null default '{}'`);
    this.addSql(`alter table tenant add column requests_per_minute jsonb not null default '{}'`);
    this.addSql(`
      create unlogged table request_count (
        subject text not null,
        minute bigint not null,
        requests int not null,
        primary key (subject, minute)
      )`);
  }
}
