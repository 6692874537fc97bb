import { Migration } from '@mikro-orm/migrations';

/**
 * Events in the order in which they were said, as the database counts them, and by what they are about; and runs with where in that
 * order they began and looked last. Events and runs wait while it runs.
 */
export class EventOrder0035 extends Migration {
  override up(): void {
    this.addSql(`create sequence inbound_event_seq`);
    this.addSql(`alter table inbound_event add column seq bigint, add column about text`);
    this.addSql(`
      update inbound_event set seq = ordered.seq, about = coalesce(
        'order:' || order_ref, 'attendee:' || attendee_ref, 'event:' || event_ref, 'customer:' || customer_ref)
      from (select id, row_number() over (order by id) as seq from inbound_event) as ordered where ordered.id = inbound_event.id`);
    this.addSql(`select setval('inbound_event_seq', greatest(1, (select max(seq) from inbound_event)))`);
    this.addSql(`
      alter table inbound_event alter column seq set not null, alter column seq set default nextval('inbound_event_seq')`);
    this.addSql(`alter sequence inbound_event_seq owned by inbound_event.seq`);
    this.addSql(`drop index inbound_event_waiting`);
    this.addSql(`create index inbound_event_waiting on inbound_event (seq) where taken_at is null`);
    this.addSql(`create index inbound_event_about on inbound_event (tenant_id, about, seq) where about is not null`);
    this.addSql(
      `alter table automation_run add column began_seq bigint not null default 0, add column looked_seq bigint`,
    );
    this.addSql(`
      update automation_run as run set began_seq = event.seq,
        looked_seq = case when place > 0 or waiting_since is not null then (select last_value from inbound_event_seq) end
      from inbound_event as event where event.id = run.trigger_id and run.status = 'waiting'`);
  }
}
