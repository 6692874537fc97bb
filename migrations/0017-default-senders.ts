import { Migration } from '@mikro-orm/migrations';

/**
 * A venue's default sender on a channel is chosen, not the newest. Those that speak today become it. A process of the previous
 * release may still release a default without passing it on, so the index leaves released senders out. And a tenant may require
 * that each message names its venue, and a caller suppress an address.
 */
export class DefaultSenders0017 extends Migration {
  override up(): void {
    this.addSql(`alter table sender add column is_default boolean not null default false`);
    this.addSql(`
      update sender set is_default = true where id in (
        select distinct on (venue_id, channel) id from sender as candidate
        where status <> 'released'
        order by venue_id, channel, status = 'active' desc, exists (select from sender as relieved
          where relieved.venue_id = candidate.venue_id and relieved.fallback_sender_id = candidate.id and relieved.status = 'active'),
          id desc)`);
    this.addSql(`
      create unique index sender_default_unique on sender (venue_id, channel) where is_default and status <> 'released'`);
    this.addSql(`alter table tenant add column require_venue_id boolean not null default false`);
    this.addSql(`alter table suppression add column actor text not null default 'provider'`);
  }
}
