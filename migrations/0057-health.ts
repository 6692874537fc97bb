import { Migration } from '@mikro-orm/migrations';

/**
 * Who lives: each process writes down every few seconds that it does, and takes its row with it when it stops. And whether a lane has work
 * is known from the first message that may leave: it was known from the oldest, of all tenants that wait there.
 */
export class Health0057 extends Migration {
  override up(): void {
    this.processes();
    this.accounts();
    this.addSql(`
      create or replace function lane_has_work(lane uuid) returns boolean language plpgsql as $$
      declare
        crowd record;
      begin
        if exists (select from pending where lane_id = lane and claim is not null) then return true; end if;
        select priority, tenant_id, campaign_id, ready_at into crowd from pending
          where lane_id = lane and claim is null order by priority, tenant_id, campaign_id, ready_at limit 1;
        while found loop
          if crowd.ready_at <= now() and not exists (
            select from campaign_flow as flow
            where flow.campaign_id = crowd.campaign_id and flow_allowance(state, per_second, free_at) < 1)
          then return true; end if;
          select priority, tenant_id, campaign_id, ready_at into crowd from pending
            where lane_id = lane and claim is null
              and (priority, tenant_id, campaign_id) > (crowd.priority, crowd.tenant_id, crowd.campaign_id)
            order by priority, tenant_id, campaign_id, ready_at limit 1;
        end loop;
        return false;
      end $$`);
  }

  /** How tenants' own accounts were when their providers were asked, with credentials of which version. */
  private accounts(): void {
    this.addSql(`
      create table account_health (
        account_id uuid primary key references provider_account,
        version int not null,
        fault text check (fault in ('credentials', 'account', 'refused', 'unreachable')),
        checked_at timestamptz not null default now(),
        since timestamptz not null default now()
      )`);
  }

  private processes(): void {
    this.addSql(`
      create table process (
        id uuid primary key,
        role text not null check (role in ('all', 'api', 'worker')),
        name text not null,
        version text not null,
        started_at timestamptz not null default clock_timestamp(),
        seen_at timestamptz not null default clock_timestamp()
      )`);
  }
}
