import { Migration } from '@mikro-orm/migrations';

/** The ledger, its pending queue, the lanes, and the event log. */
export class Dispatch0005 extends Migration {
  override up(): void {
    this.addSql(`
      create table lane (
        id uuid primary key default uuidv7(),
        provider_account_id uuid not null references provider_account,
        sender_address text not null,
        provider text not null,
        channel text not null,
        rate_per_second double precision not null,
        rate_asked_at timestamptz not null default '-infinity',
        concurrency integer not null,
        batch_size integer not null,
        state text not null default 'active',
        free_at timestamptz not null default now(),
        rest_until timestamptz not null default '-infinity',
        rest_reason text,
        rest_code text,
        rests smallint not null default 0,
        setbacks integer not null default 0,
        lease_holder uuid,
        lease_until timestamptz not null default '-infinity',
        last_tenant_id uuid not null default '00000000-0000-0000-0000-000000000000',
        constraint lane_unique unique (provider_account_id, sender_address, channel)
      )`);
    this.addSql(`
      create table message (
        id uuid primary key,
        tenant_id uuid not null,
        venue_id uuid not null,
        channel text not null,
        category text not null,
        lane_id uuid not null,
        provider text not null,
        sender_address text not null,
        sender_name text,
        recipient text not null,
        template_version_id uuid,
        data jsonb,
        content jsonb,
        status text not null,
        reason text,
        error_code text,
        attempts smallint not null default 0,
        diversions smallint not null default 0,
        segments smallint not null,
        provider_message_id text,
        reference text,
        metadata jsonb,
        campaign_id uuid,
        resend_of uuid,
        fallback jsonb,
        fallback_of uuid,
        followed_by uuid,
        send_at timestamptz,
        expires_at timestamptz,
        sent_at timestamptz,
        settled_at timestamptz
      ) partition by range (id)`);
    this.addSql(`create index message_tenant on message (tenant_id, id)`);
    this.addSql(`create index message_recipient on message (tenant_id, recipient, id)`);
    this.addSql(`create index message_reference on message (tenant_id, reference, id) where reference is not null`);
    this.addSql(`
      create table pending (
        message_id uuid primary key,
        lane_id uuid not null,
        tenant_id uuid not null,
        campaign_id uuid not null default '00000000-0000-0000-0000-000000000000',
        priority smallint not null,
        units integer not null,
        ready_at timestamptz not null,
        claim uuid,
        waits_for text
      ) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05)`);
    this.addSql(`
      create function lane_priority(category text) returns smallint language sql immutable parallel safe as
      $$ select case category when 'transactional' then 0 else 1 end $$`);
    this.addSql(
      `create index pending_ready on pending (lane_id, priority, tenant_id, campaign_id, ready_at, message_id) where claim is null`,
    );
    this.addSql(`create index pending_waits on pending (tenant_id, waits_for) where waits_for is not null`);
    this.addSql(`create index pending_claimed on pending (lane_id) where claim is not null`);
    this.addSql(`
      create table message_event (
        seq bigint generated always as identity,
        tx xid8 not null default pg_current_xact_id(),
        message_id uuid not null,
        tenant_id uuid not null,
        at timestamptz not null default now(),
        kind text not null,
        previous text,
        channel text not null,
        category text not null,
        provider text not null,
        segments smallint not null,
        code text,
        reason text,
        source text not null,
        occurred_at timestamptz
      ) partition by range (at)`);
    this.addSql(`
      create table doubt (
        message_id uuid primary key,
        tenant_id uuid not null,
        since timestamptz not null default clock_timestamp(),
        look_at timestamptz not null default clock_timestamp() + interval '2 minutes',
        looks smallint not null default 0
      )`);
    this.addSql(`create index doubt_look_at on doubt (look_at)`);
    this.addSql(`create index doubt_tenant on doubt (tenant_id, message_id)`);
    this.addSql(`
      create table fallback_due (
        message_id uuid primary key,
        due_at timestamptz not null default clock_timestamp()
      )`);
    this.addSql(`create index message_event_message on message_event (message_id, seq)`);
    this.addSql(`create index message_event_cursor on message_event (tx, seq)`);
    this.addSql(`
      create table conversation (
        channel text not null,
        number text not null,
        address text not null,
        last_inbound_at timestamptz not null,
        primary key (channel, number, address)
      )`);
    this.campaigns();
    this.partitions();
  }

