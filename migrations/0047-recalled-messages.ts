import { Migration } from '@mikro-orm/migrations';

/** Messages that wait end with the run or the campaign that they belong to: a run ends, and a campaign holds and cancels, what is not sent yet. */
export class RecalledMessages0047 extends Migration {
  override up(): void {
    this.addSql(`alter table message add column recalled text, add column root_campaign_id uuid`);
    this.addSql(`
      alter table automation_run add column passed jsonb not null default '[]',
        add column ends_as text check (ends_as in ('done', 'stopped'))`);
    this.addSql(`
      with recursive chain as (
        select id as follower, id, fallback_of, campaign_id from message
        where fallback_of is not null
          and id in (select message_id from pending union all select message_id from fallback_due)
        union all
        select follower, before.id, before.fallback_of, before.campaign_id
        from chain join message as before on before.id = chain.fallback_of
      ), behind as (
        update message set root_campaign_id = chain.campaign_id
        from chain where message.id = follower and chain.fallback_of is null and chain.campaign_id is not null
        returning message.id, root_campaign_id
      )
      update pending set campaign_id = root_campaign_id from behind where message_id = behind.id`);
  }
}
