import { Migration } from '@mikro-orm/migrations';

/**
 * Numbers that are written two ways are kept in one spelling (src/tenants/addresses/phone-spellings.ts). What is stored under
 * another moves to it, the newest decision of both counting. Sent messages stay as they were recorded. Stop the processes of the
 * previous release first: they would still store a STOP under the old spelling.
 */
export class NumberSpellings0015 extends Migration {
  override up(): void {
    this.addSql(`
      create function dialled_today(channel text, address text) returns text immutable language sql as $$
        select case
          when address ~ '^\\+521\\d{10}$' then '+52' || substr(address, 5)
          when address ~ '^\\+55[1-9]{2}[6-9]\\d{7}$' then substr(address, 1, 5) || '9' || substr(address, 6)
          when address ~ '^\\+229\\d{8}$' then '+22901' || substr(address, 5)
          when address ~ '^\\+9725[69]\\d{7}$' then '+970' || substr(address, 5)
          when address ~ '^\\+390549\\d{6}$' then '+378' || substr(address, 4)
          when address ~ '^\\+54[0-8]\\d{9}$' and channel <> 'voice' then '+549' || substr(address, 4)
          else address
        end $$`);
    const isOld = `address like '+%' and dialled_today(channel, address) <> address`;
    this.addSql(`
      insert into consent (venue_id, channel, address, tenant_id, status, source, occurred_at)
      select distinct on (venue_id, channel, dialled_today(channel, address))
        venue_id, channel, dialled_today(channel, address), tenant_id, status, source, occurred_at
      from consent where ${isOld}
      order by venue_id, channel, dialled_today(channel, address), occurred_at desc, status desc
      on conflict (venue_id, channel, address) do update
        set status = excluded.status, source = excluded.source, occurred_at = excluded.occurred_at, updated_at = clock_timestamp()
        where excluded.occurred_at > consent.occurred_at`);
    this.addSql(`delete from consent where ${isOld}`);
    this.addSql(`
      insert into number_opt_out (channel, number, address, status, occurred_at)
      select distinct on (channel, number, dialled_today(channel, address))
        channel, number, dialled_today(channel, address), status, occurred_at
      from number_opt_out where ${isOld}
      order by channel, number, dialled_today(channel, address), occurred_at desc, status desc
      on conflict (channel, number, address) do update set status = excluded.status, occurred_at = excluded.occurred_at
        where excluded.occurred_at > number_opt_out.occurred_at`);
    this.addSql(`delete from number_opt_out where ${isOld}`);
    // The logs are append-only: today's spelling gets a copy, which names the old one and the row.
    const logs = { consent_event: 'tenant_id, venue_id', number_opt_out_event: 'number' };
    for (const [log, owner] of Object.entries(logs)) {
      this.addSql(`
        insert into ${log} (${owner}, channel, address, status, previous_status, source, evidence, actor, occurred_at, recorded_at)
        select ${owner}, channel, dialled_today(channel, address), status, previous_status, source,
          coalesce(evidence, '{}') || jsonb_build_object('writtenAs', address, 'copyOf', id), actor, occurred_at, recorded_at
        from ${log} where ${isOld} order by id`);
    }
    this.addSql(`
      insert into suppression (tenant_id, channel, address, reason, evidence, created_at)
      select tenant_id, channel, dialled_today(channel, address), reason, evidence, created_at from suppression where ${isOld}
      on conflict do nothing`);
    this.addSql(`delete from suppression where ${isOld}`);
    this.addSql(`
      insert into conversation (channel, number, address, last_inbound_at)
      select channel, number, dialled_today(channel, address), max(last_inbound_at) from conversation where ${isOld} group by 1, 2, 3
      on conflict (channel, number, address) do update
        set last_inbound_at = greatest(conversation.last_inbound_at, excluded.last_inbound_at)`);
    this.addSql(`delete from conversation where ${isOld}`);
    this.addSql(`
      with moved as (
        insert into contact (audience_id, kind, address, attributes, import_id, created_at, updated_at)
        select distinct on (audience_id, kind, dialled_today(kind, address))
          audience_id, kind, dialled_today(kind, address), attributes, import_id, created_at, updated_at
        from contact where kind = 'phone' and dialled_today(kind, address) <> address
        order by audience_id, kind, dialled_today(kind, address), updated_at desc
        on conflict (audience_id, kind, address) do nothing
        returning audience_id),
      gone as (
        delete from contact where kind = 'phone' and dialled_today(kind, address) <> address
        returning audience_id),
      change as (
        select audience_id, sum(step) as phones
        from (select audience_id, 1 as step from moved union all select audience_id, -1 from gone) as step group by audience_id)
      update audience set phones = audience.phones + change.phones from change where audience.id = change.audience_id`);
    // Messages that wait: the gate asks for the consent of the spelling they are addressed to.
    this.addSql(`
      update message set recipient = dialled_today(channel, recipient)
      from pending where message.id = pending.message_id and recipient like '+%' and dialled_today(channel, recipient) <> recipient`);
    this.addSql(`drop function dialled_today(text, text)`);
  }
}