  /** A campaign's pending messages form a group that can be held, throttled and counted. */
  private campaigns(): void {
    this.addSql(`
      create table campaign_flow (
        campaign_id uuid primary key,
        state text not null check (state in ('open', 'held', 'closed')),
        per_second double precision,
        free_at timestamptz not null default now(),
        opened_at timestamptz not null default now(),
        complete_at timestamptz
      ) with (fillfactor = 50)`);
    this.addSql(`create table campaign_tally (campaign_id uuid not null, status text not null, delta bigint not null)`);
    this.addSql(`create index campaign_tally_campaign on campaign_tally (campaign_id)`);
    this.addSql(`
      create function flow_allowance(state text, per_second float8, free_at timestamptz) returns bigint language sql volatile as $$
        select case
          when state <> 'open' then 0
          when per_second is null then 1000000
          else greatest(0, floor(1e-9 + per_second * (greatest(2, 1 / per_second)
            - greatest(0, extract(epoch from free_at - clock_timestamp()))))) end::bigint $$`);
    this.addSql(`
      create function lane_waits_since(lane uuid) returns timestamptz language plpgsql as $$
      declare
        crowd record;
        since timestamptz;
      begin
        select priority, tenant_id, campaign_id, ready_at into crowd from pending
          where lane_id = lane and claim is null order by priority, tenant_id, campaign_id, ready_at limit 1;
        while found loop
          if crowd.ready_at <= now() and not exists (
            select from campaign_flow as flow
            where flow.campaign_id = crowd.campaign_id and flow_allowance(state, per_second, free_at) < 1)
          then since := least(since, crowd.ready_at); end if;
          select priority, tenant_id, campaign_id, ready_at into crowd from pending
            where lane_id = lane and claim is null
              and (priority, tenant_id, campaign_id) > (crowd.priority, crowd.tenant_id, crowd.campaign_id)
            order by priority, tenant_id, campaign_id, ready_at limit 1;
        end loop;
        return since;
      end $$`);
    this.addSql(`
      create function lane_has_work(lane uuid) returns boolean language sql as $$
        select exists (select from pending where lane_id = lane and claim is not null) or lane_waits_since(lane) is not null $$`);
  }

  /**
   * Monthly partitions by the timestamp in a UUIDv7: its first 48 bits are milliseconds since 1970 (RFC 9562, 5.7). A claim
   * updates neighbouring rows together: half-empty pages have room for their new versions, so that no index is touched (HOT).
   */
  private partitions(): void {
    this.addSql(`
      create function uuidv7_floor(at timestamptz) returns uuid language sql immutable parallel safe as
      $$ select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid $$`);
    this.addSql(`
      create function ensure_month(month date) returns void language plpgsql as $$
      declare
        first timestamptz := month::timestamp at time zone 'utc';
        next timestamptz := (month + interval '1 month')::timestamp at time zone 'utc';
        suffix text := to_char(month, 'YYYY_MM');
      begin
        if to_regclass('message_' || suffix) is null then
          execute format('create table %I partition of message for values from (%L) to (%L) with (fillfactor = 50)',
            'message_' || suffix, uuidv7_floor(first), uuidv7_floor(next));
        end if;
        if to_regclass('message_event_' || suffix) is null then
          execute format('create table %I partition of message_event for values from (%L) to (%L)',
            'message_event_' || suffix, first, next);
        end if;
      end $$`);
    this.addSql(`
      create function ensure_months(ahead integer) returns void language sql as $$
        select ensure_month(month::date)
        from generate_series(date_trunc('month', now() at time zone 'utc') - interval '1 month',
          date_trunc('month', now() at time zone 'utc') + make_interval(months => ahead), interval '1 month') as month $$`);
    this.addSql(`
      create function months_ahead(most integer) returns integer language plpgsql stable as $$
      declare suffix text;
      begin
        for ahead in 0..most loop
          suffix := to_char(date_trunc('month', now() at time zone 'utc') + make_interval(months => ahead), 'YYYY_MM');
          if to_regclass('message_' || suffix) is null or to_regclass('message_event_' || suffix) is null then
            return ahead - 1;
          end if;
        end loop;
        return most;
      end $$`);
    this.addSql(`select ensure_months(3)`);
  }
}
