SET check_function_bodies = off;

CREATE OR REPLACE FUNCTION public.audit_content(event record)
 RETURNS text
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
      begin
        return jsonb_build_array(event.seq, event.id,
          to_char(event.at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), event.actor, event.origin, event.tenant_id,
          event.action, event.object_kind, event.object_id, event.details)::text;
      end $function$;

CREATE OR REPLACE FUNCTION public.bound_months()
 RETURNS void
 LANGUAGE plpgsql
AS $function$
      declare
        found record;
        first timestamptz;
      begin
        for found in
          select relname as name from pg_inherits join pg_class on pg_class.oid = inhrelid
          where inhparent = 'message'::regclass and relname ~ '^message_\d{4}_\d\d$'
            and not exists (select from pg_constraint where conrelid = inhrelid and conname = relname || '_accepted')
        loop
          first := to_date(right(found.name, 7), 'YYYY_MM')::timestamp at time zone 'utc';
          execute format('alter table %I add constraint %I check (
            uuid_extract_timestamp(id) >= %L and uuid_extract_timestamp(id) < %L)', found.name, found.name || '_accepted',
            first, (first at time zone 'utc' + interval '1 month') at time zone 'utc');
        end loop;
      end $function$;

CREATE OR REPLACE FUNCTION public.ensure_month(month date)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
      declare
        first timestamptz := month::timestamp at time zone 'utc';
        next timestamptz := (month + interval '1 month')::timestamp at time zone 'utc';
        suffix text := to_char(month, 'YYYY_MM');
      begin
        if to_regclass('message_' || suffix) is null then
          execute format('create table %I (like message including all) with (fillfactor = 50)', 'message_' || suffix);
          execute format('alter table message attach partition %I for values from (%L) to (%L)', 'message_' || suffix, uuidv7_floor(first), uuidv7_floor(next));
        end if;
        if to_regclass('message_event_' || suffix) is null then
          execute format('create table %I (like message_event including all excluding identity)', 'message_event_' || suffix);
          execute format('alter table message_event attach partition %I for values from (%L) to (%L)', 'message_event_' || suffix, first, next);
        end if;
        if to_regclass('billing_amount_' || suffix) is null then
          execute format('create table %I (like billing_amount including all excluding identity)', 'billing_amount_' || suffix);
          execute format('alter table billing_amount attach partition %I for values from (%L) to (%L)', 'billing_amount_' || suffix, first, next);
        end if;
      end $function$;

CREATE OR REPLACE FUNCTION public.ensure_months(ahead integer)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
        select ensure_month(month::date)
        from generate_series(date_trunc('month', now() at time zone 'utc') - interval '1 month',
          date_trunc('month', now() at time zone 'utc') + make_interval(months => least(ahead, 12)), interval '1 month') as month;
        select bound_months() $function$;

CREATE OR REPLACE FUNCTION public.flow_allowance(state text, per_second double precision, free_at timestamp with time zone)
 RETURNS bigint
 LANGUAGE sql
AS $function$
        select case
          when state <> 'open' then 0
          when per_second is null then 1000000
          else greatest(0, floor(1e-9 + per_second * (greatest(2, 1 / per_second)
            - greatest(0, extract(epoch from free_at - clock_timestamp()))))) end::bigint $function$;

CREATE OR REPLACE FUNCTION public.lane_has_work(lane uuid)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
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
      end $function$;

CREATE OR REPLACE FUNCTION public.lane_priority(category text)
 RETURNS smallint
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$ select case category when 'emergency' then -1 when 'transactional' then 0 else 1 end $function$;

CREATE OR REPLACE FUNCTION public.lane_waits_since(lane uuid)
 RETURNS timestamp with time zone
 LANGUAGE plpgsql
AS $function$
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
      end $function$;

CREATE OR REPLACE FUNCTION public.link_audit_event()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      declare
        whose constant uuid := coalesce(new.tenant_id, '00000000-0000-0000-0000-000000000000');
        head record;
      begin
        select * into head from audit_chain where chain = whose for update;
        if not found then
          insert into audit_chain (chain, hash, genesis, base_hash) values (whose, sha256(''), sha256(''), sha256(''))
            on conflict do nothing;
          select * into head from audit_chain where chain = whose for update;
        end if;
        new.id := uuidv7();
        new.at := clock_timestamp();
        new.seq := head.seq + 1;
        new.previous_hash := head.hash;
        new.hash := sha256(head.hash || convert_to(audit_content(new), 'UTF8'));
        update audit_chain set seq = new.seq, hash = new.hash, at = new.at where chain = whose;
        return new;
      end $function$;

CREATE OR REPLACE FUNCTION public.months_ahead(most integer)
 RETURNS integer
 LANGUAGE plpgsql
 STABLE
AS $function$
      declare suffix text;
      begin
        for ahead in 0..most loop
          suffix := to_char(date_trunc('month', now() at time zone 'utc') + make_interval(months => ahead), 'YYYY_MM');
          if to_regclass('message_' || suffix) is null or to_regclass('message_event_' || suffix) is null then
            return ahead - 1;
          end if;
        end loop;
        return most;
      end $function$;

CREATE OR REPLACE FUNCTION public.note_timezone()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      begin
        insert into tenant_timezone (tenant_id, since, timezone)
        values (new.id, case tg_op when 'INSERT' then '-infinity' else now() end, new.timezone)
        on conflict (tenant_id, since) do update set timezone = excluded.timezone;
        return null;
      end $function$;

CREATE OR REPLACE FUNCTION public.refuse_audit_delete()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      begin
        if tg_op = 'DELETE' then
          if coalesce(old.seq, 1) <= (
            select base_seq from audit_chain where chain = coalesce(old.tenant_id, '00000000-0000-0000-0000-000000000000')
          ) then
            return old;
          end if;
        end if;
        raise exception '% is append-only', tg_table_name;
      end $function$;

CREATE OR REPLACE FUNCTION public.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin raise exception '% is append-only', tg_table_name; end $function$;

CREATE OR REPLACE FUNCTION public.refuse_change_but_erasure()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      begin
        if tg_op = 'UPDATE' then
          if new.person like '%erased%' and to_jsonb(new) - 'person' = to_jsonb(old) - 'person' then
            return new;
          end if;
        end if;
        raise exception '% is append-only', tg_table_name;
      end $function$;

CREATE OR REPLACE FUNCTION public.report_status(status text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
        select case status
          when 'scheduled' then 'SCHEDULED'
          when 'queued' then 'QUEUED'
          when 'sending' then 'SENDING'
          when 'unknown' then 'UNKNOWN'
          when 'sent' then 'SENT'
          when 'delivered' then 'DELIVERED'
          when 'read' then 'READ'
          when 'undelivered' then 'UNDELIVERED'
          when 'failed' then 'FAILED'
          when 'skipped_no_consent' then 'SKIPPED'
          when 'blocked_opted_out' then 'OPTED_OUT'
          when 'suppressed' then 'SUPPRESSED'
          when 'expired' then 'EXPIRED'
          when 'cancelled' then 'CANCELLED' end $function$;

CREATE OR REPLACE FUNCTION public.require_own_parent()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
    declare
      seen boolean;
    begin
      execute format('select exists (select from public.%I where id = ($1).%I)', tg_argv[0], tg_argv[1]) into seen using new;
      if not seen then
        raise exception 'new row of table "%" belongs to another tenant', tg_table_name using errcode = 'insufficient_privilege';
      end if;
      return null;
    end $function$;

CREATE OR REPLACE FUNCTION public.retire_audit(before date)
 RETURNS bigint
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
      declare
        head record;
        whose uuid;
        last bigint;
        last_hash bytea;
        gone bigint;
        retired bigint := 0;
      begin
        if before <> date_trunc('month', before) or before > (now() at time zone 'utc') - interval '12 months' then
          raise exception 'before is the first day of a month that began at least twelve months ago';
        end if;
        for head in select * from audit_chain order by chain for update loop
          whose := nullif(head.chain, '00000000-0000-0000-0000-000000000000');
          select coalesce(min(seq) - 1, head.seq) into last from audit_event
          where seq is not null and at >= before at time zone 'utc' and (tenant_id = whose or whose is null and tenant_id is null);
          continue when last <= head.base_seq;
          select hash into last_hash from audit_event
          where seq = last and (tenant_id = whose or whose is null and tenant_id is null);
          update audit_chain set base_seq = last, base_hash = last_hash where chain = head.chain;
          delete from audit_event
          where coalesce(seq, 0) <= last and (tenant_id = whose or whose is null and tenant_id is null);
          get diagnostics gone = row_count;
          insert into audit_event (actor, tenant_id, action, details) values ('owner', whose, 'audit.retire',
            jsonb_build_object('before', before, 'through', last, 'hash', encode(last_hash, 'hex'), 'records', gone));
          retired := retired + gone;
        end loop;
        return retired;
      end $function$;

CREATE OR REPLACE FUNCTION public.uuidv7_floor(at timestamp with time zone)
 RETURNS uuid
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$ select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid $function$;

CREATE SEQUENCE inbound_event_seq AS bigint;

CREATE SEQUENCE schema_migration_id_seq AS integer;

CREATE TABLE account_health (
  account_id uuid NOT NULL,
  version integer NOT NULL,
  fault text,
  checked_at timestamp with time zone DEFAULT now() NOT NULL,
  since timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT account_health_pkey PRIMARY KEY (account_id),
  CONSTRAINT account_health_fault_check CHECK ((fault = ANY (ARRAY['credentials'::text, 'account'::text, 'refused'::text, 'unreachable'::text])))
);

CREATE TABLE address_report (
  message_id uuid NOT NULL,
  kind text NOT NULL,
  tenant_id uuid NOT NULL,
  channel text NOT NULL,
  address text NOT NULL,
  sender text NOT NULL,
  code text,
  event text,
  occurred_at timestamp with time zone NOT NULL,
  recorded_at timestamp with time zone DEFAULT now() NOT NULL,
  is_forgiven boolean DEFAULT false NOT NULL,
  sent_at timestamp with time zone,
  CONSTRAINT address_report_pkey PRIMARY KEY (message_id, kind),
  CONSTRAINT address_report_kind_check CHECK ((kind = ANY (ARRAY['soft_bounce'::text, 'hard_bounce'::text, 'complaint'::text, 'invalid_address'::text])))
);

CREATE TABLE alert (
  id uuid DEFAULT uuidv7() NOT NULL,
  rule text NOT NULL,
  labels jsonb NOT NULL,
  state text NOT NULL,
  value double precision NOT NULL,
  since timestamp with time zone NOT NULL,
  fired_at timestamp with time zone,
  clear_since timestamp with time zone,
  resolved_at timestamp with time zone,
  evaluated_at timestamp with time zone NOT NULL,
  told_at timestamp with time zone,
  told integer DEFAULT 0 NOT NULL,
  CONSTRAINT alert_pkey PRIMARY KEY (id),
  CONSTRAINT alert_has_fired CHECK (((fired_at IS NULL) = (state = 'pending'::text))),
  CONSTRAINT alert_is_over CHECK (((resolved_at IS NULL) = (state <> 'resolved'::text))),
  CONSTRAINT alert_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'firing'::text, 'resolved'::text])))
);

CREATE TABLE alert_count (
  minute timestamp with time zone NOT NULL,
  rule text NOT NULL,
  part text NOT NULL,
  labels jsonb NOT NULL,
  count bigint NOT NULL,
  CONSTRAINT alert_count_pkey PRIMARY KEY (minute, rule, part, labels),
  CONSTRAINT alert_count_part_check CHECK ((part = ANY (ARRAY['part'::text, 'whole'::text])))
);

CREATE TABLE alert_silence (
  rule text NOT NULL,
  labels jsonb NOT NULL,
  until timestamp with time zone NOT NULL,
  reason text NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT alert_silence_pkey PRIMARY KEY (rule, labels)
);

CREATE TABLE allowed_range (
  id uuid DEFAULT uuidv7() NOT NULL,
  tenant_id uuid NOT NULL,
  prefix text NOT NULL,
  note text,
  created_by text NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT allowed_range_pkey PRIMARY KEY (id),
  CONSTRAINT allowed_range_unique UNIQUE (tenant_id, prefix)
);

CREATE TABLE amount_rollup (
  tenant_id uuid NOT NULL,
  period date NOT NULL,
  day date NOT NULL,
  scope_id integer NOT NULL,
  kind text NOT NULL,
  unit text,
  cost_currency text,
  charge_currency text,
  messages bigint NOT NULL,
  units bigint NOT NULL,
  included bigint NOT NULL,
  cost_micros bigint NOT NULL,
  charge_micros bigint NOT NULL,
  without_cost bigint NOT NULL,
  without_charge bigint NOT NULL,
  cost_unknown text,
  charge_unknown text,
  CONSTRAINT amount_rollup_unique UNIQUE NULLS NOT DISTINCT (tenant_id, period, day, scope_id, kind, unit, cost_currency, charge_currency, cost_unknown, charge_unknown)
);

CREATE TABLE api_key (
  id uuid DEFAULT uuidv7() NOT NULL,
  tenant_id uuid NOT NULL,
  name text NOT NULL,
  secret_hash text NOT NULL,
  scopes text[] NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  created_by text NOT NULL,
  revoked_at timestamp with time zone,
  expires_at timestamp with time zone,
  networks text[] DEFAULT '{}'::text[] NOT NULL,
  replaces uuid,
  last_used_at timestamp with time zone,
  requests_per_minute jsonb DEFAULT '{}'::jsonb NOT NULL,
  CONSTRAINT api_key_pkey PRIMARY KEY (id)
);

CREATE TABLE audience (
  id uuid DEFAULT uuidv7() NOT NULL,
  tenant_id uuid NOT NULL,
  name text NOT NULL,
  description text,
  emails bigint DEFAULT 0 NOT NULL,
  phones bigint DEFAULT 0 NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  updated_at timestamp with time zone DEFAULT now() NOT NULL,
  deleted_at timestamp with time zone,
  generation integer DEFAULT 0 NOT NULL,
  are_people_read boolean DEFAULT true NOT NULL,
  CONSTRAINT audience_pkey PRIMARY KEY (id)
);

CREATE TABLE audience_import (
  id uuid DEFAULT uuidv7() NOT NULL,
  tenant_id uuid NOT NULL,
  audience_id uuid NOT NULL,
  idempotency_key text,
  format text NOT NULL,
  status text DEFAULT 'running'::text NOT NULL,
  attempt integer DEFAULT 1 NOT NULL,
  lines bigint DEFAULT 0 NOT NULL,
  checksum bigint DEFAULT 0 NOT NULL,
  inserted bigint DEFAULT 0 NOT NULL,
  updated bigint DEFAULT 0 NOT NULL,
  unchanged bigint DEFAULT 0 NOT NULL,
  repeated bigint DEFAULT 0 NOT NULL,
  rejected bigint DEFAULT 0 NOT NULL,
  uncounted_emails bigint DEFAULT 0 NOT NULL,
  uncounted_phones bigint DEFAULT 0 NOT NULL,
  created_by text NOT NULL,
  started_at timestamp with time zone DEFAULT now() NOT NULL,
  progressed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  ended_at timestamp with time zone,
  options jsonb DEFAULT '{}'::jsonb NOT NULL,
  columns jsonb,
  consents_recorded bigint DEFAULT 0 NOT NULL,
  consents_unchanged bigint DEFAULT 0 NOT NULL,
  CONSTRAINT audience_import_pkey PRIMARY KEY (id),
  CONSTRAINT audience_import_format_check CHECK ((format = ANY (ARRAY['csv'::text, 'ndjson'::text, 'json'::text]))),
  CONSTRAINT audience_import_key UNIQUE (tenant_id, idempotency_key),
  CONSTRAINT audience_import_status_check CHECK ((status = ANY (ARRAY['running'::text, 'finished'::text, 'interrupted'::text])))
) WITH (fillfactor=50);

CREATE TABLE audience_import_error (
  import_id uuid NOT NULL,
  number integer NOT NULL,
  line bigint NOT NULL,
  code text NOT NULL,
  field text,
  CONSTRAINT audience_import_error_pkey PRIMARY KEY (import_id, number)
);

CREATE TABLE audit_chain (
  chain uuid NOT NULL,
  seq bigint DEFAULT 0 NOT NULL,
  hash bytea NOT NULL,
  at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  genesis bytea NOT NULL,
  base_seq bigint DEFAULT 0 NOT NULL,
  base_hash bytea NOT NULL,
  CONSTRAINT audit_chain_pkey PRIMARY KEY (chain)
) WITH (fillfactor=50);

CREATE TABLE audit_event (
  id uuid DEFAULT uuidv7() NOT NULL,
  at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  actor text NOT NULL,
  tenant_id uuid,
  action text NOT NULL,
  details jsonb NOT NULL,
  object_kind text,
  object_id text,
  origin text,
  seq bigint,
  previous_hash bytea,
  hash bytea,
  CONSTRAINT audit_event_pkey PRIMARY KEY (id),
  CONSTRAINT audit_event_linked CHECK ((num_nulls(seq, previous_hash, hash) = ANY (ARRAY[0, 3]))),
  CONSTRAINT audit_event_origin_check CHECK ((origin = ANY (ARRAY['loopback'::text, 'private'::text, 'public'::text])))
);

CREATE TABLE auto_reply (
  id uuid DEFAULT uuidv7() NOT NULL,
  tenant_id uuid NOT NULL,
  venue_id uuid NOT NULL,
  channel text NOT NULL,
  body text,
  template jsonb,
  opening_hours jsonb,
  timezone text,
  every_hours smallint NOT NULL,
  enabled boolean NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT auto_reply_pkey PRIMARY KEY (id),
  CONSTRAINT auto_reply_channel_check CHECK ((channel = ANY (ARRAY['sms'::text, 'whatsapp'::text]))),
  CONSTRAINT auto_reply_unique UNIQUE (venue_id, channel)
);

CREATE TABLE auto_reply_due (
  received_id uuid NOT NULL,
  conversation_id uuid NOT NULL,
  auto_reply_id uuid NOT NULL,
  attempts smallint DEFAULT 0 NOT NULL,
  due_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  CONSTRAINT auto_reply_due_pkey PRIMARY KEY (received_id)
);

CREATE TABLE automation (
  id uuid DEFAULT uuidv7() NOT NULL,
  tenant_id uuid NOT NULL,
  venue_id uuid,
  key text NOT NULL,
  name text NOT NULL,
  enabled boolean NOT NULL,
  version integer NOT NULL,
  trigger text NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  updated_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT automation_pkey PRIMARY KEY (id),
  CONSTRAINT automation_key_unique UNIQUE (tenant_id, key)
);

CREATE TABLE automation_claim (
  id uuid NOT NULL,
  run_ids uuid[] NOT NULL,
  until timestamp with time zone NOT NULL,
  CONSTRAINT automation_claim_pkey PRIMARY KEY (id)
);

CREATE TABLE automation_offer (
  automation_id uuid NOT NULL,
  attendee_ref text NOT NULL,
  until timestamp with time zone NOT NULL,
  CONSTRAINT automation_offer_pkey PRIMARY KEY (automation_id, attendee_ref)
);

CREATE TABLE automation_run (
  id uuid DEFAULT uuidv7() NOT NULL,
  tenant_id uuid NOT NULL,
  automation_id uuid NOT NULL,
  version integer NOT NULL,
  venue_id uuid NOT NULL,
  trigger_id uuid NOT NULL,
  data jsonb NOT NULL,
  order_ref text,
  customer_ref text,
  event_ref text,
  attendee_ref text,
  person text NOT NULL,
  correlation_id text,
  stop_on text[] NOT NULL,
  status text DEFAULT 'waiting'::text NOT NULL,
  reason text,
  place integer DEFAULT 0 NOT NULL,
  due_at timestamp with time zone DEFAULT clock_timestamp(),
  waiting_since timestamp with time zone,
  message_id uuid,
  awaits_report boolean DEFAULT false NOT NULL,
  spread_after text,
  attempts integer DEFAULT 0 NOT NULL,
  log jsonb DEFAULT '[]'::jsonb NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  finished_at timestamp with time zone,
  began_seq bigint DEFAULT 0 NOT NULL,
  looked_seq bigint,
  reach jsonb,
  passed jsonb DEFAULT '[]'::jsonb NOT NULL,
  ends_as text,
  trace text,
  CONSTRAINT automation_run_pkey PRIMARY KEY (id),
  CONSTRAINT automation_run_check CHECK (((due_at IS NULL) OR (status = 'waiting'::text))),
  CONSTRAINT automation_run_ends_as_check CHECK ((ends_as = ANY (ARRAY['done'::text, 'stopped'::text]))),
  CONSTRAINT automation_run_status_check CHECK ((status = ANY (ARRAY['waiting'::text, 'done'::text, 'stopped'::text]))),
  CONSTRAINT automation_run_unique UNIQUE (automation_id, trigger_id, person)
) WITH (fillfactor=70);

CREATE TABLE automation_version (
  automation_id uuid NOT NULL,
  version integer NOT NULL,
  definition jsonb NOT NULL,
  created_by text NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT automation_version_pkey PRIMARY KEY (automation_id, version)
);

CREATE TABLE billing_amount (
  seq bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  at timestamp with time zone DEFAULT now() NOT NULL,
  tenant_id uuid NOT NULL,
  message_id uuid,
  number_id uuid,
  scope_id integer NOT NULL,
  basis_id integer NOT NULL,
  kind text NOT NULL,
  day date NOT NULL,
  period date NOT NULL,
  first_unit bigint NOT NULL,
  units integer NOT NULL,
  included integer NOT NULL,
  cost_micros bigint NOT NULL,
  charge_micros bigint NOT NULL,
  without_cost smallint DEFAULT 0 NOT NULL,
  without_charge smallint DEFAULT 0 NOT NULL,
  used_messages integer,
  used_segments integer,
  used_minutes integer,
  CONSTRAINT billing_amount_kind_check CHECK ((kind = ANY (ARRAY['estimated'::text, 'reversed'::text, 'rerated'::text, 'final'::text, 'rent'::text, 'credit'::text])))
) PARTITION BY RANGE (at);

CREATE TABLE billing_basis (
  id integer GENERATED ALWAYS AS IDENTITY NOT NULL,
  key uuid NOT NULL,
  cost_version_id uuid,
  cost_lines integer[] DEFAULT '{}'::integer[] NOT NULL,
  cost_unit text,
  cost_currency text,
  cost_unknown text,
  charge_version_id uuid,
  charge_lines integer[] DEFAULT '{}'::integer[] NOT NULL,
  charge_unit text,
  charge_currency text,
  charge_unknown text,
  plan text,
  CONSTRAINT billing_basis_pkey PRIMARY KEY (id),
  CONSTRAINT billing_basis_key UNIQUE (key)
);

CREATE TABLE billing_close (
  tenant_id uuid NOT NULL,
  closed_through date NOT NULL,
  CONSTRAINT billing_close_pkey PRIMARY KEY (tenant_id)
);

CREATE TABLE billing_units (
  tenant_id uuid NOT NULL,
  month date NOT NULL,
  channel text NOT NULL,
  direction text NOT NULL,
  unit text NOT NULL,
  used bigint NOT NULL,
  CONSTRAINT billing_units_pkey PRIMARY KEY (tenant_id, month, channel, direction, unit)
);

CREATE TABLE branding (
  tenant_id uuid NOT NULL,
  variables jsonb NOT NULL,
  updated_at timestamp with time zone DEFAULT now() NOT NULL,
  updated_by text NOT NULL,
  CONSTRAINT branding_pkey PRIMARY KEY (tenant_id)
);

CREATE TABLE budget (
  id uuid DEFAULT uuidv7() NOT NULL,
  tenant_id uuid NOT NULL,
  measure text NOT NULL,
  amount bigint,
  currency text,
  hard boolean NOT NULL,
  exempt text[] NOT NULL,
  stopped_at timestamp with time zone,
  stopped_needs bigint,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  updated_at timestamp with time zone DEFAULT now() NOT NULL,
  notify_emails text[] DEFAULT '{}'::text[] NOT NULL,
  notify_url text,
  notify_language text DEFAULT 'en'::text NOT NULL,
  campaign_id uuid,
  CONSTRAINT budget_pkey PRIMARY KEY (id),
  CONSTRAINT budget_amount_check CHECK ((amount > 0)),
  CONSTRAINT budget_check CHECK (((currency IS NULL) = (measure = 'messages'::text))),
  CONSTRAINT budget_measure_check CHECK ((measure = ANY (ARRAY['messages'::text, 'money'::text]))),
  CONSTRAINT budget_unique UNIQUE NULLS NOT DISTINCT (tenant_id, campaign_id, measure)
);

CREATE TABLE budget_reservation (
  message_id uuid NOT NULL,
  tenant_id uuid NOT NULL,
  month date NOT NULL,
  channel text NOT NULL,
  segments integer NOT NULL,
  micros bigint NOT NULL,
  currency text,
  tx xid8 DEFAULT pg_current_xact_id() NOT NULL,
  reserved_at timestamp with time zone DEFAULT now() NOT NULL,
  campaign_id uuid,
  CONSTRAINT budget_reservation_pkey PRIMARY KEY (message_id)
);

CREATE TABLE budget_reserving (
  scope_id uuid NOT NULL,
  month date,
  currency text,
  reserved bigint NOT NULL,
  CONSTRAINT budget_reserving_unique UNIQUE NULLS NOT DISTINCT (scope_id, month, currency)
) WITH (fillfactor=50);

CREATE TABLE budget_use (
  scope_id uuid NOT NULL,
  month date,
  currency text,
  used bigint DEFAULT 0 NOT NULL,
  released bigint DEFAULT 0 NOT NULL,
  moved_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT budget_use_unique UNIQUE NULLS NOT DISTINCT (scope_id, month, currency)
) WITH (fillfactor=50);

CREATE TABLE budget_warning (
  budget_id uuid NOT NULL,
  month date,
  percent integer NOT NULL,
  reached_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT budget_warning_unique UNIQUE NULLS NOT DISTINCT (budget_id, month, percent)
);

CREATE TABLE campaign (
  id uuid DEFAULT uuidv7() NOT NULL,
  tenant_id uuid NOT NULL,
  name text NOT NULL,
  description text,
  channel text NOT NULL,
  category text,
  venue_id uuid NOT NULL,
  sender_id uuid,
  template_key text NOT NULL,
  audience_id uuid NOT NULL,
  status text DEFAULT 'DRAFT'::text NOT NULL,
  status_reason text,
  scheduled_at timestamp with time zone,
  expires_at timestamp with time zone,
  messages_per_minute integer,
  pause_at_failure_percent integer,
  created_by text NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  updated_at timestamp with time zone DEFAULT now() NOT NULL,
  launched_at timestamp with time zone,
  sent_at timestamp with time zone,
  ended_at timestamp with time zone,
  template_version_id uuid,
  lane_id uuid,
  provider text,
  sender_address text,
  sender_name text,
  segments smallint,
  audience_count bigint DEFAULT 0 NOT NULL,
  excluded jsonb DEFAULT '{}'::jsonb NOT NULL,
  cut_to text DEFAULT ''::text NOT NULL,
  all_cut boolean DEFAULT false NOT NULL,
  frozen_at timestamp with time zone,
  rate_per_second double precision,
  sampled_at timestamp with time zone,
  sampled_count bigint DEFAULT 0 NOT NULL,
  use_preferred_channel boolean DEFAULT true NOT NULL,
  audience_generation integer,
  cut_part text DEFAULT ''::text NOT NULL,
  segment_id uuid,
  segment_rule jsonb,
  frequency_cap_days smallint,
  local_time text,
  if_past text,
  variant_stage text,
  attachments jsonb,
  changed_by text,
  people_at_most integer,
  outgrown boolean DEFAULT false NOT NULL,
  CONSTRAINT campaign_pkey PRIMARY KEY (id),
  CONSTRAINT campaign_if_past_check CHECK ((if_past = ANY (ARRAY['next_day'::text, 'at_once'::text]))),
  CONSTRAINT campaign_variant_stage_check CHECK ((variant_stage = ANY (ARRAY['whole'::text, 'test'::text, 'rest'::text])))
) WITH (fillfactor=50);

CREATE TABLE campaign_approval (
  campaign_id uuid NOT NULL,
  state text NOT NULL,
  requested_by text,
  requested_at timestamp with time zone,
  decided_by text,
  decided_at timestamp with time zone,
  note text,
  digest text,
  people integer,
  CONSTRAINT campaign_approval_pkey PRIMARY KEY (campaign_id),
  CONSTRAINT campaign_approval_bound CHECK (((state = 'approved'::text) = ((digest IS NOT NULL) AND (people IS NOT NULL)))),
  CONSTRAINT campaign_approval_decided CHECK (((state = 'awaiting'::text) = (decided_by IS NULL))),
  CONSTRAINT campaign_approval_state_check CHECK ((state = ANY (ARRAY['awaiting'::text, 'approved'::text, 'declined'::text])))
);

CREATE TABLE campaign_channel (
  campaign_id uuid NOT NULL,
  place smallint NOT NULL,
  channel text NOT NULL,
  template_key text NOT NULL,
  sender_id uuid,
  template_version_id uuid,
  lane_id uuid,
  provider text,
  sender_address text,
  sender_name text,
  segments smallint,
  messages bigint DEFAULT 0 NOT NULL,
  CONSTRAINT campaign_channel_pkey PRIMARY KEY (campaign_id, place)
) WITH (fillfactor=50);

CREATE TABLE campaign_chunk (
  campaign_id uuid NOT NULL,
  after text NOT NULL,
  until text NOT NULL,
  part text DEFAULT ''::text NOT NULL,
  CONSTRAINT campaign_chunk_pkey PRIMARY KEY (campaign_id, part, after)
);

CREATE TABLE campaign_exclusion (
  campaign_id uuid NOT NULL,
  address text NOT NULL,
  reason text NOT NULL,
  CONSTRAINT campaign_exclusion_pkey PRIMARY KEY (campaign_id, address)
);

CREATE TABLE campaign_flow (
  campaign_id uuid NOT NULL,
  state text NOT NULL,
  per_second double precision,
  free_at timestamp with time zone DEFAULT now() NOT NULL,
  opened_at timestamp with time zone DEFAULT now() NOT NULL,
  complete_at timestamp with time zone,
  tenant_id uuid,
  CONSTRAINT campaign_flow_pkey PRIMARY KEY (campaign_id),
  CONSTRAINT campaign_flow_state_check CHECK ((state = ANY (ARRAY['open'::text, 'held'::text, 'closed'::text, 'over_budget'::text, 'sender_paused'::text, 'over_daily_cap'::text])))
) WITH (fillfactor=50);

CREATE TABLE campaign_tally (
  campaign_id uuid NOT NULL,
  status text NOT NULL,
  delta bigint NOT NULL
);

CREATE TABLE campaign_test (
  campaign_id uuid NOT NULL,
  share_percent smallint NOT NULL,
  duration_minutes integer NOT NULL,
  metric text NOT NULL,
  minimum integer NOT NULL,
  sent_at timestamp with time zone,
  winner smallint,
  reason text,
  confidence_percent smallint,
  decided_at timestamp with time zone,
  decided_by text,
  CONSTRAINT campaign_test_pkey PRIMARY KEY (campaign_id),
  CONSTRAINT campaign_test_check CHECK (((winner IS NULL) = (decided_at IS NULL))),
  CONSTRAINT campaign_test_metric_check CHECK ((metric = ANY (ARRAY['clicks'::text, 'opens'::text, 'none'::text])))
);

CREATE TABLE campaign_variant (
  campaign_id uuid NOT NULL,
  place smallint NOT NULL,
  template_key text NOT NULL,
  share smallint NOT NULL,
  template_version_id uuid,
  segments smallint,
  CONSTRAINT campaign_variant_pkey PRIMARY KEY (campaign_id, place)
);

CREATE TABLE consent (
  venue_id uuid NOT NULL,
  channel text NOT NULL,
  address text NOT NULL,
  tenant_id uuid NOT NULL,
  status text NOT NULL,
  source text NOT NULL,
  occurred_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  marketing_out_at timestamp with time zone,
  marketing_out_source text,
  CONSTRAINT consent_pkey PRIMARY KEY (venue_id, channel, address),
  CONSTRAINT consent_is_a_decision CHECK (((status <> 'unknown'::text) OR (marketing_out_at IS NOT NULL))),
  CONSTRAINT consent_status_check CHECK ((status = ANY (ARRAY['opted_in'::text, 'opted_out'::text, 'unknown'::text])))
);

CREATE TABLE consent_event (
  id uuid DEFAULT uuidv7() NOT NULL,
  tenant_id uuid NOT NULL,
  venue_id uuid NOT NULL,
  channel text NOT NULL,
  address text NOT NULL,
  status text NOT NULL,
  previous_status text NOT NULL,
  source text NOT NULL,
  evidence jsonb,
  actor text NOT NULL,
  occurred_at timestamp with time zone NOT NULL,
  recorded_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  category text,
  CONSTRAINT consent_event_pkey PRIMARY KEY (id),
  CONSTRAINT consent_event_check CHECK (((category IS NULL) OR ((category = 'marketing'::text) AND (status = 'opted_out'::text)))),
  CONSTRAINT consent_event_status_check CHECK ((status = ANY (ARRAY['opted_in'::text, 'opted_out'::text])))
);

CREATE TABLE consent_follower (
  tenant_id uuid NOT NULL,
  CONSTRAINT consent_follower_pkey PRIMARY KEY (tenant_id)
);

CREATE TABLE consent_news (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  event_id uuid NOT NULL,
  CONSTRAINT consent_news_pkey PRIMARY KEY (id)
);

CREATE TABLE console_user (
  id uuid DEFAULT uuidv7() NOT NULL,
  tenant_id uuid,
  email text NOT NULL,
  name text,
  role text NOT NULL,
  by_claim boolean DEFAULT false NOT NULL,
  issuer text,
  subject text,
  created_by text NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  last_signed_in_at timestamp with time zone,
  disabled_at timestamp with time zone,
  CONSTRAINT console_user_pkey PRIMARY KEY (id),
  CONSTRAINT console_user_email_unique UNIQUE NULLS NOT DISTINCT (email, tenant_id),
  CONSTRAINT console_user_identity CHECK (((issuer IS NULL) = (subject IS NULL))),
  CONSTRAINT console_user_role_check CHECK ((role = ANY (ARRAY['viewer'::text, 'marketer'::text, 'operator'::text, 'finance'::text, 'admin'::text])))
);

CREATE TABLE contact (
  audience_id uuid NOT NULL,
  kind text NOT NULL,
  address text NOT NULL,
  attributes jsonb NOT NULL,
  import_id uuid NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  updated_at timestamp with time zone DEFAULT now() NOT NULL,
  person text,
  preferred_channel text,
  generation integer DEFAULT 0 NOT NULL,
  person_was text,
  since integer DEFAULT 0 NOT NULL,
  CONSTRAINT contact_pkey PRIMARY KEY (audience_id, kind, address),
  CONSTRAINT contact_kind_check CHECK ((kind = ANY (ARRAY['email'::text, 'phone'::text])))
);

CREATE TABLE content_approval (
  account_id uuid NOT NULL,
  content_sid text NOT NULL,
  status text,
  category text,
  reason text,
  checked_at timestamp with time zone,
  check_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT content_approval_pkey PRIMARY KEY (account_id, content_sid)
);

CREATE TABLE conversation (
  channel text NOT NULL,
  number text NOT NULL,
  address text NOT NULL,
  last_inbound_at timestamp with time zone NOT NULL,
  CONSTRAINT conversation_pkey PRIMARY KEY (channel, number, address)
);

CREATE TABLE credit_note (
  id uuid DEFAULT uuidv7() NOT NULL,
  tenant_id uuid NOT NULL,
  day date NOT NULL,
  period date NOT NULL,
  micros bigint NOT NULL,
  currency text NOT NULL,
  reason text NOT NULL,
  created_by text NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT credit_note_pkey PRIMARY KEY (id),
  CONSTRAINT credit_note_micros_check CHECK ((micros > 0))
);

CREATE TABLE daily_cap (
  id uuid DEFAULT uuidv7() NOT NULL,
  tenant_id uuid NOT NULL,
  channel text NOT NULL,
  category text NOT NULL,
  messages integer,
  by_admin boolean NOT NULL,
  day date NOT NULL,
  used integer DEFAULT 0 NOT NULL,
  stopped_at timestamp with time zone,
  told_on date,
  notify_emails text[] NOT NULL,
  notify_url text,
  notify_language text NOT NULL,
  CONSTRAINT daily_cap_pkey PRIMARY KEY (id),
  CONSTRAINT daily_cap_category_check CHECK ((category = ANY (ARRAY['transactional'::text, 'marketing'::text]))),
  CONSTRAINT daily_cap_messages_check CHECK ((messages >= 0)),
  CONSTRAINT daily_cap_unique UNIQUE (tenant_id, channel, category)
);

CREATE TABLE dead_address (
  channel text NOT NULL,
  address text NOT NULL,
  reason text NOT NULL,
  code text,
  proven_at timestamp with time zone NOT NULL,
  CONSTRAINT dead_address_pkey PRIMARY KEY (channel, address),
  CONSTRAINT dead_address_reason_check CHECK ((reason = ANY (ARRAY['hard_bounce'::text, 'invalid_address'::text])))
);

CREATE TABLE deployment (
  key text NOT NULL,
  value text NOT NULL,
  updated_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT deployment_pkey PRIMARY KEY (key)
);

CREATE TABLE doubt (
  message_id uuid NOT NULL,
  tenant_id uuid NOT NULL,
  since timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  look_at timestamp with time zone DEFAULT (clock_timestamp() + '00:02:00'::interval) NOT NULL,
  looks smallint DEFAULT 0 NOT NULL,
  CONSTRAINT doubt_pkey PRIMARY KEY (message_id)
);

CREATE TABLE erasure (
  id uuid DEFAULT uuidv7() NOT NULL,
  tenant_id uuid NOT NULL,
  kind text NOT NULL,
  digest bytea NOT NULL,
  address text,
  state text DEFAULT 'running'::text NOT NULL,
  requested_by text NOT NULL,
  requested_at timestamp with time zone DEFAULT now() NOT NULL,
  step integer DEFAULT 0 NOT NULL,
  after uuid,
  due_at timestamp with time zone DEFAULT now(),
  erased jsonb DEFAULT '{}'::jsonb NOT NULL,
  file_ids uuid[] DEFAULT '{}'::uuid[] NOT NULL,
  erased_at timestamp with time zone,
  watched_until timestamp with time zone,
  certificate json,
  CONSTRAINT erasure_pkey PRIMARY KEY (id),
  CONSTRAINT erasure_certified CHECK (((state = 'running'::text) = (certificate IS NULL))),
  CONSTRAINT erasure_is_over CHECK (((state = 'done'::text) = ((address IS NULL) AND (due_at IS NULL)))),
  CONSTRAINT erasure_kind_check CHECK ((kind = ANY (ARRAY['email'::text, 'phone'::text]))),
  CONSTRAINT erasure_state_check CHECK ((state = ANY (ARRAY['running'::text, 'watching'::text, 'done'::text])))
);

CREATE TABLE escalation (
  id uuid DEFAULT uuidv7() NOT NULL,
  tenant_id uuid NOT NULL,
  venue_id uuid NOT NULL,
  status text DEFAULT 'CALLING'::text NOT NULL,
  until_acknowledged boolean NOT NULL,
  messages jsonb NOT NULL,
  steps jsonb NOT NULL,
  retry jsonb NOT NULL,
  category text NOT NULL,
  reference text,
  due_at timestamp with time zone,
  acknowledged_message uuid,
  acknowledged_via text,
  acknowledged_at timestamp with time zone,
  created_by text NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  finished_at timestamp with time zone,
  CONSTRAINT escalation_pkey PRIMARY KEY (id),
  CONSTRAINT escalation_acknowledged_via_check CHECK ((acknowledged_via = ANY (ARRAY['key'::text, 'reply'::text, 'api'::text]))),
  CONSTRAINT escalation_check CHECK (((due_at IS NULL) OR (status = ANY (ARRAY['CALLING'::text, 'EXHAUSTED'::text])))),
  CONSTRAINT escalation_status_check CHECK ((status = ANY (ARRAY['CALLING'::text, 'ACKNOWLEDGED'::text, 'REACHED'::text, 'EXHAUSTED'::text, 'CANCELLED'::text])))
);

CREATE TABLE escalation_attempt (
  escalation_id uuid NOT NULL,
  step integer NOT NULL,
  attempt integer NOT NULL,
  message_id uuid,
  refusal text,
  at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  CONSTRAINT escalation_attempt_pkey PRIMARY KEY (escalation_id, step, attempt)
);

CREATE TABLE event_cursor (
  name text NOT NULL,
  tx xid8 NOT NULL,
  seq bigint NOT NULL,
  moved_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT event_cursor_pkey PRIMARY KEY (name)
);

CREATE TABLE event_dead_letter (
  origin text NOT NULL,
  place text NOT NULL,
  reason text NOT NULL,
  refused_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT event_dead_letter_pkey PRIMARY KEY (origin, place),
  CONSTRAINT event_dead_letter_origin_check CHECK ((origin = ANY (ARRAY['queue'::text, 'service_bus'::text])))
);

CREATE TABLE event_link (
  name text NOT NULL,
  tried_at timestamp with time zone NOT NULL,
  up_at timestamp with time zone,
  CONSTRAINT event_link_pkey PRIMARY KEY (name)
);

CREATE TABLE exempt_message (
  message_id uuid NOT NULL,
  exempt_from text NOT NULL,
  CONSTRAINT exempt_message_pkey PRIMARY KEY (message_id),
  CONSTRAINT exempt_message_exempt_from_check CHECK ((exempt_from = ANY (ARRAY['opt_in'::text, 'opt_out'::text])))
);

CREATE TABLE failure_rollup (
  tenant_id uuid NOT NULL,
  day date NOT NULL,
  channel text NOT NULL,
  provider text NOT NULL,
  campaign_id uuid,
  kind text NOT NULL,
  reason text,
  code text,
  messages bigint NOT NULL,
  CONSTRAINT failure_rollup_unique UNIQUE NULLS NOT DISTINCT (tenant_id, day, channel, provider, campaign_id, kind, reason, code)
);

CREATE TABLE fallback_due (
  message_id uuid NOT NULL,
  due_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  CONSTRAINT fallback_due_pkey PRIMARY KEY (message_id)
);

CREATE TABLE file (
  id uuid DEFAULT uuidv7() NOT NULL,
  tenant_id uuid NOT NULL,
  name text NOT NULL,
  media_type text NOT NULL,
  bytes integer NOT NULL,
  digest text NOT NULL,
  stored_in text NOT NULL,
  uploaded_at timestamp with time zone DEFAULT now() NOT NULL,
  uploaded_by text NOT NULL,
  used_at timestamp with time zone,
  linked_until timestamp with time zone,
  CONSTRAINT file_pkey PRIMARY KEY (id),
  CONSTRAINT file_stored_in_check CHECK ((stored_in = ANY (ARRAY['database'::text, 's3'::text]))),
  CONSTRAINT file_unique UNIQUE (tenant_id, digest, name)
);

CREATE TABLE file_content (
  tenant_id uuid NOT NULL,
  digest text NOT NULL,
  content bytea NOT NULL,
  CONSTRAINT file_content_pkey PRIMARY KEY (tenant_id, digest)
);

CREATE TABLE forward (
  venue_id uuid NOT NULL,
  due_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  CONSTRAINT forward_pkey PRIMARY KEY (venue_id)
);

CREATE TABLE forward_item (
  venue_id uuid NOT NULL,
  received_id uuid NOT NULL,
  CONSTRAINT forward_item_pkey PRIMARY KEY (venue_id, received_id)
);

CREATE TABLE idempotency_key (
  owner text NOT NULL,
  key text NOT NULL,
  request_hash text NOT NULL,
  status integer DEFAULT 0 NOT NULL,
  answer text DEFAULT ''::text NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT idempotency_key_pkey PRIMARY KEY (owner, key)
);

CREATE TABLE inbound_event (
  id uuid NOT NULL,
  tenant_id uuid NOT NULL,
  external_id text NOT NULL,
  type text NOT NULL,
  data jsonb NOT NULL,
  venue_id uuid NOT NULL,
  order_ref text,
  customer_ref text,
  event_ref text,
  attendee_ref text,
  occurred_at timestamp with time zone NOT NULL,
  correlation_id text,
  origin text NOT NULL,
  received_at timestamp with time zone DEFAULT now() NOT NULL,
  seq bigint DEFAULT nextval('inbound_event_seq'::regclass) NOT NULL,
  about text,
  trace text,
  CONSTRAINT inbound_event_pkey PRIMARY KEY (id),
  CONSTRAINT inbound_event_origin_check CHECK ((origin = ANY (ARRAY['http'::text, 'queue'::text, 'service_bus'::text]))),
  CONSTRAINT inbound_event_unique UNIQUE (tenant_id, external_id)
);

CREATE TABLE inbox (
  id uuid DEFAULT uuidv7() NOT NULL,
  provider text NOT NULL,
  dedupe_key text NOT NULL,
  account_ids uuid[] NOT NULL,
  event jsonb NOT NULL,
  received_at timestamp with time zone DEFAULT now() NOT NULL,
  applied_at timestamp with time zone,
  look_again_at timestamp with time zone,
  trace text,
  CONSTRAINT inbox_pkey PRIMARY KEY (id),
  CONSTRAINT inbox_event_unique UNIQUE (provider, dedupe_key)
);

CREATE TABLE kept_decision (
  digest bytea NOT NULL,
  channel text NOT NULL,
  tenant_id uuid NOT NULL,
  decision text NOT NULL,
  venue_id uuid,
  number text,
  decided_at timestamp with time zone NOT NULL,
  CONSTRAINT kept_decision_decision_check CHECK ((decision = ANY (ARRAY['erased'::text, 'opted_out'::text, 'left_marketing'::text, 'number_opted_out'::text]))),
  CONSTRAINT kept_decision_of_number CHECK (((number IS NOT NULL) = (decision = 'number_opted_out'::text))),
  CONSTRAINT kept_decision_of_venue CHECK (((venue_id IS NOT NULL) = (decision = ANY (ARRAY['opted_out'::text, 'left_marketing'::text])))),
  CONSTRAINT kept_decision_unique UNIQUE NULLS NOT DISTINCT (digest, channel, tenant_id, decision, venue_id, number)
);

CREATE TABLE keyword_answer (
  venue_id uuid NOT NULL,
  channel text NOT NULL,
  person text NOT NULL,
  keyword text NOT NULL,
  answered_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT keyword_answer_pkey PRIMARY KEY (venue_id, channel, person, keyword)
);

CREATE TABLE keyword_message (
  number text NOT NULL,
  provider_message_id text NOT NULL,
  channel text NOT NULL,
  address text NOT NULL,
  keyword text NOT NULL,
  occurred_at timestamp with time zone NOT NULL,
  recorded_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  CONSTRAINT keyword_message_pkey PRIMARY KEY (number, provider_message_id),
  CONSTRAINT keyword_message_keyword_check CHECK ((keyword = ANY (ARRAY['stop'::text, 'start'::text, 'yes'::text])))
);

CREATE TABLE lane (
  id uuid DEFAULT uuidv7() NOT NULL,
  provider_account_id uuid NOT NULL,
  sender_address text NOT NULL,
  provider text NOT NULL,
  channel text NOT NULL,
  rate_per_second double precision NOT NULL,
  rate_asked_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
  concurrency integer NOT NULL,
  batch_size integer NOT NULL,
  state text DEFAULT 'active'::text NOT NULL,
  free_at timestamp with time zone DEFAULT now() NOT NULL,
  rest_until timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
  rest_reason text,
  rest_code text,
  rests smallint DEFAULT 0 NOT NULL,
  setbacks integer DEFAULT 0 NOT NULL,
  lease_holder uuid,
  lease_until timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
  last_tenant_id uuid DEFAULT '00000000-0000-0000-0000-000000000000'::uuid NOT NULL,
  CONSTRAINT lane_pkey PRIMARY KEY (id),
  CONSTRAINT lane_unique UNIQUE (provider_account_id, sender_address, channel)
);

CREATE TABLE late_retry (
  message_id uuid NOT NULL,
  attempt smallint NOT NULL,
  due_at timestamp with time zone,
  CONSTRAINT late_retry_pkey PRIMARY KEY (message_id)
);

CREATE TABLE latency_rollup (
  tenant_id uuid NOT NULL,
  day date NOT NULL,
  channel text NOT NULL,
  provider text NOT NULL,
  measure text NOT NULL,
  bucket smallint NOT NULL,
  messages bigint NOT NULL,
  CONSTRAINT latency_rollup_pkey PRIMARY KEY (tenant_id, day, channel, provider, measure, bucket),
  CONSTRAINT latency_rollup_measure_check CHECK ((measure = ANY (ARRAY['provider'::text, 'delivery'::text])))
);

CREATE TABLE link (
  id uuid NOT NULL,
  tenant_id uuid NOT NULL,
  url text NOT NULL,
  used_on date DEFAULT CURRENT_DATE NOT NULL,
  CONSTRAINT link_pkey PRIMARY KEY (id)
);

CREATE TABLE link_click (
  message_id uuid NOT NULL,
  link_id uuid NOT NULL,
  by_machine boolean NOT NULL,
  tenant_id uuid NOT NULL,
  campaign_id uuid,
  template_id uuid,
  clicked_at timestamp with time zone NOT NULL,
  CONSTRAINT link_click_pkey PRIMARY KEY (message_id, link_id, by_machine)
);

CREATE TABLE link_domain (
  id uuid DEFAULT uuidv7() NOT NULL,
  tenant_id uuid NOT NULL,
  host text NOT NULL,
  token text DEFAULT replace((gen_random_uuid())::text, '-'::text, ''::text) NOT NULL,
  verified_at timestamp with time zone,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT link_domain_pkey PRIMARY KEY (id),
  CONSTRAINT link_domain_unique UNIQUE (tenant_id, host)
);

CREATE TABLE message (
  id uuid NOT NULL,
  tenant_id uuid NOT NULL,
  venue_id uuid NOT NULL,
  channel text NOT NULL,
  category text NOT NULL,
  lane_id uuid NOT NULL,
  provider text NOT NULL,
  sender_address text NOT NULL,
  sender_name text,
  recipient text NOT NULL,
  template_version_id uuid,
  data jsonb,
  content jsonb,
  status text NOT NULL,
  reason text,
  error_code text,
  attempts smallint DEFAULT 0 NOT NULL,
  diversions smallint DEFAULT 0 NOT NULL,
  segments smallint NOT NULL,
  provider_message_id text,
  reference text,
  metadata jsonb,
  campaign_id uuid,
  resend_of uuid,
  fallback jsonb,
  fallback_of uuid,
  followed_by uuid,
  send_at timestamp with time zone,
  expires_at timestamp with time zone,
  sent_at timestamp with time zone,
  settled_at timestamp with time zone,
  first_attempt_at timestamp with time zone,
  order_id text,
  customer_id text,
  message_type text,
  is_test boolean DEFAULT false NOT NULL,
  error_message text,
  host_refs jsonb,
  host_data jsonb,
  correlation_id text,
  recalled text,
  root_campaign_id uuid,
  trace text,
  mail jsonb,
  CONSTRAINT message_pkey PRIMARY KEY (id)
) PARTITION BY RANGE (id);

CREATE TABLE message_event (
  seq bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  tx xid8 DEFAULT pg_current_xact_id() NOT NULL,
  message_id uuid NOT NULL,
  tenant_id uuid NOT NULL,
  at timestamp with time zone DEFAULT now() NOT NULL,
  kind text NOT NULL,
  previous text,
  channel text NOT NULL,
  category text NOT NULL,
  provider text NOT NULL,
  segments smallint NOT NULL,
  code text,
  reason text,
  source text NOT NULL,
  occurred_at timestamp with time zone,
  quantity integer,
  price_micros bigint,
  price_currency text
) PARTITION BY RANGE (at);

CREATE TABLE notice (
  id uuid DEFAULT uuidv7() NOT NULL,
  tenant_id uuid,
  kind text NOT NULL,
  subject text NOT NULL,
  payload jsonb NOT NULL,
  letters jsonb NOT NULL,
  CONSTRAINT notice_pkey PRIMARY KEY (id),
  CONSTRAINT notice_unique UNIQUE (kind, subject)
);

CREATE TABLE notice_delivery (
  id uuid DEFAULT uuidv7() NOT NULL,
  notice_id uuid NOT NULL,
  to_operator boolean NOT NULL,
  channel text NOT NULL,
  address text NOT NULL,
  host text NOT NULL,
  language text NOT NULL,
  state text DEFAULT 'waiting'::text NOT NULL,
  attempts integer DEFAULT 0 NOT NULL,
  error text,
  provider_account_id uuid,
  due_at timestamp with time zone DEFAULT now(),
  claim uuid,
  give_up_at timestamp with time zone DEFAULT (now() + '24:00:00'::interval) NOT NULL,
  finished_at timestamp with time zone,
  CONSTRAINT notice_delivery_pkey PRIMARY KEY (id),
  CONSTRAINT notice_delivery_channel_check CHECK ((channel = ANY (ARRAY['url'::text, 'email'::text]))),
  CONSTRAINT notice_delivery_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'delivered'::text, 'refused'::text, 'given_up'::text]))),
  CONSTRAINT notice_delivery_waits CHECK (((due_at IS NOT NULL) = (state = 'waiting'::text)))
);

CREATE TABLE notice_secret (
  tenant_id uuid NOT NULL,
  secret text NOT NULL,
  previous text,
  previous_until timestamp with time zone,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT notice_secret_pkey PRIMARY KEY (tenant_id)
);

CREATE TABLE number_month (
  tenant_id uuid NOT NULL,
  month date NOT NULL,
  address text NOT NULL,
  number_id uuid NOT NULL,
  CONSTRAINT number_month_pkey PRIMARY KEY (tenant_id, month, address)
);

CREATE TABLE number_opt_out (
  channel text NOT NULL,
  number text NOT NULL,
  address text NOT NULL,
  status text NOT NULL,
  occurred_at timestamp with time zone NOT NULL,
  CONSTRAINT number_opt_out_pkey PRIMARY KEY (channel, number, address),
  CONSTRAINT number_opt_out_status_check CHECK ((status = ANY (ARRAY['opted_in'::text, 'opted_out'::text])))
);

CREATE TABLE number_opt_out_event (
  id uuid DEFAULT uuidv7() NOT NULL,
  channel text NOT NULL,
  number text NOT NULL,
  address text NOT NULL,
  status text NOT NULL,
  previous_status text NOT NULL,
  source text NOT NULL,
  evidence jsonb,
  actor text NOT NULL,
  occurred_at timestamp with time zone NOT NULL,
  recorded_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  CONSTRAINT number_opt_out_event_pkey PRIMARY KEY (id),
  CONSTRAINT number_opt_out_event_status_check CHECK ((status = ANY (ARRAY['opted_in'::text, 'opted_out'::text])))
);

CREATE TABLE open_call (
  id uuid DEFAULT uuidv7() NOT NULL,
  lane_id uuid NOT NULL,
  message_ids uuid[] NOT NULL,
  digest bytea NOT NULL,
  repeatable_until timestamp with time zone NOT NULL,
  look_at timestamp with time zone DEFAULT (clock_timestamp() + '00:01:00'::interval) NOT NULL,
  looks smallint DEFAULT 0 NOT NULL,
  CONSTRAINT open_call_pkey PRIMARY KEY (id)
);

CREATE TABLE opt_in_request (
  id uuid NOT NULL,
  tenant_id uuid NOT NULL,
  venue_id uuid NOT NULL,
  channel text NOT NULL,
  address text NOT NULL,
  source text NOT NULL,
  evidence jsonb,
  requested_by text NOT NULL,
  message_id uuid NOT NULL,
  status text DEFAULT 'pending'::text NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  confirmed_at timestamp with time zone,
  confirmed_by text,
  CONSTRAINT opt_in_request_pkey PRIMARY KEY (id),
  CONSTRAINT opt_in_request_channel_check CHECK ((channel = ANY (ARRAY['email'::text, 'sms'::text, 'whatsapp'::text]))),
  CONSTRAINT opt_in_request_confirmed CHECK (((status = 'confirmed'::text) = ((confirmed_at IS NOT NULL) AND (confirmed_by IS NOT NULL)))),
  CONSTRAINT opt_in_request_confirmed_by_check CHECK ((confirmed_by = ANY (ARRAY['link'::text, 'reply'::text]))),
  CONSTRAINT opt_in_request_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'confirmed'::text, 'replaced'::text, 'withdrawn'::text])))
);

CREATE TABLE pending (
  message_id uuid NOT NULL,
  lane_id uuid NOT NULL,
  tenant_id uuid NOT NULL,
  campaign_id uuid DEFAULT '00000000-0000-0000-0000-000000000000'::uuid NOT NULL,
  priority smallint NOT NULL,
  units integer NOT NULL,
  ready_at timestamp with time zone NOT NULL,
  claim uuid,
  waits_for text,
  CONSTRAINT pending_pkey PRIMARY KEY (message_id)
) WITH (fillfactor=70, autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_insert_scale_factor=0.05);

CREATE TABLE pending_event (
  seq bigint NOT NULL,
  event_id uuid NOT NULL,
  received_at timestamp with time zone DEFAULT now() NOT NULL,
  attempts integer DEFAULT 0 NOT NULL,
  next_try_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT pending_event_pkey PRIMARY KEY (seq)
);

CREATE TABLE person_export (
  id uuid DEFAULT uuidv7() NOT NULL,
  tenant_id uuid NOT NULL,
  kind text NOT NULL,
  digest bytea NOT NULL,
  address text NOT NULL,
  requested_by text NOT NULL,
  requested_at timestamp with time zone DEFAULT now() NOT NULL,
  expires_at timestamp with time zone DEFAULT (now() + '7 days'::interval) NOT NULL,
  CONSTRAINT person_export_pkey PRIMARY KEY (id),
  CONSTRAINT person_export_kind_check CHECK ((kind = ANY (ARRAY['email'::text, 'phone'::text])))
);

CREATE TABLE phone_number (
  id uuid DEFAULT uuidv7() NOT NULL,
  tenant_id uuid NOT NULL,
  venue_id uuid NOT NULL,
  provider_account_id uuid NOT NULL,
  provider text NOT NULL,
  channels text[] NOT NULL,
  search jsonb,
  pool text,
  bought boolean NOT NULL,
  address text,
  provider_id text,
  asked boolean DEFAULT false NOT NULL,
  tried text[] DEFAULT '{}'::text[] NOT NULL,
  status text DEFAULT 'ordered'::text NOT NULL,
  fault text,
  fault_code text,
  attempts integer DEFAULT 0 NOT NULL,
  lease uuid,
  due_at timestamp with time zone,
  ordered_by text NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  assigned_at timestamp with time zone,
  released_at timestamp with time zone,
  quarantine_until timestamp with time zone,
  returned_at timestamp with time zone,
  checked_at timestamp with time zone,
  problem text,
  CONSTRAINT phone_number_pkey PRIMARY KEY (id)
);

CREATE TABLE price_line (
  version_id uuid NOT NULL,
  place integer NOT NULL,
  channel text NOT NULL,
  direction text NOT NULL,
  country text,
  prefix text,
  sender_type text,
  category text,
  provider text,
  kind text NOT NULL,
  unit text,
  from_unit bigint NOT NULL,
  valid_from timestamp with time zone,
  price_micros bigint,
  carrier_fee_micros bigint,
  markup_basis_points integer,
  markup_fixed_micros bigint,
  included bigint,
  CONSTRAINT price_line_pkey PRIMARY KEY (version_id, place),
  CONSTRAINT price_line_check CHECK (((unit IS NULL) = (kind = 'markup'::text))),
  CONSTRAINT price_line_kind_check CHECK ((kind = ANY (ARRAY['price'::text, 'markup'::text, 'allowance'::text])))
);

CREATE TABLE price_list (
  id uuid DEFAULT uuidv7() NOT NULL,
  kind text NOT NULL,
  name text NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT price_list_pkey PRIMARY KEY (id),
  CONSTRAINT price_list_kind_check CHECK ((kind = ANY (ARRAY['cost'::text, 'plan'::text]))),
  CONSTRAINT price_list_unique UNIQUE (kind, name)
);

CREATE TABLE price_list_version (
  id uuid DEFAULT uuidv7() NOT NULL,
  list_id uuid NOT NULL,
  version integer NOT NULL,
  currency text NOT NULL,
  content_hash text NOT NULL,
  lines integer NOT NULL,
  valid_from timestamp with time zone NOT NULL,
  created_by text NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT price_list_version_pkey PRIMARY KEY (id),
  CONSTRAINT price_list_version_unique UNIQUE (list_id, version)
);

CREATE TABLE price_sweep (
  provider_account_id uuid NOT NULL,
  day date NOT NULL,
  provider text NOT NULL,
  due_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  page text,
  lacking integer DEFAULT 0 NOT NULL,
  passes smallint DEFAULT 0 NOT NULL,
  CONSTRAINT price_sweep_pkey PRIMARY KEY (provider_account_id, day)
);

CREATE TABLE process (
  id uuid NOT NULL,
  role text NOT NULL,
  name text NOT NULL,
  version text NOT NULL,
  started_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  seen_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  CONSTRAINT process_pkey PRIMARY KEY (id),
  CONSTRAINT process_role_check CHECK ((role = ANY (ARRAY['all'::text, 'api'::text, 'worker'::text])))
);

CREATE TABLE provider_account (
  id uuid DEFAULT uuidv7() NOT NULL,
  tenant_id uuid,
  provider text NOT NULL,
  name text NOT NULL,
  external_id text,
  credentials text,
  version integer DEFAULT 1 NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  updated_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT provider_account_pkey PRIMARY KEY (id)
);

CREATE TABLE pumping_alarm (
  id uuid DEFAULT uuidv7() NOT NULL,
  tenant_id uuid NOT NULL,
  prefix text NOT NULL,
  country text,
  reason text NOT NULL,
  blocks boolean NOT NULL,
  numbers bigint NOT NULL,
  messages bigint NOT NULL,
  stopped bigint DEFAULT 0 NOT NULL,
  price_micros bigint,
  price_currency text,
  usual bigint NOT NULL,
  began_at timestamp with time zone DEFAULT now() NOT NULL,
  hold_minutes integer NOT NULL,
  ends_at timestamp with time zone NOT NULL,
  ended_at timestamp with time zone,
  ended_by text,
  note text,
  CONSTRAINT pumping_alarm_pkey PRIMARY KEY (id),
  CONSTRAINT pumping_alarm_ended CHECK (((ended_at IS NULL) = (ended_by IS NULL))),
  CONSTRAINT pumping_alarm_reason_check CHECK ((reason = ANY (ARRAY['adjacent_numbers'::text, 'costly_country'::text])))
);

CREATE TABLE pumping_event (
  id uuid DEFAULT uuidv7() NOT NULL,
  tenant_id uuid NOT NULL,
  alarm_id uuid NOT NULL,
  kind text NOT NULL,
  at timestamp with time zone DEFAULT now() NOT NULL,
  is_taken boolean DEFAULT false NOT NULL,
  CONSTRAINT pumping_event_pkey PRIMARY KEY (id),
  CONSTRAINT pumping_event_kind_check CHECK ((kind = ANY (ARRAY['suspected'::text, 'ended'::text])))
);

CREATE TABLE pumping_guard (
  tenant_id uuid NOT NULL,
  mode text,
  by_admin boolean NOT NULL,
  notify_emails text[] NOT NULL,
  notify_url text,
  notify_language text NOT NULL,
  CONSTRAINT pumping_guard_pkey PRIMARY KEY (tenant_id),
  CONSTRAINT pumping_guard_mode_check CHECK ((mode = ANY (ARRAY['off'::text, 'watch'::text, 'block'::text])))
);

CREATE TABLE quiet_hours_change (
  tenant_id uuid NOT NULL,
  changed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  after uuid DEFAULT '00000000-0000-0000-0000-000000000000'::uuid NOT NULL,
  awaited uuid[],
  CONSTRAINT quiet_hours_change_pkey PRIMARY KEY (tenant_id)
);

CREATE TABLE range_volume (
  tenant_id uuid NOT NULL,
  prefix text NOT NULL,
  minute timestamp with time zone NOT NULL,
  messages bigint NOT NULL,
  numbers bigint NOT NULL,
  CONSTRAINT range_volume_pkey PRIMARY KEY (tenant_id, prefix, minute)
) WITH (fillfactor=70);

CREATE TABLE received_media (
  received_id uuid NOT NULL,
  place smallint NOT NULL,
  tenant_id uuid NOT NULL,
  provider_account_id uuid NOT NULL,
  url text NOT NULL,
  told_type text,
  state text DEFAULT 'waiting'::text NOT NULL,
  reason text,
  file_id uuid,
  media_type text,
  bytes integer,
  attempts smallint DEFAULT 0 NOT NULL,
  claim uuid,
  due_at timestamp with time zone DEFAULT clock_timestamp(),
  CONSTRAINT received_media_pkey PRIMARY KEY (received_id, place),
  CONSTRAINT received_media_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'kept'::text, 'failed'::text])))
);

CREATE TABLE received_message (
  id uuid DEFAULT uuidv7() NOT NULL,
  tenant_id uuid,
  venue_id uuid,
  provider_account_id uuid NOT NULL,
  provider text NOT NULL,
  provider_message_id text NOT NULL,
  channel text NOT NULL,
  person text NOT NULL,
  number text NOT NULL,
  segments smallint NOT NULL,
  CONSTRAINT received_message_pkey PRIMARY KEY (id),
  CONSTRAINT received_message_unique UNIQUE (provider_account_id, provider_message_id)
);

CREATE TABLE received_text (
  received_id uuid NOT NULL,
  conversation_id uuid NOT NULL,
  channel text NOT NULL,
  body text NOT NULL,
  keyword text,
  received_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  CONSTRAINT received_text_pkey PRIMARY KEY (received_id)
);

CREATE TABLE recipient_language (
  venue_id uuid NOT NULL,
  address text NOT NULL,
  tenant_id uuid NOT NULL,
  language text NOT NULL,
  updated_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT recipient_language_pkey PRIMARY KEY (venue_id, address)
);

CREATE TABLE reconciliation (
  id uuid DEFAULT uuidv7() NOT NULL,
  provider_account_id uuid NOT NULL,
  provider text NOT NULL,
  day date NOT NULL,
  every_message boolean NOT NULL,
  requested_by text NOT NULL,
  state text DEFAULT 'due'::text NOT NULL,
  held_until timestamp with time zone,
  finished_at timestamp with time zone,
  reason text,
  totals jsonb DEFAULT '[]'::jsonb NOT NULL,
  records integer,
  counts jsonb DEFAULT '{}'::jsonb NOT NULL,
  CONSTRAINT reconciliation_pkey PRIMARY KEY (id),
  CONSTRAINT reconciliation_state_check CHECK ((state = ANY (ARRAY['due'::text, 'running'::text, 'done'::text, 'failed'::text])))
);

CREATE TABLE reconciliation_difference (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  reconciliation_id uuid NOT NULL,
  kind text NOT NULL,
  message_id uuid,
  tenant_id uuid,
  provider_message_id text,
  ours jsonb,
  theirs jsonb,
  CONSTRAINT reconciliation_difference_pkey PRIMARY KEY (id)
);

CREATE TABLE reconciliation_message (
  reconciliation_id uuid NOT NULL,
  provider_message_id text NOT NULL,
  message_id uuid NOT NULL,
  CONSTRAINT reconciliation_message_pkey PRIMARY KEY (reconciliation_id, provider_message_id)
);

CREATE TABLE report_schedule (
  id uuid DEFAULT uuidv7() NOT NULL,
  tenant_id uuid NOT NULL,
  report text NOT NULL,
  breakdown text[] NOT NULL,
  filter jsonb NOT NULL,
  period text NOT NULL,
  every text NOT NULL,
  day integer NOT NULL,
  hour integer NOT NULL,
  emails text[] NOT NULL,
  language text NOT NULL,
  enabled boolean NOT NULL,
  timezone text NOT NULL,
  due_at timestamp with time zone,
  last_sent_at timestamp with time zone,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  updated_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT report_schedule_pkey PRIMARY KEY (id),
  CONSTRAINT report_schedule_day_check CHECK (((day >= 1) AND (day <= 28))),
  CONSTRAINT report_schedule_every_check CHECK ((every = ANY (ARRAY['day'::text, 'week'::text, 'month'::text]))),
  CONSTRAINT report_schedule_hour_check CHECK (((hour >= 0) AND (hour <= 23))),
  CONSTRAINT report_schedule_period_check CHECK ((period = ANY (ARRAY['yesterday'::text, 'last_7_days'::text, 'last_month'::text]))),
  CONSTRAINT report_schedule_report_check CHECK ((report = ANY (ARRAY['delivery'::text, 'engagement'::text, 'cost'::text, 'failures'::text, 'latency'::text])))
);

CREATE TABLE request_count (
  subject text NOT NULL,
  minute bigint NOT NULL,
  requests integer NOT NULL,
  CONSTRAINT request_count_pkey PRIMARY KEY (subject, minute)
);

CREATE TABLE rerating (
  version_id uuid NOT NULL,
  day date DEFAULT '-infinity'::date NOT NULL,
  scope_id integer DEFAULT 0 NOT NULL,
  seq bigint DEFAULT 0 NOT NULL,
  priced bigint DEFAULT 0 NOT NULL,
  created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  finished_at timestamp with time zone,
  CONSTRAINT rerating_pkey PRIMARY KEY (version_id)
);

CREATE TABLE retention_left (
  tenant_id uuid NOT NULL,
  kind text NOT NULL,
  id uuid NOT NULL,
  CONSTRAINT retention_left_pkey PRIMARY KEY (tenant_id, kind, id)
);

CREATE TABLE retention_walk (
  tenant_id uuid NOT NULL,
  kind text NOT NULL,
  after uuid DEFAULT '00000000-0000-0000-0000-000000000000'::uuid NOT NULL,
  erased bigint DEFAULT 0 NOT NULL,
  walked_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  CONSTRAINT retention_walk_pkey PRIMARY KEY (tenant_id, kind),
  CONSTRAINT retention_walk_kind_check CHECK ((kind = ANY (ARRAY['content'::text, 'recipients'::text, 'received'::text])))
);

CREATE TABLE schedule (
  name text NOT NULL,
  last_started_at timestamp with time zone NOT NULL,
  CONSTRAINT schedule_pkey PRIMARY KEY (name)
);

CREATE TABLE schema_migration (
  id integer DEFAULT nextval('schema_migration_id_seq'::regclass) NOT NULL,
  name character varying(255) NOT NULL,
  executed_at timestamp(6) with time zone DEFAULT CURRENT_TIMESTAMP(6) NOT NULL,
  CONSTRAINT schema_migration_pkey PRIMARY KEY (id)
);

CREATE TABLE segment (
  id uuid DEFAULT uuidv7() NOT NULL,
  tenant_id uuid NOT NULL,
  audience_id uuid NOT NULL,
  name text NOT NULL,
  description text,
  rule jsonb NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  updated_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT segment_pkey PRIMARY KEY (id)
);

CREATE TABLE sender (
  id uuid DEFAULT uuidv7() NOT NULL,
  tenant_id uuid NOT NULL,
  venue_id uuid NOT NULL,
  channel text NOT NULL,
  address text NOT NULL,
  display_name text,
  provider_account_id uuid NOT NULL,
  status text DEFAULT 'active'::text NOT NULL,
  rate_per_second double precision,
  fallback_sender_id uuid,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  updated_at timestamp with time zone DEFAULT now() NOT NULL,
  is_default boolean DEFAULT false NOT NULL,
  default_for text[] DEFAULT '{}'::text[] NOT NULL,
  CONSTRAINT sender_pkey PRIMARY KEY (id)
);

CREATE TABLE sender_pause (
  id uuid DEFAULT uuidv7() NOT NULL,
  tenant_id uuid NOT NULL,
  channel text NOT NULL,
  address text NOT NULL,
  reason text NOT NULL,
  sent bigint NOT NULL,
  bounces bigint NOT NULL,
  complaints bigint NOT NULL,
  paused_at timestamp with time zone DEFAULT now() NOT NULL,
  resumed_at timestamp with time zone,
  resumed_by text,
  note text,
  CONSTRAINT sender_pause_pkey PRIMARY KEY (id),
  CONSTRAINT sender_pause_reason_check CHECK ((reason = ANY (ARRAY['bounces'::text, 'complaints'::text]))),
  CONSTRAINT sender_pause_resumed CHECK (((resumed_at IS NULL) = (resumed_by IS NULL)))
);

CREATE TABLE sender_volume (
  tenant_id uuid NOT NULL,
  channel text NOT NULL,
  sender text NOT NULL,
  minute timestamp with time zone NOT NULL,
  messages bigint NOT NULL,
  CONSTRAINT sender_volume_pkey PRIMARY KEY (tenant_id, channel, sender, minute)
) WITH (fillfactor=70);

CREATE TABLE sender_watch (
  tenant_id uuid NOT NULL,
  notify_emails text[] NOT NULL,
  notify_url text,
  notify_language text NOT NULL,
  CONSTRAINT sender_watch_pkey PRIMARY KEY (tenant_id)
);

CREATE TABLE short_link (
  code text NOT NULL,
  message_id uuid NOT NULL,
  link_id uuid NOT NULL,
  CONSTRAINT short_link_pkey PRIMARY KEY (code)
);

CREATE TABLE statement (
  id uuid DEFAULT uuidv7() NOT NULL,
  tenant_id uuid NOT NULL,
  month date NOT NULL,
  tenant_name text NOT NULL,
  timezone text NOT NULL,
  starts_at timestamp with time zone NOT NULL,
  ends_at timestamp with time zone NOT NULL,
  closed_at timestamp with time zone NOT NULL,
  closed_by text NOT NULL,
  unpriced bigint NOT NULL,
  content_hash text NOT NULL,
  CONSTRAINT statement_pkey PRIMARY KEY (id),
  CONSTRAINT statement_month UNIQUE (tenant_id, month)
);

CREATE TABLE statement_line (
  statement_id uuid NOT NULL,
  place integer NOT NULL,
  kind text NOT NULL,
  month date NOT NULL,
  channel text,
  direction text,
  category text,
  country text,
  provider text,
  unit text,
  messages bigint NOT NULL,
  units bigint NOT NULL,
  included bigint NOT NULL,
  charge_micros bigint,
  currency text,
  note text,
  CONSTRAINT statement_line_pkey PRIMARY KEY (statement_id, place),
  CONSTRAINT statement_line_check CHECK (((currency IS NULL) = (charge_micros IS NULL))),
  CONSTRAINT statement_line_kind_check CHECK ((kind = ANY (ARRAY['usage'::text, 'adjustment'::text, 'rent'::text, 'credit'::text])))
);

CREATE TABLE status_poll (
  message_id uuid NOT NULL,
  due_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  looks smallint DEFAULT 0 NOT NULL,
  CONSTRAINT status_poll_pkey PRIMARY KEY (message_id)
);

CREATE TABLE suppression (
  tenant_id uuid NOT NULL,
  channel text NOT NULL,
  address text NOT NULL,
  reason text NOT NULL,
  evidence jsonb,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  actor text DEFAULT 'provider'::text NOT NULL,
  expires_at timestamp with time zone,
  CONSTRAINT suppression_pkey PRIMARY KEY (tenant_id, channel, address),
  CONSTRAINT suppression_expires CHECK (((expires_at IS NOT NULL) = (reason = 'soft_bounce'::text)))
);

CREATE TABLE template (
  id uuid DEFAULT uuidv7() NOT NULL,
  tenant_id uuid NOT NULL,
  key text NOT NULL,
  channel text NOT NULL,
  category text NOT NULL,
  current_version integer DEFAULT 1 NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  updated_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT template_pkey PRIMARY KEY (id),
  CONSTRAINT template_key_unique UNIQUE (tenant_id, key)
);

CREATE TABLE template_data_set (
  template_id uuid NOT NULL,
  name text NOT NULL,
  data jsonb NOT NULL,
  updated_at timestamp with time zone DEFAULT now() NOT NULL,
  updated_by text NOT NULL,
  CONSTRAINT template_data_set_pkey PRIMARY KEY (template_id, name)
);

CREATE TABLE template_part (
  id uuid DEFAULT uuidv7() NOT NULL,
  tenant_id uuid NOT NULL,
  key text NOT NULL,
  kind text NOT NULL,
  current_version integer DEFAULT 1 NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  updated_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT template_part_pkey PRIMARY KEY (id),
  CONSTRAINT template_part_key_unique UNIQUE (tenant_id, key),
  CONSTRAINT template_part_kind_check CHECK ((kind = ANY (ARRAY['layout'::text, 'partial'::text])))
);

CREATE TABLE template_part_version (
  id uuid DEFAULT uuidv7() NOT NULL,
  part_id uuid NOT NULL,
  tenant_id uuid NOT NULL,
  version integer NOT NULL,
  html text,
  mjml text,
  text text,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  created_by text NOT NULL,
  CONSTRAINT template_part_version_pkey PRIMARY KEY (id),
  CONSTRAINT template_part_version_unique UNIQUE (part_id, version)
);

CREATE TABLE template_version (
  id uuid DEFAULT uuidv7() NOT NULL,
  template_id uuid NOT NULL,
  tenant_id uuid NOT NULL,
  version integer NOT NULL,
  subject text,
  html text,
  text text,
  body text,
  media_urls text[],
  content_sid text,
  content_variables jsonb,
  fallback text[],
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  created_by text NOT NULL,
  speech jsonb,
  attachments jsonb,
  language text,
  translations jsonb,
  brand jsonb,
  layout text,
  parts jsonb,
  source jsonb,
  restored_from integer,
  CONSTRAINT template_version_pkey PRIMARY KEY (id),
  CONSTRAINT template_version_unique UNIQUE (template_id, version)
);

CREATE TABLE tenant (
  id uuid DEFAULT uuidv7() NOT NULL,
  name text NOT NULL,
  slug text NOT NULL,
  timezone text NOT NULL,
  currency text NOT NULL,
  country text,
  email_enabled boolean DEFAULT true NOT NULL,
  sms_enabled boolean DEFAULT true NOT NULL,
  whatsapp_enabled boolean DEFAULT true NOT NULL,
  voice_enabled boolean DEFAULT true NOT NULL,
  require_opt_in text[] DEFAULT '{}'::text[] NOT NULL,
  give_up_doubts text[] DEFAULT '{}'::text[] NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  updated_at timestamp with time zone DEFAULT now() NOT NULL,
  require_venue_id boolean DEFAULT false NOT NULL,
  default_providers jsonb DEFAULT '{}'::jsonb NOT NULL,
  marketing_providers jsonb DEFAULT '{}'::jsonb NOT NULL,
  retry_uncertain text[] DEFAULT '{}'::text[] NOT NULL,
  max_numbers integer DEFAULT 10 NOT NULL,
  auto_numbers jsonb,
  plan text DEFAULT 'standard'::text NOT NULL,
  require_unsubscribe_link boolean DEFAULT true NOT NULL,
  link_hosts text[] DEFAULT '{}'::text[] NOT NULL,
  link_categories text[] DEFAULT '{marketing}'::text[] NOT NULL,
  requests_per_minute jsonb DEFAULT '{}'::jsonb NOT NULL,
  allowed_countries text[],
  quiet_hours jsonb,
  require_identification boolean DEFAULT false NOT NULL,
  retention jsonb,
  campaign_approval_from integer,
  CONSTRAINT tenant_pkey PRIMARY KEY (id),
  CONSTRAINT tenant_slug_unique UNIQUE (slug)
);

CREATE TABLE tenant_region (
  id uuid NOT NULL,
  region text NOT NULL,
  learned_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  CONSTRAINT tenant_region_pkey PRIMARY KEY (id)
);

CREATE TABLE tenant_timezone (
  tenant_id uuid NOT NULL,
  since timestamp with time zone NOT NULL,
  timezone text NOT NULL,
  CONSTRAINT tenant_timezone_pkey PRIMARY KEY (tenant_id, since)
);

CREATE TABLE usage_rollup (
  tenant_id uuid NOT NULL,
  day date NOT NULL,
  scope_id integer NOT NULL,
  messages bigint NOT NULL,
  segments bigint NOT NULL,
  delivered bigint NOT NULL,
  failed bigint NOT NULL,
  stopped bigint NOT NULL,
  opened bigint NOT NULL,
  clicked bigint NOT NULL,
  answered bigint NOT NULL,
  received bigint DEFAULT 0 NOT NULL,
  received_segments bigint DEFAULT 0 NOT NULL,
  read bigint DEFAULT 0 NOT NULL,
  unsubscribed bigint DEFAULT 0 NOT NULL,
  machine_opened bigint DEFAULT 0 NOT NULL,
  machine_clicked bigint DEFAULT 0 NOT NULL,
  CONSTRAINT usage_rollup_pkey PRIMARY KEY (tenant_id, day, scope_id)
);

CREATE TABLE usage_scope (
  id integer GENERATED ALWAYS AS IDENTITY NOT NULL,
  key uuid NOT NULL,
  tenant_id uuid NOT NULL,
  venue_id uuid,
  channel text NOT NULL,
  category text NOT NULL,
  type text NOT NULL,
  campaign_id uuid,
  template_id uuid,
  provider text NOT NULL,
  country text,
  direction text DEFAULT 'outbound'::text NOT NULL,
  CONSTRAINT usage_scope_pkey PRIMARY KEY (id),
  CONSTRAINT usage_scope_direction_check CHECK ((direction = ANY (ARRAY['outbound'::text, 'inbound'::text]))),
  CONSTRAINT usage_scope_key UNIQUE (key),
  CONSTRAINT usage_scope_type_check CHECK ((type = ANY (ARRAY['TRANSACTIONAL'::text, 'BULK'::text])))
);

CREATE TABLE user_session (
  id uuid DEFAULT uuidv7() NOT NULL,
  token_hash text NOT NULL,
  tenant_id uuid,
  user_id uuid,
  key_id uuid,
  admin_key_mark text,
  actor text NOT NULL,
  provider_session text,
  id_token text,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  last_seen_at timestamp with time zone DEFAULT now() NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  CONSTRAINT user_session_pkey PRIMARY KEY (id),
  CONSTRAINT user_session_holder CHECK ((num_nonnulls(user_id, key_id, admin_key_mark) = 1)),
  CONSTRAINT user_session_token_hash_key UNIQUE (token_hash)
);

CREATE TABLE venue (
  id uuid DEFAULT uuidv7() NOT NULL,
  tenant_id uuid NOT NULL,
  name text NOT NULL,
  external_id text,
  is_default boolean DEFAULT false NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  unsubscribe_email text,
  keyword_replies jsonb,
  forward_to jsonb,
  CONSTRAINT venue_pkey PRIMARY KEY (id),
  CONSTRAINT venue_external_id_unique UNIQUE (tenant_id, external_id)
);

CREATE TABLE venue_conversation (
  id uuid DEFAULT uuidv7() NOT NULL,
  tenant_id uuid NOT NULL,
  venue_id uuid NOT NULL,
  channel text NOT NULL,
  person text NOT NULL,
  number text NOT NULL,
  received bigint NOT NULL,
  unread integer NOT NULL,
  last_received_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  auto_replied_at timestamp with time zone,
  CONSTRAINT venue_conversation_pkey PRIMARY KEY (id),
  CONSTRAINT venue_conversation_channel_check CHECK ((channel = ANY (ARRAY['sms'::text, 'whatsapp'::text]))),
  CONSTRAINT venue_conversation_unique UNIQUE (tenant_id, venue_id, channel, person)
);

CREATE TABLE view_reader (
  role text NOT NULL,
  tenant_id uuid,
  CONSTRAINT view_reader_pkey PRIMARY KEY (role)
);

CREATE TABLE voice_call (
  message_id uuid NOT NULL,
  tenant_id uuid NOT NULL,
  answered_by text,
  digits text,
  acknowledged_at timestamp with time zone,
  ended_at timestamp with time zone,
  duration_seconds integer,
  price_micros bigint,
  price_currency text,
  CONSTRAINT voice_call_pkey PRIMARY KEY (message_id)
);

CREATE TABLE webhook_delivery (
  endpoint_id uuid NOT NULL,
  id uuid DEFAULT uuidv7() NOT NULL,
  type text NOT NULL,
  subject_id uuid NOT NULL,
  fact uuid NOT NULL,
  seq bigint,
  is_test boolean DEFAULT false NOT NULL,
  happened_at timestamp with time zone NOT NULL,
  state text DEFAULT 'waiting'::text NOT NULL,
  attempts integer DEFAULT 0 NOT NULL,
  log jsonb DEFAULT '[]'::jsonb NOT NULL,
  due_at timestamp with time zone DEFAULT now(),
  claim uuid,
  give_up_at timestamp with time zone DEFAULT (now() + '24:00:00'::interval) NOT NULL,
  finished_at timestamp with time zone,
  CONSTRAINT webhook_delivery_pkey PRIMARY KEY (endpoint_id, id),
  CONSTRAINT webhook_delivery_fact UNIQUE (endpoint_id, fact),
  CONSTRAINT webhook_delivery_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'delivered'::text, 'refused'::text, 'given_up'::text]))),
  CONSTRAINT webhook_delivery_waits CHECK (((due_at IS NOT NULL) = (state = 'waiting'::text)))
);

CREATE TABLE webhook_endpoint (
  id uuid DEFAULT uuidv7() NOT NULL,
  tenant_id uuid NOT NULL,
  url text NOT NULL,
  events text[],
  description text,
  notify_emails text[] DEFAULT '{}'::text[] NOT NULL,
  notify_language text DEFAULT 'en'::text NOT NULL,
  disabled_reason text,
  disabled_at timestamp with time zone,
  failures integer DEFAULT 0 NOT NULL,
  failing_since timestamp with time zone,
  retry_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
  delivered_at timestamp with time zone,
  created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  CONSTRAINT webhook_endpoint_pkey PRIMARY KEY (id),
  CONSTRAINT webhook_endpoint_disabled CHECK (((disabled_reason IS NULL) = (disabled_at IS NULL))),
  CONSTRAINT webhook_endpoint_disabled_reason_check CHECK ((disabled_reason = ANY (ARRAY['by_hand'::text, 'failing'::text, 'gone'::text]))),
  CONSTRAINT webhook_endpoint_fails CHECK (((failing_since IS NULL) = (failures = 0)))
);

CREATE TABLE webhook_replay (
  id uuid DEFAULT uuidv7() NOT NULL,
  endpoint_id uuid NOT NULL,
  since timestamp with time zone NOT NULL,
  until timestamp with time zone NOT NULL,
  reached_at timestamp with time zone NOT NULL,
  reached_seq bigint DEFAULT 0 NOT NULL,
  events integer DEFAULT 0 NOT NULL,
  finished_at timestamp with time zone,
  CONSTRAINT webhook_replay_pkey PRIMARY KEY (id)
);

CREATE TABLE webhook_secret (
  endpoint_id uuid NOT NULL,
  secret text NOT NULL,
  previous text,
  previous_until timestamp with time zone,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT webhook_secret_pkey PRIMARY KEY (endpoint_id)
);

CREATE TABLE whatsapp_user (
  account_id uuid NOT NULL,
  user_id text NOT NULL,
  number text NOT NULL,
  learned_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT whatsapp_user_pkey PRIMARY KEY (account_id, user_id)
);

CREATE TABLE wrong_key (
  subscriber text NOT NULL,
  failures integer NOT NULL,
  since timestamp with time zone NOT NULL,
  refused_until timestamp with time zone,
  CONSTRAINT wrong_key_pkey PRIMARY KEY (subscriber)
);

ALTER SEQUENCE inbound_event_seq OWNED BY inbound_event.seq;

ALTER SEQUENCE schema_migration_id_seq OWNED BY schema_migration.id;

CREATE INDEX address_report_sender ON public.address_report USING btree (tenant_id, channel, sender, sent_at) INCLUDE (kind) WHERE ((kind = ANY (ARRAY['hard_bounce'::text, 'complaint'::text])) AND (sent_at IS NOT NULL));

CREATE INDEX address_report_soft ON public.address_report USING btree (tenant_id, channel, address) WHERE ((kind = 'soft_bounce'::text) AND (NOT is_forgiven));

CREATE UNIQUE INDEX alert_open ON public.alert USING btree (rule, labels) WHERE (state <> 'resolved'::text);

CREATE INDEX alert_resolved ON public.alert USING btree (resolved_at) WHERE (state = 'resolved'::text);

CREATE INDEX amount_rollup_day ON public.amount_rollup USING btree (tenant_id, day);

CREATE INDEX amount_rollup_unpriced ON public.amount_rollup USING btree (day, scope_id) WHERE ((without_cost <> 0) OR (without_charge <> 0));

CREATE INDEX api_key_tenant_id ON public.api_key USING btree (tenant_id, id);

CREATE INDEX audience_tenant ON public.audience USING btree (tenant_id, id);

CREATE INDEX audience_unread ON public.audience USING btree (id) WHERE (NOT are_people_read);

CREATE INDEX audience_import_audience ON public.audience_import USING btree (audience_id, id);

CREATE INDEX audience_import_running ON public.audience_import USING btree (tenant_id, audience_id) WHERE (status = 'running'::text);

CREATE INDEX audit_event_actor ON public.audit_event USING btree (actor, id);

CREATE UNIQUE INDEX audit_event_chain ON public.audit_event USING btree (tenant_id, seq) NULLS NOT DISTINCT WHERE (seq IS NOT NULL);

CREATE INDEX audit_event_object ON public.audit_event USING btree (object_id, id) WHERE (object_id IS NOT NULL);

CREATE INDEX audit_event_tenant ON public.audit_event USING btree (tenant_id, id);

CREATE INDEX auto_reply_tenant ON public.auto_reply USING btree (tenant_id, id);

CREATE INDEX auto_reply_due_at ON public.auto_reply_due USING btree (due_at);

CREATE INDEX automation_trigger ON public.automation USING btree (tenant_id, trigger) WHERE enabled;

CREATE INDEX automation_offer_until ON public.automation_offer USING btree (automation_id, until);

CREATE INDEX automation_run_attendee ON public.automation_run USING btree (tenant_id, attendee_ref) WHERE ((status = 'waiting'::text) AND (attendee_ref IS NOT NULL));

CREATE INDEX automation_run_customer ON public.automation_run USING btree (tenant_id, customer_ref) WHERE ((status = 'waiting'::text) AND (customer_ref IS NOT NULL));

CREATE INDEX automation_run_due ON public.automation_run USING btree (due_at) WHERE (due_at IS NOT NULL);

CREATE INDEX automation_run_event ON public.automation_run USING btree (tenant_id, event_ref) WHERE ((status = 'waiting'::text) AND (event_ref IS NOT NULL));

CREATE INDEX automation_run_failing ON public.automation_run USING btree (id) WHERE (attempts > 0);

CREATE INDEX automation_run_message ON public.automation_run USING btree (message_id) WHERE awaits_report;

CREATE INDEX automation_run_of ON public.automation_run USING btree (automation_id, id);

CREATE INDEX automation_run_order ON public.automation_run USING btree (tenant_id, order_ref) WHERE ((status = 'waiting'::text) AND (order_ref IS NOT NULL));

CREATE INDEX billing_amount_message ON ONLY public.billing_amount USING btree (message_id);

CREATE INDEX billing_amount_unpriced ON ONLY public.billing_amount USING btree (scope_id, day, seq) WHERE (used_messages IS NOT NULL);

CREATE INDEX budget_campaign ON public.budget USING btree (campaign_id) WHERE (campaign_id IS NOT NULL);

CREATE INDEX budget_hard ON public.budget USING btree (tenant_id, campaign_id) WHERE (hard AND (amount IS NOT NULL));

CREATE INDEX budget_stopped ON public.budget USING btree (tenant_id) WHERE (stopped_at IS NOT NULL);

CREATE INDEX budget_reservation_campaign ON public.budget_reservation USING btree (campaign_id) WHERE (campaign_id IS NOT NULL);

CREATE INDEX budget_reservation_month ON public.budget_reservation USING btree (tenant_id, month);

CREATE INDEX campaign_active ON public.campaign USING btree (status, scheduled_at) WHERE (ended_at IS NULL);

CREATE INDEX campaign_audience_id ON public.campaign USING btree (audience_id);

CREATE INDEX campaign_segment_id ON public.campaign USING btree (segment_id) WHERE (status = 'SCHEDULED'::text);

CREATE INDEX campaign_tenant_id ON public.campaign USING btree (tenant_id, id);

CREATE INDEX campaign_approval_awaiting ON public.campaign_approval USING btree (campaign_id) WHERE (state = 'awaiting'::text);

CREATE INDEX campaign_flow_over_budget ON public.campaign_flow USING btree (tenant_id) WHERE (state = 'over_budget'::text);

CREATE INDEX campaign_flow_over_daily_cap ON public.campaign_flow USING btree (tenant_id) WHERE (state = 'over_daily_cap'::text);

CREATE INDEX campaign_flow_sender_paused ON public.campaign_flow USING btree (tenant_id) WHERE (state = 'sender_paused'::text);

CREATE INDEX campaign_tally_campaign ON public.campaign_tally USING btree (campaign_id);

CREATE INDEX consent_event_subject ON public.consent_event USING btree (venue_id, address, channel, id);

CREATE UNIQUE INDEX console_user_identity_unique ON public.console_user USING btree (issuer, subject, tenant_id) NULLS NOT DISTINCT WHERE (subject IS NOT NULL);

CREATE INDEX console_user_tenant ON public.console_user USING btree (tenant_id, id);

CREATE INDEX contact_person ON public.contact USING btree (audience_id, person) WHERE (person IS NOT NULL);

CREATE INDEX contact_person_was ON public.contact USING btree (audience_id, person_was) WHERE (person_was IS NOT NULL);

CREATE INDEX content_approval_check_at ON public.content_approval USING btree (check_at);

CREATE INDEX credit_note_tenant ON public.credit_note USING btree (tenant_id, id);

CREATE INDEX daily_cap_stopped ON public.daily_cap USING btree (tenant_id) WHERE (stopped_at IS NOT NULL);

CREATE INDEX dead_address_proven ON public.dead_address USING btree (proven_at);

CREATE INDEX doubt_look_at ON public.doubt USING btree (look_at);

CREATE INDEX doubt_tenant ON public.doubt USING btree (tenant_id, message_id);

CREATE INDEX erasure_due ON public.erasure USING btree (due_at) WHERE (due_at IS NOT NULL);

CREATE UNIQUE INDEX erasure_open ON public.erasure USING btree (tenant_id, digest) WHERE (state <> 'done'::text);

CREATE INDEX erasure_tenant ON public.erasure USING btree (tenant_id, id);

CREATE INDEX escalation_due ON public.escalation USING btree (due_at) WHERE (due_at IS NOT NULL);

CREATE INDEX escalation_open ON public.escalation USING btree (created_at) WHERE (status = ANY (ARRAY['CALLING'::text, 'EXHAUSTED'::text]));

CREATE INDEX escalation_tenant ON public.escalation USING btree (tenant_id, id);

CREATE UNIQUE INDEX escalation_attempt_message ON public.escalation_attempt USING btree (message_id);

CREATE INDEX event_dead_letter_at ON public.event_dead_letter USING btree (refused_at);

CREATE INDEX file_by_tenant ON public.file USING btree (tenant_id, id);

CREATE INDEX idempotency_key_created_at ON public.idempotency_key USING btree (created_at);

CREATE INDEX inbound_event_about ON public.inbound_event USING btree (tenant_id, about, seq) WHERE (about IS NOT NULL);

CREATE INDEX inbox_look_again ON public.inbox USING btree (look_again_at) WHERE (look_again_at IS NOT NULL);

CREATE INDEX inbox_waiting ON public.inbox USING btree (id) WHERE (applied_at IS NULL);

CREATE INDEX late_retry_due ON public.late_retry USING btree (due_at) WHERE (due_at IS NOT NULL);

CREATE INDEX link_unused ON public.link USING btree (used_on);

CREATE INDEX link_click_campaign ON public.link_click USING btree (campaign_id, link_id) WHERE (campaign_id IS NOT NULL);

CREATE INDEX link_click_template ON public.link_click USING btree (template_id, link_id) WHERE (template_id IS NOT NULL);

CREATE UNIQUE INDEX link_domain_verified ON public.link_domain USING btree (host) WHERE (verified_at IS NOT NULL);

CREATE INDEX message_correlation ON ONLY public.message USING btree (tenant_id, correlation_id, id) WHERE (correlation_id IS NOT NULL);

CREATE INDEX message_customer ON ONLY public.message USING btree (tenant_id, customer_id, id) WHERE (customer_id IS NOT NULL);

CREATE INDEX message_order ON ONLY public.message USING btree (tenant_id, order_id, id) WHERE (order_id IS NOT NULL);

CREATE INDEX message_recipient_tenant ON ONLY public.message USING btree (recipient, tenant_id, id);

CREATE INDEX message_reference ON ONLY public.message USING btree (tenant_id, reference, id) WHERE (reference IS NOT NULL);

CREATE INDEX message_tenant ON ONLY public.message USING btree (tenant_id, id);

CREATE INDEX message_event_at ON ONLY public.message_event USING brin (at) WITH (pages_per_range='32', autosummarize='on');

CREATE INDEX message_event_cursor ON ONLY public.message_event USING btree (tx, seq);

CREATE INDEX message_event_message ON ONLY public.message_event USING btree (message_id, seq);

CREATE INDEX notice_tenant ON public.notice USING btree (tenant_id, id);

CREATE INDEX notice_delivery_account ON public.notice_delivery USING btree (provider_account_id, finished_at) WHERE (provider_account_id IS NOT NULL);

CREATE INDEX notice_delivery_due ON public.notice_delivery USING btree (host, due_at) WHERE (due_at IS NOT NULL);

CREATE INDEX notice_delivery_given_up ON public.notice_delivery USING btree (finished_at) WHERE (state = 'given_up'::text);

CREATE INDEX notice_delivery_notice ON public.notice_delivery USING btree (notice_id);

CREATE INDEX number_opt_out_event_subject ON public.number_opt_out_event USING btree (number, address, channel, id);

CREATE INDEX open_call_look_at ON public.open_call USING btree (look_at);

CREATE INDEX opt_in_request_pending ON public.opt_in_request USING btree (address, channel) WHERE (status = 'pending'::text);

CREATE INDEX opt_in_request_person ON public.opt_in_request USING btree (venue_id, channel, address, created_at);

CREATE INDEX opt_in_request_tenant ON public.opt_in_request USING btree (tenant_id, id);

CREATE INDEX pending_claimed ON public.pending USING btree (lane_id) WHERE (claim IS NOT NULL);

CREATE INDEX pending_ready ON public.pending USING btree (lane_id, priority, tenant_id, campaign_id, ready_at, message_id) WHERE (claim IS NULL);

CREATE INDEX pending_waiting ON public.pending USING btree (tenant_id, waits_for, message_id) WHERE (waits_for IS NOT NULL);

CREATE INDEX person_export_expires ON public.person_export USING btree (expires_at);

CREATE INDEX person_export_tenant ON public.person_export USING btree (tenant_id, id);

CREATE INDEX phone_number_due ON public.phone_number USING btree (due_at) WHERE (due_at IS NOT NULL);

CREATE UNIQUE INDEX phone_number_held ON public.phone_number USING btree (provider_account_id, address) WHERE ((status = ANY (ARRAY['ordered'::text, 'active'::text, 'quarantined'::text, 'returning'::text])) AND (address IS NOT NULL));

CREATE INDEX phone_number_tenant ON public.phone_number USING btree (tenant_id, id);

CREATE INDEX phone_number_venue ON public.phone_number USING btree (venue_id, id);

CREATE INDEX price_sweep_due ON public.price_sweep USING btree (due_at);

CREATE INDEX provider_account_external_id ON public.provider_account USING btree (provider, external_id);

CREATE UNIQUE INDEX provider_account_platform_unique ON public.provider_account USING btree (provider) WHERE (tenant_id IS NULL);

CREATE UNIQUE INDEX provider_account_tenant_unique ON public.provider_account USING btree (tenant_id, provider) WHERE (tenant_id IS NOT NULL);

CREATE INDEX pumping_alarm_due ON public.pumping_alarm USING btree (ends_at) WHERE (ended_at IS NULL);

CREATE UNIQUE INDEX pumping_alarm_open ON public.pumping_alarm USING btree (tenant_id, prefix) WHERE (ended_at IS NULL);

CREATE INDEX pumping_alarm_tenant ON public.pumping_alarm USING btree (tenant_id, id);

CREATE INDEX pumping_event_tenant ON public.pumping_event USING btree (tenant_id, id);

CREATE INDEX pumping_event_untaken ON public.pumping_event USING btree (id) WHERE (NOT is_taken);

CREATE INDEX range_volume_minute ON public.range_volume USING btree (minute);

CREATE INDEX received_media_due ON public.received_media USING btree (provider_account_id, due_at) WHERE (due_at IS NOT NULL);

CREATE INDEX received_media_file ON public.received_media USING btree (file_id) WHERE (file_id IS NOT NULL);

CREATE INDEX received_text_conversation ON public.received_text USING btree (conversation_id, received_id);

CREATE INDEX reconciliation_day ON public.reconciliation USING btree (day, provider_account_id);

CREATE INDEX reconciliation_done ON public.reconciliation USING btree (finished_at) WHERE (state = 'done'::text);

CREATE UNIQUE INDEX reconciliation_open ON public.reconciliation USING btree (provider_account_id, day) WHERE (finished_at IS NULL);

CREATE INDEX reconciliation_difference_run ON public.reconciliation_difference USING btree (reconciliation_id, id);

CREATE INDEX report_schedule_due ON public.report_schedule USING btree (due_at) WHERE (due_at IS NOT NULL);

CREATE INDEX report_schedule_tenant ON public.report_schedule USING btree (tenant_id, id);

CREATE INDEX rerating_open ON public.rerating USING btree (version_id) WHERE (finished_at IS NULL);

CREATE INDEX segment_audience ON public.segment USING btree (audience_id);

CREATE INDEX segment_tenant ON public.segment USING btree (tenant_id, id);

CREATE INDEX sender_address ON public.sender USING btree (address, channel);

CREATE UNIQUE INDEX sender_default_unique ON public.sender USING btree (venue_id, channel) WHERE (is_default AND (status <> 'released'::text));

CREATE INDEX sender_fallback ON public.sender USING btree (provider_account_id) WHERE (fallback_sender_id IS NOT NULL);

CREATE UNIQUE INDEX sender_number_unique ON public.sender USING btree (channel, address) WHERE ((status = 'active'::text) AND (channel <> 'email'::text));

CREATE INDEX sender_tenant_id ON public.sender USING btree (tenant_id, id);

CREATE INDEX sender_venue_id ON public.sender USING btree (venue_id, channel);

CREATE UNIQUE INDEX sender_pause_open ON public.sender_pause USING btree (tenant_id, channel, address) WHERE (resumed_at IS NULL);

CREATE INDEX sender_pause_resumed_at ON public.sender_pause USING btree (tenant_id, channel, address, resumed_at);

CREATE INDEX sender_volume_minute ON public.sender_volume USING btree (minute);

CREATE INDEX short_link_age ON public.short_link USING brin (message_id);

CREATE INDEX status_poll_due ON public.status_poll USING btree (due_at);

CREATE INDEX suppression_expiring ON public.suppression USING btree (expires_at) WHERE (expires_at IS NOT NULL);

CREATE INDEX user_session_actor ON public.user_session USING btree (actor, id);

CREATE INDEX user_session_expires ON public.user_session USING btree (expires_at);

CREATE INDEX user_session_provider ON public.user_session USING btree (provider_session) WHERE (provider_session IS NOT NULL);

CREATE INDEX user_session_user ON public.user_session USING btree (user_id) WHERE (user_id IS NOT NULL);

CREATE UNIQUE INDEX venue_default_unique ON public.venue USING btree (tenant_id) WHERE is_default;

CREATE INDEX venue_conversation_last ON public.venue_conversation USING btree (tenant_id, last_received_at DESC, id DESC);

CREATE INDEX venue_conversation_unread ON public.venue_conversation USING btree (tenant_id, last_received_at DESC, id DESC) WHERE (unread > 0);

CREATE INDEX webhook_delivery_due ON public.webhook_delivery USING btree (endpoint_id, due_at, fact) WHERE (due_at IS NOT NULL);

CREATE INDEX webhook_delivery_order ON public.webhook_delivery USING btree (endpoint_id, subject_id, fact) WHERE (due_at IS NOT NULL);

CREATE INDEX webhook_endpoint_tenant ON public.webhook_endpoint USING btree (tenant_id, id);

CREATE INDEX webhook_replay_endpoint ON public.webhook_replay USING btree (endpoint_id, id);

CREATE UNIQUE INDEX webhook_replay_open ON public.webhook_replay USING btree (endpoint_id) WHERE (finished_at IS NULL);

ALTER TABLE account_health ADD CONSTRAINT account_health_account_id_fkey FOREIGN KEY (account_id) REFERENCES provider_account(id);

ALTER TABLE address_report ADD CONSTRAINT address_report_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id);

ALTER TABLE allowed_range ADD CONSTRAINT allowed_range_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id);

ALTER TABLE api_key ADD CONSTRAINT api_key_replaces_fkey FOREIGN KEY (replaces) REFERENCES api_key(id);

ALTER TABLE api_key ADD CONSTRAINT api_key_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id);

ALTER TABLE audience ADD CONSTRAINT audience_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id);

ALTER TABLE audience_import ADD CONSTRAINT audience_import_audience_id_fkey FOREIGN KEY (audience_id) REFERENCES audience(id) ON DELETE CASCADE;

ALTER TABLE audience_import ADD CONSTRAINT audience_import_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id);

ALTER TABLE audience_import_error ADD CONSTRAINT audience_import_error_import_id_fkey FOREIGN KEY (import_id) REFERENCES audience_import(id) ON DELETE CASCADE;

ALTER TABLE automation ADD CONSTRAINT automation_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id);

ALTER TABLE automation ADD CONSTRAINT automation_venue_id_fkey FOREIGN KEY (venue_id) REFERENCES venue(id);

ALTER TABLE automation_offer ADD CONSTRAINT automation_offer_automation_id_fkey FOREIGN KEY (automation_id) REFERENCES automation(id);

ALTER TABLE automation_run ADD CONSTRAINT automation_run_automation_id_fkey FOREIGN KEY (automation_id) REFERENCES automation(id);

ALTER TABLE automation_run ADD CONSTRAINT automation_run_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id);

ALTER TABLE automation_run ADD CONSTRAINT automation_run_venue_id_fkey FOREIGN KEY (venue_id) REFERENCES venue(id);

ALTER TABLE automation_version ADD CONSTRAINT automation_version_automation_id_fkey FOREIGN KEY (automation_id) REFERENCES automation(id) ON DELETE CASCADE;

ALTER TABLE billing_basis ADD CONSTRAINT billing_basis_charge_version_id_fkey FOREIGN KEY (charge_version_id) REFERENCES price_list_version(id);

ALTER TABLE billing_basis ADD CONSTRAINT billing_basis_cost_version_id_fkey FOREIGN KEY (cost_version_id) REFERENCES price_list_version(id);

ALTER TABLE billing_close ADD CONSTRAINT billing_close_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id);

ALTER TABLE branding ADD CONSTRAINT branding_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id);

ALTER TABLE budget ADD CONSTRAINT budget_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id) ON DELETE CASCADE;

ALTER TABLE budget ADD CONSTRAINT budget_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE;

ALTER TABLE budget_warning ADD CONSTRAINT budget_warning_budget_id_fkey FOREIGN KEY (budget_id) REFERENCES budget(id) ON DELETE CASCADE;

ALTER TABLE campaign ADD CONSTRAINT campaign_lane_id_fkey FOREIGN KEY (lane_id) REFERENCES lane(id);

ALTER TABLE campaign ADD CONSTRAINT campaign_sender_id_fkey FOREIGN KEY (sender_id) REFERENCES sender(id);

ALTER TABLE campaign ADD CONSTRAINT campaign_template_version_id_fkey FOREIGN KEY (template_version_id) REFERENCES template_version(id);

ALTER TABLE campaign ADD CONSTRAINT campaign_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id);

ALTER TABLE campaign ADD CONSTRAINT campaign_venue_id_fkey FOREIGN KEY (venue_id) REFERENCES venue(id);

ALTER TABLE campaign_approval ADD CONSTRAINT campaign_approval_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id) ON DELETE CASCADE;

ALTER TABLE campaign_channel ADD CONSTRAINT campaign_channel_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id) ON DELETE CASCADE;

ALTER TABLE campaign_channel ADD CONSTRAINT campaign_channel_lane_id_fkey FOREIGN KEY (lane_id) REFERENCES lane(id);

ALTER TABLE campaign_channel ADD CONSTRAINT campaign_channel_sender_id_fkey FOREIGN KEY (sender_id) REFERENCES sender(id);

ALTER TABLE campaign_channel ADD CONSTRAINT campaign_channel_template_version_id_fkey FOREIGN KEY (template_version_id) REFERENCES template_version(id);

ALTER TABLE campaign_chunk ADD CONSTRAINT campaign_chunk_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id);

ALTER TABLE campaign_exclusion ADD CONSTRAINT campaign_exclusion_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id);

ALTER TABLE campaign_test ADD CONSTRAINT campaign_test_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id) ON DELETE CASCADE;

ALTER TABLE campaign_variant ADD CONSTRAINT campaign_variant_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id) ON DELETE CASCADE;

ALTER TABLE consent ADD CONSTRAINT consent_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id);

ALTER TABLE consent ADD CONSTRAINT consent_venue_id_fkey FOREIGN KEY (venue_id) REFERENCES venue(id);

ALTER TABLE consent_event ADD CONSTRAINT consent_event_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id);

ALTER TABLE consent_event ADD CONSTRAINT consent_event_venue_id_fkey FOREIGN KEY (venue_id) REFERENCES venue(id);

ALTER TABLE console_user ADD CONSTRAINT console_user_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id);

ALTER TABLE content_approval ADD CONSTRAINT content_approval_account_id_fkey FOREIGN KEY (account_id) REFERENCES provider_account(id) ON DELETE CASCADE;

ALTER TABLE credit_note ADD CONSTRAINT credit_note_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id);

ALTER TABLE daily_cap ADD CONSTRAINT daily_cap_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE;

ALTER TABLE escalation ADD CONSTRAINT escalation_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id);

ALTER TABLE escalation ADD CONSTRAINT escalation_venue_id_fkey FOREIGN KEY (venue_id) REFERENCES venue(id);

ALTER TABLE escalation_attempt ADD CONSTRAINT escalation_attempt_escalation_id_fkey FOREIGN KEY (escalation_id) REFERENCES escalation(id) ON DELETE CASCADE;

ALTER TABLE lane ADD CONSTRAINT lane_provider_account_id_fkey FOREIGN KEY (provider_account_id) REFERENCES provider_account(id);

ALTER TABLE notice ADD CONSTRAINT notice_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE;

ALTER TABLE notice_delivery ADD CONSTRAINT notice_delivery_notice_id_fkey FOREIGN KEY (notice_id) REFERENCES notice(id) ON DELETE CASCADE;

ALTER TABLE notice_secret ADD CONSTRAINT notice_secret_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE;

ALTER TABLE number_month ADD CONSTRAINT number_month_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id);

ALTER TABLE open_call ADD CONSTRAINT open_call_lane_id_fkey FOREIGN KEY (lane_id) REFERENCES lane(id);

ALTER TABLE phone_number ADD CONSTRAINT phone_number_provider_account_id_fkey FOREIGN KEY (provider_account_id) REFERENCES provider_account(id);

ALTER TABLE phone_number ADD CONSTRAINT phone_number_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id);

ALTER TABLE phone_number ADD CONSTRAINT phone_number_venue_id_fkey FOREIGN KEY (venue_id) REFERENCES venue(id);

ALTER TABLE price_line ADD CONSTRAINT price_line_version_id_fkey FOREIGN KEY (version_id) REFERENCES price_list_version(id);

ALTER TABLE price_list_version ADD CONSTRAINT price_list_version_list_id_fkey FOREIGN KEY (list_id) REFERENCES price_list(id);

ALTER TABLE price_sweep ADD CONSTRAINT price_sweep_provider_account_id_fkey FOREIGN KEY (provider_account_id) REFERENCES provider_account(id);

ALTER TABLE provider_account ADD CONSTRAINT provider_account_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id);

ALTER TABLE pumping_alarm ADD CONSTRAINT pumping_alarm_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id);

ALTER TABLE pumping_event ADD CONSTRAINT pumping_event_alarm_id_fkey FOREIGN KEY (alarm_id) REFERENCES pumping_alarm(id);

ALTER TABLE pumping_event ADD CONSTRAINT pumping_event_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id);

ALTER TABLE pumping_guard ADD CONSTRAINT pumping_guard_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id);

ALTER TABLE quiet_hours_change ADD CONSTRAINT quiet_hours_change_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE;

ALTER TABLE recipient_language ADD CONSTRAINT recipient_language_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id);

ALTER TABLE recipient_language ADD CONSTRAINT recipient_language_venue_id_fkey FOREIGN KEY (venue_id) REFERENCES venue(id);

ALTER TABLE reconciliation ADD CONSTRAINT reconciliation_provider_account_id_fkey FOREIGN KEY (provider_account_id) REFERENCES provider_account(id);

ALTER TABLE reconciliation_difference ADD CONSTRAINT reconciliation_difference_reconciliation_id_fkey FOREIGN KEY (reconciliation_id) REFERENCES reconciliation(id);

ALTER TABLE report_schedule ADD CONSTRAINT report_schedule_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE;

ALTER TABLE rerating ADD CONSTRAINT rerating_version_id_fkey FOREIGN KEY (version_id) REFERENCES price_list_version(id);

ALTER TABLE retention_left ADD CONSTRAINT retention_left_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE;

ALTER TABLE retention_walk ADD CONSTRAINT retention_walk_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE;

ALTER TABLE segment ADD CONSTRAINT segment_audience_id_fkey FOREIGN KEY (audience_id) REFERENCES audience(id) ON DELETE CASCADE;

ALTER TABLE segment ADD CONSTRAINT segment_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id);

ALTER TABLE sender ADD CONSTRAINT sender_fallback_sender_id_fkey FOREIGN KEY (fallback_sender_id) REFERENCES sender(id);

ALTER TABLE sender ADD CONSTRAINT sender_provider_account_id_fkey FOREIGN KEY (provider_account_id) REFERENCES provider_account(id);

ALTER TABLE sender ADD CONSTRAINT sender_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id);

ALTER TABLE sender ADD CONSTRAINT sender_venue_id_fkey FOREIGN KEY (venue_id) REFERENCES venue(id);

ALTER TABLE sender_pause ADD CONSTRAINT sender_pause_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id);

ALTER TABLE sender_watch ADD CONSTRAINT sender_watch_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id);

ALTER TABLE statement ADD CONSTRAINT statement_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id);

ALTER TABLE statement_line ADD CONSTRAINT statement_line_statement_id_fkey FOREIGN KEY (statement_id) REFERENCES statement(id);

ALTER TABLE suppression ADD CONSTRAINT suppression_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id);

ALTER TABLE template ADD CONSTRAINT template_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id);

ALTER TABLE template_data_set ADD CONSTRAINT template_data_set_template_id_fkey FOREIGN KEY (template_id) REFERENCES template(id);

ALTER TABLE template_part ADD CONSTRAINT template_part_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id);

ALTER TABLE template_part_version ADD CONSTRAINT template_part_version_part_id_fkey FOREIGN KEY (part_id) REFERENCES template_part(id);

ALTER TABLE template_part_version ADD CONSTRAINT template_part_version_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id);

ALTER TABLE template_version ADD CONSTRAINT template_version_template_id_fkey FOREIGN KEY (template_id) REFERENCES template(id);

ALTER TABLE template_version ADD CONSTRAINT template_version_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id);

ALTER TABLE tenant_timezone ADD CONSTRAINT tenant_timezone_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE;

ALTER TABLE user_session ADD CONSTRAINT user_session_key_id_fkey FOREIGN KEY (key_id) REFERENCES api_key(id);

ALTER TABLE user_session ADD CONSTRAINT user_session_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id);

ALTER TABLE user_session ADD CONSTRAINT user_session_user_id_fkey FOREIGN KEY (user_id) REFERENCES console_user(id) ON DELETE CASCADE;

ALTER TABLE venue ADD CONSTRAINT venue_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id);

ALTER TABLE view_reader ADD CONSTRAINT view_reader_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id);

ALTER TABLE webhook_replay ADD CONSTRAINT webhook_replay_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES webhook_endpoint(id) ON DELETE CASCADE;

ALTER TABLE webhook_secret ADD CONSTRAINT webhook_secret_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES webhook_endpoint(id) ON DELETE CASCADE;

ALTER TABLE whatsapp_user ADD CONSTRAINT whatsapp_user_account_id_fkey FOREIGN KEY (account_id) REFERENCES provider_account(id);

CREATE TRIGGER audit_event_append_only BEFORE UPDATE ON audit_event FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER audit_event_kept BEFORE DELETE ON audit_event FOR EACH ROW EXECUTE FUNCTION refuse_audit_delete();

CREATE TRIGGER audit_event_linked BEFORE INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION link_audit_event();

CREATE TRIGGER audit_event_never_emptied BEFORE TRUNCATE ON audit_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_delete();

CREATE TRIGGER billing_amount_immutable BEFORE DELETE OR UPDATE ON billing_amount FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER consent_event_append_only BEFORE UPDATE ON consent_event FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER of_tenant AFTER INSERT OR UPDATE ON consent_news FOR EACH ROW WHEN (CURRENT_USER = 'callboard_tenant'::name) EXECUTE FUNCTION require_own_parent('consent_event', 'event_id');

CREATE TRIGGER credit_note_immutable BEFORE DELETE OR UPDATE ON credit_note FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER of_tenant AFTER INSERT OR UPDATE ON exempt_message FOR EACH ROW WHEN (CURRENT_USER = 'callboard_tenant'::name) EXECUTE FUNCTION require_own_parent('message', 'message_id');

CREATE TRIGGER of_tenant AFTER INSERT OR UPDATE ON fallback_due FOR EACH ROW WHEN (CURRENT_USER = 'callboard_tenant'::name) EXECUTE FUNCTION require_own_parent('message', 'message_id');

CREATE TRIGGER number_month_immutable BEFORE DELETE OR UPDATE ON number_month FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER number_opt_out_event_append_only BEFORE UPDATE ON number_opt_out_event FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER of_tenant AFTER INSERT OR UPDATE ON pending_event FOR EACH ROW WHEN (CURRENT_USER = 'callboard_tenant'::name) EXECUTE FUNCTION require_own_parent('inbound_event', 'event_id');

CREATE TRIGGER price_line_immutable BEFORE DELETE OR UPDATE ON price_line FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER price_list_version_immutable BEFORE DELETE OR UPDATE ON price_list_version FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER received_message_immutable BEFORE DELETE OR UPDATE ON received_message FOR EACH ROW EXECUTE FUNCTION refuse_change_but_erasure();

CREATE TRIGGER reconciliation_immutable BEFORE DELETE OR UPDATE ON reconciliation FOR EACH ROW WHEN (old.finished_at IS NOT NULL) EXECUTE FUNCTION refuse_change();

CREATE TRIGGER reconciliation_difference_immutable BEFORE DELETE OR UPDATE ON reconciliation_difference FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER statement_immutable BEFORE DELETE OR UPDATE ON statement FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER statement_line_immutable BEFORE DELETE OR UPDATE ON statement_line FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER template_part_version_immutable BEFORE UPDATE ON template_part_version FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER template_version_immutable BEFORE UPDATE ON template_version FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER tenant_timezone_changed AFTER UPDATE OF timezone ON tenant FOR EACH ROW WHEN (old.timezone IS DISTINCT FROM new.timezone) EXECUTE FUNCTION note_timezone();

CREATE TRIGGER tenant_timezone_made AFTER INSERT ON tenant FOR EACH ROW EXECUTE FUNCTION note_timezone();

ALTER TABLE account_health ENABLE ROW LEVEL SECURITY;

ALTER TABLE address_report ENABLE ROW LEVEL SECURITY;

ALTER TABLE allowed_range ENABLE ROW LEVEL SECURITY;

ALTER TABLE amount_rollup ENABLE ROW LEVEL SECURITY;

ALTER TABLE api_key ENABLE ROW LEVEL SECURITY;

ALTER TABLE audience ENABLE ROW LEVEL SECURITY;

ALTER TABLE audience_import ENABLE ROW LEVEL SECURITY;

ALTER TABLE audience_import_error ENABLE ROW LEVEL SECURITY;

ALTER TABLE audit_chain ENABLE ROW LEVEL SECURITY;

ALTER TABLE audit_event ENABLE ROW LEVEL SECURITY;

ALTER TABLE auto_reply ENABLE ROW LEVEL SECURITY;

ALTER TABLE auto_reply_due ENABLE ROW LEVEL SECURITY;

ALTER TABLE automation ENABLE ROW LEVEL SECURITY;

ALTER TABLE automation_offer ENABLE ROW LEVEL SECURITY;

ALTER TABLE automation_run ENABLE ROW LEVEL SECURITY;

ALTER TABLE automation_version ENABLE ROW LEVEL SECURITY;

ALTER TABLE billing_amount ENABLE ROW LEVEL SECURITY;

ALTER TABLE billing_close ENABLE ROW LEVEL SECURITY;

ALTER TABLE billing_units ENABLE ROW LEVEL SECURITY;

ALTER TABLE branding ENABLE ROW LEVEL SECURITY;

ALTER TABLE budget ENABLE ROW LEVEL SECURITY;

ALTER TABLE budget_reservation ENABLE ROW LEVEL SECURITY;

ALTER TABLE budget_reserving ENABLE ROW LEVEL SECURITY;

ALTER TABLE budget_use ENABLE ROW LEVEL SECURITY;

ALTER TABLE budget_warning ENABLE ROW LEVEL SECURITY;

ALTER TABLE campaign ENABLE ROW LEVEL SECURITY;

ALTER TABLE campaign_approval ENABLE ROW LEVEL SECURITY;

ALTER TABLE campaign_channel ENABLE ROW LEVEL SECURITY;

ALTER TABLE campaign_chunk ENABLE ROW LEVEL SECURITY;

ALTER TABLE campaign_exclusion ENABLE ROW LEVEL SECURITY;

ALTER TABLE campaign_flow ENABLE ROW LEVEL SECURITY;

ALTER TABLE campaign_tally ENABLE ROW LEVEL SECURITY;

ALTER TABLE campaign_test ENABLE ROW LEVEL SECURITY;

ALTER TABLE campaign_variant ENABLE ROW LEVEL SECURITY;

ALTER TABLE consent ENABLE ROW LEVEL SECURITY;

ALTER TABLE consent_event ENABLE ROW LEVEL SECURITY;

ALTER TABLE consent_follower ENABLE ROW LEVEL SECURITY;

ALTER TABLE consent_news ENABLE ROW LEVEL SECURITY;

ALTER TABLE console_user ENABLE ROW LEVEL SECURITY;

ALTER TABLE contact ENABLE ROW LEVEL SECURITY;

ALTER TABLE content_approval ENABLE ROW LEVEL SECURITY;

ALTER TABLE credit_note ENABLE ROW LEVEL SECURITY;

ALTER TABLE daily_cap ENABLE ROW LEVEL SECURITY;

ALTER TABLE doubt ENABLE ROW LEVEL SECURITY;

ALTER TABLE erasure ENABLE ROW LEVEL SECURITY;

ALTER TABLE escalation ENABLE ROW LEVEL SECURITY;

ALTER TABLE escalation_attempt ENABLE ROW LEVEL SECURITY;

ALTER TABLE exempt_message ENABLE ROW LEVEL SECURITY;

ALTER TABLE failure_rollup ENABLE ROW LEVEL SECURITY;

ALTER TABLE fallback_due ENABLE ROW LEVEL SECURITY;

ALTER TABLE file ENABLE ROW LEVEL SECURITY;

ALTER TABLE file_content ENABLE ROW LEVEL SECURITY;

ALTER TABLE forward ENABLE ROW LEVEL SECURITY;

ALTER TABLE forward_item ENABLE ROW LEVEL SECURITY;

ALTER TABLE idempotency_key ENABLE ROW LEVEL SECURITY;

ALTER TABLE inbound_event ENABLE ROW LEVEL SECURITY;

ALTER TABLE kept_decision ENABLE ROW LEVEL SECURITY;

ALTER TABLE keyword_answer ENABLE ROW LEVEL SECURITY;

ALTER TABLE late_retry ENABLE ROW LEVEL SECURITY;

ALTER TABLE latency_rollup ENABLE ROW LEVEL SECURITY;

ALTER TABLE link ENABLE ROW LEVEL SECURITY;

ALTER TABLE link_click ENABLE ROW LEVEL SECURITY;

ALTER TABLE link_domain ENABLE ROW LEVEL SECURITY;

ALTER TABLE message ENABLE ROW LEVEL SECURITY;

ALTER TABLE message_event ENABLE ROW LEVEL SECURITY;

ALTER TABLE notice ENABLE ROW LEVEL SECURITY;

ALTER TABLE notice_delivery ENABLE ROW LEVEL SECURITY;

ALTER TABLE notice_secret ENABLE ROW LEVEL SECURITY;

ALTER TABLE number_month ENABLE ROW LEVEL SECURITY;

ALTER TABLE open_call ENABLE ROW LEVEL SECURITY;

ALTER TABLE opt_in_request ENABLE ROW LEVEL SECURITY;

ALTER TABLE pending ENABLE ROW LEVEL SECURITY;

ALTER TABLE pending_event ENABLE ROW LEVEL SECURITY;

ALTER TABLE person_export ENABLE ROW LEVEL SECURITY;

ALTER TABLE phone_number ENABLE ROW LEVEL SECURITY;

ALTER TABLE provider_account ENABLE ROW LEVEL SECURITY;

ALTER TABLE pumping_alarm ENABLE ROW LEVEL SECURITY;

ALTER TABLE pumping_event ENABLE ROW LEVEL SECURITY;

ALTER TABLE pumping_guard ENABLE ROW LEVEL SECURITY;

ALTER TABLE quiet_hours_change ENABLE ROW LEVEL SECURITY;

ALTER TABLE range_volume ENABLE ROW LEVEL SECURITY;

ALTER TABLE received_media ENABLE ROW LEVEL SECURITY;

ALTER TABLE received_message ENABLE ROW LEVEL SECURITY;

ALTER TABLE received_text ENABLE ROW LEVEL SECURITY;

ALTER TABLE recipient_language ENABLE ROW LEVEL SECURITY;

ALTER TABLE report_schedule ENABLE ROW LEVEL SECURITY;

ALTER TABLE retention_left ENABLE ROW LEVEL SECURITY;

ALTER TABLE retention_walk ENABLE ROW LEVEL SECURITY;

ALTER TABLE segment ENABLE ROW LEVEL SECURITY;

ALTER TABLE sender ENABLE ROW LEVEL SECURITY;

ALTER TABLE sender_pause ENABLE ROW LEVEL SECURITY;

ALTER TABLE sender_volume ENABLE ROW LEVEL SECURITY;

ALTER TABLE sender_watch ENABLE ROW LEVEL SECURITY;

ALTER TABLE short_link ENABLE ROW LEVEL SECURITY;

ALTER TABLE statement ENABLE ROW LEVEL SECURITY;

ALTER TABLE statement_line ENABLE ROW LEVEL SECURITY;

ALTER TABLE status_poll ENABLE ROW LEVEL SECURITY;

ALTER TABLE suppression ENABLE ROW LEVEL SECURITY;

ALTER TABLE template ENABLE ROW LEVEL SECURITY;

ALTER TABLE template_data_set ENABLE ROW LEVEL SECURITY;

ALTER TABLE template_part ENABLE ROW LEVEL SECURITY;

ALTER TABLE template_part_version ENABLE ROW LEVEL SECURITY;

ALTER TABLE template_version ENABLE ROW LEVEL SECURITY;

ALTER TABLE tenant ENABLE ROW LEVEL SECURITY;

ALTER TABLE tenant_timezone ENABLE ROW LEVEL SECURITY;

ALTER TABLE usage_rollup ENABLE ROW LEVEL SECURITY;

ALTER TABLE usage_scope ENABLE ROW LEVEL SECURITY;

ALTER TABLE user_session ENABLE ROW LEVEL SECURITY;

ALTER TABLE venue ENABLE ROW LEVEL SECURITY;

ALTER TABLE venue_conversation ENABLE ROW LEVEL SECURITY;

ALTER TABLE voice_call ENABLE ROW LEVEL SECURITY;

ALTER TABLE webhook_delivery ENABLE ROW LEVEL SECURITY;

ALTER TABLE webhook_endpoint ENABLE ROW LEVEL SECURITY;

ALTER TABLE webhook_replay ENABLE ROW LEVEL SECURITY;

ALTER TABLE webhook_secret ENABLE ROW LEVEL SECURITY;

ALTER TABLE whatsapp_user ENABLE ROW LEVEL SECURITY;

CREATE POLICY of_all ON account_health AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON account_health AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((EXISTS ( SELECT
   FROM provider_account
  WHERE (provider_account.id = account_health.account_id))));

CREATE POLICY of_all ON address_report AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON address_report AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON allowed_range AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON allowed_range AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON amount_rollup AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON amount_rollup AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON api_key AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON api_key AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON audience AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON audience AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON audience_import AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON audience_import AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON audience_import_error AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON audience_import_error AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((EXISTS ( SELECT
   FROM audience_import
  WHERE (audience_import.id = audience_import_error.import_id))));

CREATE POLICY of_all ON audit_chain AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON audit_chain AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((chain = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON audit_event AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON audit_event AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON auto_reply AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON auto_reply AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON auto_reply_due AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON auto_reply_due AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((EXISTS ( SELECT
   FROM venue_conversation
  WHERE (venue_conversation.id = auto_reply_due.conversation_id))));

CREATE POLICY of_all ON automation AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON automation AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON automation_offer AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON automation_offer AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((EXISTS ( SELECT
   FROM automation
  WHERE (automation.id = automation_offer.automation_id))));

CREATE POLICY of_all ON automation_run AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON automation_run AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON automation_version AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON automation_version AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((EXISTS ( SELECT
   FROM automation
  WHERE (automation.id = automation_version.automation_id))));

CREATE POLICY of_all ON billing_amount AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON billing_amount AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON billing_close AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON billing_close AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON billing_units AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON billing_units AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON branding AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON branding AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON budget AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON budget AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON budget_reservation AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON budget_reservation AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON budget_reserving AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON budget_reserving AS RESTRICTIVE FOR ALL TO callboard_tenant USING (((scope_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid) OR (EXISTS ( SELECT
   FROM campaign
  WHERE (campaign.id = budget_reserving.scope_id)))));

CREATE POLICY of_all ON budget_use AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON budget_use AS RESTRICTIVE FOR ALL TO callboard_tenant USING (((scope_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid) OR (EXISTS ( SELECT
   FROM campaign
  WHERE (campaign.id = budget_use.scope_id)))));

CREATE POLICY of_all ON budget_warning AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON budget_warning AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((EXISTS ( SELECT
   FROM budget
  WHERE (budget.id = budget_warning.budget_id))));

CREATE POLICY of_all ON campaign AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON campaign AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON campaign_approval AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON campaign_approval AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((EXISTS ( SELECT
   FROM campaign
  WHERE (campaign.id = campaign_approval.campaign_id))));

CREATE POLICY of_all ON campaign_channel AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON campaign_channel AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((EXISTS ( SELECT
   FROM campaign
  WHERE (campaign.id = campaign_channel.campaign_id))));

CREATE POLICY of_all ON campaign_chunk AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON campaign_chunk AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((EXISTS ( SELECT
   FROM campaign
  WHERE (campaign.id = campaign_chunk.campaign_id))));

CREATE POLICY of_all ON campaign_exclusion AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON campaign_exclusion AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((EXISTS ( SELECT
   FROM campaign
  WHERE (campaign.id = campaign_exclusion.campaign_id))));

CREATE POLICY of_all ON campaign_flow AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON campaign_flow AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((EXISTS ( SELECT
   FROM campaign
  WHERE (campaign.id = campaign_flow.campaign_id))));

CREATE POLICY of_all ON campaign_tally AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON campaign_tally AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((EXISTS ( SELECT
   FROM campaign
  WHERE (campaign.id = campaign_tally.campaign_id))));

CREATE POLICY of_all ON campaign_test AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON campaign_test AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((EXISTS ( SELECT
   FROM campaign
  WHERE (campaign.id = campaign_test.campaign_id))));

CREATE POLICY of_all ON campaign_variant AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON campaign_variant AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((EXISTS ( SELECT
   FROM campaign
  WHERE (campaign.id = campaign_variant.campaign_id))));

CREATE POLICY of_all ON consent AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON consent AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON consent_event AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON consent_event AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON consent_follower AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON consent_follower AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON consent_news AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON consent_news AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((EXISTS ( SELECT
   FROM consent_event
  WHERE (consent_event.id = consent_news.event_id)))) WITH CHECK (true);

CREATE POLICY of_all ON console_user AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON console_user AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON contact AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON contact AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((EXISTS ( SELECT
   FROM audience
  WHERE (audience.id = contact.audience_id))));

CREATE POLICY of_all ON content_approval AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON content_approval AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((EXISTS ( SELECT
   FROM provider_account
  WHERE (provider_account.id = content_approval.account_id))));

CREATE POLICY of_all ON credit_note AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON credit_note AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON daily_cap AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON daily_cap AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON doubt AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON doubt AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON erasure AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON erasure AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON escalation AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON escalation AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON escalation_attempt AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON escalation_attempt AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((EXISTS ( SELECT
   FROM escalation
  WHERE (escalation.id = escalation_attempt.escalation_id))));

CREATE POLICY of_all ON exempt_message AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON exempt_message AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((EXISTS ( SELECT
   FROM message
  WHERE (message.id = exempt_message.message_id)))) WITH CHECK (true);

CREATE POLICY of_all ON failure_rollup AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON failure_rollup AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON fallback_due AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON fallback_due AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((EXISTS ( SELECT
   FROM message
  WHERE (message.id = fallback_due.message_id)))) WITH CHECK (true);

CREATE POLICY of_all ON file AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON file AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON file_content AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON file_content AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON forward AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON forward AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((EXISTS ( SELECT
   FROM venue
  WHERE (venue.id = forward.venue_id))));

CREATE POLICY of_all ON forward_item AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON forward_item AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((EXISTS ( SELECT
   FROM venue
  WHERE (venue.id = forward_item.venue_id))));

CREATE POLICY of_all ON idempotency_key AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON idempotency_key AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((owner = current_setting('app.tenant_id'::text, true)));

CREATE POLICY of_all ON inbound_event AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON inbound_event AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON kept_decision AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON kept_decision AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON keyword_answer AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON keyword_answer AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((EXISTS ( SELECT
   FROM venue
  WHERE (venue.id = keyword_answer.venue_id))));

CREATE POLICY of_all ON late_retry AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON late_retry AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((EXISTS ( SELECT
   FROM message
  WHERE (message.id = late_retry.message_id))));

CREATE POLICY of_all ON latency_rollup AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON latency_rollup AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON link AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON link AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON link_click AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON link_click AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON link_domain AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON link_domain AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON message AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON message AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON message_event AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON message_event AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON notice AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON notice AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON notice_delivery AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON notice_delivery AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((EXISTS ( SELECT
   FROM notice
  WHERE (notice.id = notice_delivery.notice_id))));

CREATE POLICY of_all ON notice_secret AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON notice_secret AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON number_month AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON number_month AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON open_call AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON open_call AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((EXISTS ( SELECT
   FROM message
  WHERE (message.id = ANY (open_call.message_ids)))));

CREATE POLICY of_all ON opt_in_request AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON opt_in_request AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON pending AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON pending AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON pending_event AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON pending_event AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((EXISTS ( SELECT
   FROM inbound_event
  WHERE (inbound_event.id = pending_event.event_id)))) WITH CHECK (true);

CREATE POLICY of_all ON person_export AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON person_export AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON phone_number AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON phone_number AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON provider_account AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON provider_account AS RESTRICTIVE FOR SELECT TO callboard_tenant USING (((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid) OR (tenant_id IS NULL)));

CREATE POLICY of_tenant_delete ON provider_account AS RESTRICTIVE FOR DELETE TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_tenant_insert ON provider_account AS RESTRICTIVE FOR INSERT TO callboard_tenant WITH CHECK ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_tenant_update ON provider_account AS RESTRICTIVE FOR UPDATE TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON pumping_alarm AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON pumping_alarm AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON pumping_event AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON pumping_event AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON pumping_guard AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON pumping_guard AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON quiet_hours_change AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON quiet_hours_change AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON range_volume AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON range_volume AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON received_media AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON received_media AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON received_message AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON received_message AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON received_text AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON received_text AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((EXISTS ( SELECT
   FROM venue_conversation
  WHERE (venue_conversation.id = received_text.conversation_id))));

CREATE POLICY of_all ON recipient_language AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON recipient_language AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON report_schedule AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON report_schedule AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON retention_left AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON retention_left AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON retention_walk AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON retention_walk AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON segment AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON segment AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON sender AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON sender AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON sender_pause AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON sender_pause AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON sender_volume AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON sender_volume AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON sender_watch AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON sender_watch AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON short_link AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON short_link AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((EXISTS ( SELECT
   FROM link
  WHERE (link.id = short_link.link_id))));

CREATE POLICY of_all ON statement AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON statement AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON statement_line AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON statement_line AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((EXISTS ( SELECT
   FROM statement
  WHERE (statement.id = statement_line.statement_id))));

CREATE POLICY of_all ON status_poll AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON status_poll AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((EXISTS ( SELECT
   FROM message
  WHERE (message.id = status_poll.message_id))));

CREATE POLICY of_all ON suppression AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON suppression AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON template AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON template AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON template_data_set AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON template_data_set AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((EXISTS ( SELECT
   FROM template
  WHERE (template.id = template_data_set.template_id))));

CREATE POLICY of_all ON template_part AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON template_part AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON template_part_version AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON template_part_version AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON template_version AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON template_version AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON tenant AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON tenant AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON tenant_timezone AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON tenant_timezone AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON usage_rollup AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON usage_rollup AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON usage_scope AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON usage_scope AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON user_session AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON user_session AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON venue AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON venue AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON venue_conversation AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON venue_conversation AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON voice_call AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON voice_call AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON webhook_delivery AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON webhook_delivery AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((EXISTS ( SELECT
   FROM webhook_endpoint
  WHERE (webhook_endpoint.id = webhook_delivery.endpoint_id))));

CREATE POLICY of_all ON webhook_endpoint AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON webhook_endpoint AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid));

CREATE POLICY of_all ON webhook_replay AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON webhook_replay AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((EXISTS ( SELECT
   FROM webhook_endpoint
  WHERE (webhook_endpoint.id = webhook_replay.endpoint_id))));

CREATE POLICY of_all ON webhook_secret AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON webhook_secret AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((EXISTS ( SELECT
   FROM webhook_endpoint
  WHERE (webhook_endpoint.id = webhook_secret.endpoint_id))));

CREATE POLICY of_all ON whatsapp_user AS PERMISSIVE FOR ALL TO public USING (true);

CREATE POLICY of_tenant ON whatsapp_user AS RESTRICTIVE FOR ALL TO callboard_tenant USING ((EXISTS ( SELECT
   FROM provider_account
  WHERE (provider_account.id = whatsapp_user.account_id))));

CREATE VIEW usage_cursor AS
 SELECT
        CASE name
            WHEN 'usage'::text THEN 'daily'::text
            ELSE NULL::text
        END AS name,
    tx,
    seq,
    moved_at
   FROM event_cursor
  WHERE name = 'usage'::text;

CREATE VIEW silence_cursor AS
 SELECT
        CASE name
            WHEN 'missing-reports-1-hour'::text THEN '1 hour'::text
            ELSE '1 day'::text
        END AS name,
    tx,
    seq
   FROM event_cursor
  WHERE name = ANY (ARRAY['missing-reports-1-hour'::text, 'missing-reports-1-day'::text]);

CREATE VIEW email_log AS
 SELECT message.id,
    message.tenant_id,
    tenant.slug AS tenant_slug,
    message.venue_id,
    venue.external_id AS venue_external_id,
    message.channel,
    message.recipient,
    message.sender_address,
    message.sender_name,
    message.content ->> 'subject'::text AS subject,
    COALESCE(message.content ->> 'text'::text, message.content ->> 'html'::text) AS body,
    template.key AS template_key,
    template_version.version AS template_version,
    report_status(message.status) AS status,
    message.reason,
        CASE
            WHEN message.campaign_id IS NULL THEN 'TRANSACTIONAL'::text
            ELSE 'BULK'::text
        END AS type,
    message.category,
    message.campaign_id,
    message.order_id,
    message.customer_id,
    message.message_type,
    message.reference,
    message.correlation_id,
    message.is_test,
    message.provider,
    message.provider_message_id,
    message.error_code,
    message.error_message,
    message.attempts,
    jsonb_strip_nulls(jsonb_build_object('provider', message.provider, 'provider_message_id', message.provider_message_id, 'error_code', message.error_code, 'error_message', message.error_message)) AS metadata,
    message.metadata AS caller_metadata,
    message.resend_of,
    message.fallback_of,
    ( SELECT
                CASE sum(amount.without_charge)
                    WHEN 0 THEN sum(amount.charge_micros)::bigint
                    ELSE NULL::bigint
                END AS "case"
           FROM billing_amount amount
          WHERE amount.message_id = message.id AND amount.at >= (uuid_extract_timestamp(message.id) - '1 day'::interval)) AS charge_micros,
    ( SELECT basis.charge_currency
           FROM billing_amount amount
             JOIN billing_basis basis ON basis.id = amount.basis_id
          WHERE amount.message_id = message.id AND amount.at >= (uuid_extract_timestamp(message.id) - '1 day'::interval) AND basis.charge_currency IS NOT NULL
          ORDER BY amount.seq DESC
         LIMIT 1) AS charge_currency,
    ( SELECT
                CASE sum(amount.without_cost)
                    WHEN 0 THEN sum(amount.cost_micros)::bigint
                    ELSE NULL::bigint
                END AS "case"
           FROM billing_amount amount
          WHERE amount.message_id = message.id AND amount.at >= (uuid_extract_timestamp(message.id) - '1 day'::interval)) AS cost_micros,
    ( SELECT basis.cost_currency
           FROM billing_amount amount
             JOIN billing_basis basis ON basis.id = amount.basis_id
          WHERE amount.message_id = message.id AND amount.at >= (uuid_extract_timestamp(message.id) - '1 day'::interval) AND basis.cost_currency IS NOT NULL
          ORDER BY amount.seq DESC
         LIMIT 1) AS cost_currency,
    uuid_extract_timestamp(message.id) AS created_at,
    message.send_at AS scheduled_at,
    message.sent_at,
    message.settled_at
   FROM message
     LEFT JOIN tenant ON tenant.id = message.tenant_id
     LEFT JOIN venue ON venue.id = message.venue_id
     LEFT JOIN template_version ON template_version.id = message.template_version_id
     LEFT JOIN template ON template.id = template_version.template_id
  WHERE message.channel = 'email'::text;

CREATE VIEW whatsapp_log AS
 SELECT message.id,
    message.tenant_id,
    tenant.slug AS tenant_slug,
    message.venue_id,
    venue.external_id AS venue_external_id,
    message.channel,
    message.recipient,
        CASE
            WHEN message.sender_address !~~ 'number:%'::text THEN message.sender_address
            ELSE NULL::text
        END AS sender_number,
    message.content ->> 'body'::text AS body,
    template.key AS template_key,
    template_version.version AS template_version,
    report_status(message.status) AS status,
    message.reason,
        CASE
            WHEN message.campaign_id IS NULL THEN 'TRANSACTIONAL'::text
            ELSE 'BULK'::text
        END AS type,
    message.category,
    message.campaign_id,
    message.order_id,
    message.customer_id,
    message.message_type,
    message.reference,
    message.correlation_id,
    message.is_test,
    message.provider,
    message.provider_message_id,
    message.error_code,
    message.error_message,
    message.attempts,
    jsonb_strip_nulls(jsonb_build_object('provider', message.provider, 'provider_message_id', message.provider_message_id, 'error_code', message.error_code, 'error_message', message.error_message)) AS metadata,
    message.metadata AS caller_metadata,
    message.resend_of,
    message.fallback_of,
    ( SELECT
                CASE sum(amount.without_charge)
                    WHEN 0 THEN sum(amount.charge_micros)::bigint
                    ELSE NULL::bigint
                END AS "case"
           FROM billing_amount amount
          WHERE amount.message_id = message.id AND amount.at >= (uuid_extract_timestamp(message.id) - '1 day'::interval)) AS charge_micros,
    ( SELECT basis.charge_currency
           FROM billing_amount amount
             JOIN billing_basis basis ON basis.id = amount.basis_id
          WHERE amount.message_id = message.id AND amount.at >= (uuid_extract_timestamp(message.id) - '1 day'::interval) AND basis.charge_currency IS NOT NULL
          ORDER BY amount.seq DESC
         LIMIT 1) AS charge_currency,
    ( SELECT
                CASE sum(amount.without_cost)
                    WHEN 0 THEN sum(amount.cost_micros)::bigint
                    ELSE NULL::bigint
                END AS "case"
           FROM billing_amount amount
          WHERE amount.message_id = message.id AND amount.at >= (uuid_extract_timestamp(message.id) - '1 day'::interval)) AS cost_micros,
    ( SELECT basis.cost_currency
           FROM billing_amount amount
             JOIN billing_basis basis ON basis.id = amount.basis_id
          WHERE amount.message_id = message.id AND amount.at >= (uuid_extract_timestamp(message.id) - '1 day'::interval) AND basis.cost_currency IS NOT NULL
          ORDER BY amount.seq DESC
         LIMIT 1) AS cost_currency,
    uuid_extract_timestamp(message.id) AS created_at,
    message.send_at AS scheduled_at,
    message.sent_at,
    message.settled_at
   FROM message
     LEFT JOIN tenant ON tenant.id = message.tenant_id
     LEFT JOIN venue ON venue.id = message.venue_id
     LEFT JOIN template_version ON template_version.id = message.template_version_id
     LEFT JOIN template ON template.id = template_version.template_id
  WHERE message.channel = 'whatsapp'::text;

CREATE VIEW sms_send_history AS
 SELECT message.id,
    message.tenant_id,
    tenant.slug AS tenant_slug,
    message.venue_id,
    venue.external_id AS venue_external_id,
    message.channel,
    message.recipient,
        CASE
            WHEN message.sender_address !~~ 'number:%'::text THEN message.sender_address
            ELSE NULL::text
        END AS sender_number,
    message.content ->> 'body'::text AS body,
    message.segments,
    template.key AS template_key,
    template_version.version AS template_version,
    report_status(message.status) AS status,
    message.reason,
        CASE
            WHEN message.campaign_id IS NULL THEN 'TRANSACTIONAL'::text
            ELSE 'BULK'::text
        END AS type,
    message.category,
    message.campaign_id,
    message.order_id,
    message.customer_id,
    message.message_type,
    message.reference,
    message.correlation_id,
    message.is_test,
    message.provider,
    message.provider_message_id,
    message.error_code,
    message.error_message,
    message.attempts,
    jsonb_strip_nulls(jsonb_build_object('provider', message.provider, 'provider_message_id', message.provider_message_id, 'error_code', message.error_code, 'error_message', message.error_message)) AS metadata,
    message.metadata AS caller_metadata,
    message.resend_of,
    message.fallback_of,
    ( SELECT
                CASE sum(amount.without_charge)
                    WHEN 0 THEN sum(amount.charge_micros)::bigint
                    ELSE NULL::bigint
                END AS "case"
           FROM billing_amount amount
          WHERE amount.message_id = message.id AND amount.at >= (uuid_extract_timestamp(message.id) - '1 day'::interval)) AS charge_micros,
    ( SELECT basis.charge_currency
           FROM billing_amount amount
             JOIN billing_basis basis ON basis.id = amount.basis_id
          WHERE amount.message_id = message.id AND amount.at >= (uuid_extract_timestamp(message.id) - '1 day'::interval) AND basis.charge_currency IS NOT NULL
          ORDER BY amount.seq DESC
         LIMIT 1) AS charge_currency,
    ( SELECT
                CASE sum(amount.without_cost)
                    WHEN 0 THEN sum(amount.cost_micros)::bigint
                    ELSE NULL::bigint
                END AS "case"
           FROM billing_amount amount
          WHERE amount.message_id = message.id AND amount.at >= (uuid_extract_timestamp(message.id) - '1 day'::interval)) AS cost_micros,
    ( SELECT basis.cost_currency
           FROM billing_amount amount
             JOIN billing_basis basis ON basis.id = amount.basis_id
          WHERE amount.message_id = message.id AND amount.at >= (uuid_extract_timestamp(message.id) - '1 day'::interval) AND basis.cost_currency IS NOT NULL
          ORDER BY amount.seq DESC
         LIMIT 1) AS cost_currency,
    uuid_extract_timestamp(message.id) AS created_at,
    message.send_at AS scheduled_at,
    message.sent_at,
    message.settled_at
   FROM message
     LEFT JOIN tenant ON tenant.id = message.tenant_id
     LEFT JOIN venue ON venue.id = message.venue_id
     LEFT JOIN template_version ON template_version.id = message.template_version_id
     LEFT JOIN template ON template.id = template_version.template_id
  WHERE message.channel = ANY (ARRAY['sms'::text, 'mms'::text]);

CREATE VIEW communication_campaign AS
 SELECT campaign.id,
    campaign.tenant_id,
    tenant.slug AS tenant_slug,
    campaign.venue_id,
    venue.external_id AS venue_external_id,
    campaign.name,
    campaign.description,
    campaign.channel,
    COALESCE(( SELECT array_agg(step.channel ORDER BY step.place) AS array_agg
           FROM campaign_channel step
          WHERE step.campaign_id = campaign.id), ARRAY[campaign.channel]) AS channels,
    campaign.category,
    campaign.status,
    campaign.status_reason,
    campaign.template_key,
    version.version AS template_version,
    campaign.audience_id,
    campaign.created_by,
    campaign.created_at,
    campaign.updated_at,
    campaign.scheduled_at,
    campaign.launched_at,
    campaign.sent_at,
    campaign.ended_at,
    campaign.audience_count,
    ( SELECT COALESCE(sum(left_out.count::bigint), 0::numeric)::bigint AS "coalesce"
           FROM jsonb_each_text(campaign.excluded) left_out(reason, count)) AS excluded_count,
    COALESCE(counts.messages, 0::bigint) AS message_count,
    COALESCE(counts.pending, 0::bigint) AS pending_count,
    COALESCE(counts.in_doubt, 0::bigint) AS unknown_count,
    COALESCE(counts.sent, 0::bigint) AS sent_count,
    COALESCE(counts.delivered, 0::bigint) AS delivered_count,
    COALESCE(counts.undelivered, 0::bigint) AS undelivered_count,
    COALESCE(counts.failed, 0::bigint) AS failed_count,
    COALESCE(counts.skipped, 0::bigint) AS skipped_count
   FROM campaign
     LEFT JOIN tenant ON tenant.id = campaign.tenant_id
     LEFT JOIN venue ON venue.id = campaign.venue_id
     LEFT JOIN template_version version ON version.id = campaign.template_version_id
     LEFT JOIN LATERAL ( SELECT sum(tally.delta)::bigint AS messages,
            sum(tally.delta) FILTER (WHERE tally.word = ANY (ARRAY['SCHEDULED'::text, 'QUEUED'::text, 'SENDING'::text]))::bigint AS pending,
            sum(tally.delta) FILTER (WHERE tally.word = 'UNKNOWN'::text)::bigint AS in_doubt,
            sum(tally.delta) FILTER (WHERE tally.word = ANY (ARRAY['SENT'::text, 'DELIVERED'::text, 'READ'::text, 'UNDELIVERED'::text]))::bigint AS sent,
            sum(tally.delta) FILTER (WHERE tally.word = ANY (ARRAY['DELIVERED'::text, 'READ'::text]))::bigint AS delivered,
            sum(tally.delta) FILTER (WHERE tally.word = 'UNDELIVERED'::text)::bigint AS undelivered,
            sum(tally.delta) FILTER (WHERE tally.word = 'FAILED'::text)::bigint AS failed,
            sum(tally.delta) FILTER (WHERE tally.word = ANY (ARRAY['SKIPPED'::text, 'OPTED_OUT'::text, 'SUPPRESSED'::text, 'EXPIRED'::text, 'CANCELLED'::text]))::bigint AS skipped
           FROM ( SELECT report_status(tally_1.status) AS word,
                    tally_1.delta
                   FROM campaign_tally tally_1
                  WHERE tally_1.campaign_id = campaign.id) tally) counts ON true;

CREATE VIEW venue_phone_numbers AS
 SELECT number.id,
    number.tenant_id,
    tenant.slug AS tenant_slug,
    number.venue_id,
    venue.external_id AS venue_external_id,
    number.phone_number,
    number.channels,
    number.status,
    number.provider,
    number.provider_id,
    number.is_rented,
    number.created_at,
    number.assigned_at,
    number.released_at
   FROM ( SELECT ordered.id,
            ordered.tenant_id,
            ordered.venue_id,
            ordered.address AS phone_number,
            ordered.channels,
                CASE
                    WHEN ordered.status <> 'active'::text THEN 'released'::text
                    WHEN ordered.pool IS NOT NULL OR (EXISTS ( SELECT
                       FROM sender
                      WHERE sender.venue_id = ordered.venue_id AND sender.address = ordered.address AND sender.status = 'active'::text)) THEN 'active'::text
                    ELSE 'inactive'::text
                END AS status,
            ordered.provider,
            ordered.provider_id,
            ordered.bought AS is_rented,
            ordered.created_at,
            ordered.assigned_at,
            ordered.released_at
           FROM phone_number ordered
          WHERE ordered.assigned_at IS NOT NULL
        UNION ALL
         SELECT (array_agg(sender.id ORDER BY sender.id))[1] AS id,
            sender.tenant_id,
            sender.venue_id,
            sender.address AS phone_number,
            array_agg(DISTINCT sender.channel ORDER BY sender.channel) AS channels,
                CASE
                    WHEN bool_or(sender.status = 'active'::text) THEN 'active'::text
                    WHEN bool_or(sender.status = 'inactive'::text) THEN 'inactive'::text
                    ELSE 'released'::text
                END AS status,
            (array_agg(account.provider ORDER BY sender.id DESC))[1] AS provider,
            NULL::text AS provider_id,
            false AS is_rented,
            min(sender.created_at) AS created_at,
            min(sender.created_at) AS assigned_at,
                CASE
                    WHEN bool_and(sender.status = 'released'::text) THEN max(sender.updated_at)
                    ELSE NULL::timestamp with time zone
                END AS released_at
           FROM sender
             JOIN provider_account account ON account.id = sender.provider_account_id
          WHERE sender.channel <> 'email'::text AND sender.address ~~ '+%'::text AND NOT (EXISTS ( SELECT
                   FROM phone_number ordered
                  WHERE ordered.venue_id = sender.venue_id AND ordered.address = sender.address AND ordered.assigned_at IS NOT NULL))
          GROUP BY sender.tenant_id, sender.venue_id, sender.address) number
     LEFT JOIN tenant ON tenant.id = number.tenant_id
     LEFT JOIN venue ON venue.id = number.venue_id;

CREATE VIEW sms_consent AS
 SELECT consent.tenant_id,
    tenant.slug AS tenant_slug,
    consent.venue_id,
    venue.external_id AS venue_external_id,
    consent.address AS phone_number,
    consent.status,
    consent.source,
        CASE consent.status
            WHEN 'opted_in'::text THEN consent.occurred_at
            ELSE ( SELECT max(entry.occurred_at) AS max
               FROM consent_event entry
              WHERE entry.venue_id = consent.venue_id AND entry.address = consent.address AND entry.channel = 'sms'::text AND entry.status = 'opted_in'::text)
        END AS opted_in_at,
        CASE consent.status
            WHEN 'opted_out'::text THEN consent.occurred_at
            ELSE ( SELECT max(entry.occurred_at) AS max
               FROM consent_event entry
              WHERE entry.venue_id = consent.venue_id AND entry.address = consent.address AND entry.channel = 'sms'::text AND entry.status = 'opted_out'::text)
        END AS opted_out_at,
    consent.updated_at
   FROM ( SELECT consent_1.tenant_id,
            consent_1.venue_id,
            consent_1.address,
            consent_1.updated_at,
                CASE
                    WHEN consent_1.marketing_out_at >= consent_1.occurred_at THEN 'opted_out'::text
                    ELSE consent_1.status
                END AS status,
                CASE
                    WHEN consent_1.marketing_out_at >= consent_1.occurred_at THEN consent_1.marketing_out_source
                    ELSE consent_1.source
                END AS source,
                CASE
                    WHEN consent_1.marketing_out_at >= consent_1.occurred_at THEN consent_1.marketing_out_at
                    ELSE consent_1.occurred_at
                END AS occurred_at
           FROM consent consent_1
          WHERE consent_1.channel = 'sms'::text) consent
     LEFT JOIN tenant ON tenant.id = consent.tenant_id
     LEFT JOIN venue ON venue.id = consent.venue_id;

CREATE VIEW own_email_log WITH (security_barrier=true) AS
 SELECT id,
    tenant_id,
    tenant_slug,
    venue_id,
    venue_external_id,
    channel,
    recipient,
    sender_address,
    sender_name,
    subject,
    body,
    template_key,
    template_version,
    status,
    reason,
    type,
    category,
    campaign_id,
    order_id,
    customer_id,
    message_type,
    reference,
    correlation_id,
    is_test,
    provider,
    provider_message_id,
    error_code,
    error_message,
    attempts,
    metadata,
    caller_metadata,
    resend_of,
    fallback_of,
    charge_micros,
    charge_currency,
    created_at,
    scheduled_at,
    sent_at,
    settled_at
   FROM email_log
  WHERE tenant_id = (( SELECT view_reader.tenant_id
           FROM view_reader
          WHERE view_reader.role = CURRENT_USER));

CREATE VIEW own_whatsapp_log WITH (security_barrier=true) AS
 SELECT id,
    tenant_id,
    tenant_slug,
    venue_id,
    venue_external_id,
    channel,
    recipient,
    sender_number,
    body,
    template_key,
    template_version,
    status,
    reason,
    type,
    category,
    campaign_id,
    order_id,
    customer_id,
    message_type,
    reference,
    correlation_id,
    is_test,
    provider,
    provider_message_id,
    error_code,
    error_message,
    attempts,
    metadata,
    caller_metadata,
    resend_of,
    fallback_of,
    charge_micros,
    charge_currency,
    created_at,
    scheduled_at,
    sent_at,
    settled_at
   FROM whatsapp_log
  WHERE tenant_id = (( SELECT view_reader.tenant_id
           FROM view_reader
          WHERE view_reader.role = CURRENT_USER));

CREATE VIEW own_sms_send_history WITH (security_barrier=true) AS
 SELECT id,
    tenant_id,
    tenant_slug,
    venue_id,
    venue_external_id,
    channel,
    recipient,
    sender_number,
    body,
    segments,
    template_key,
    template_version,
    status,
    reason,
    type,
    category,
    campaign_id,
    order_id,
    customer_id,
    message_type,
    reference,
    correlation_id,
    is_test,
    provider,
    provider_message_id,
    error_code,
    error_message,
    attempts,
    metadata,
    caller_metadata,
    resend_of,
    fallback_of,
    charge_micros,
    charge_currency,
    created_at,
    scheduled_at,
    sent_at,
    settled_at
   FROM sms_send_history
  WHERE tenant_id = (( SELECT view_reader.tenant_id
           FROM view_reader
          WHERE view_reader.role = CURRENT_USER));

CREATE VIEW own_communication_campaign WITH (security_barrier=true) AS
 SELECT id,
    tenant_id,
    tenant_slug,
    venue_id,
    venue_external_id,
    name,
    description,
    channel,
    channels,
    category,
    status,
    status_reason,
    template_key,
    template_version,
    audience_id,
    created_by,
    created_at,
    updated_at,
    scheduled_at,
    launched_at,
    sent_at,
    ended_at,
    audience_count,
    excluded_count,
    message_count,
    pending_count,
    unknown_count,
    sent_count,
    delivered_count,
    undelivered_count,
    failed_count,
    skipped_count
   FROM communication_campaign
  WHERE tenant_id = (( SELECT view_reader.tenant_id
           FROM view_reader
          WHERE view_reader.role = CURRENT_USER));

CREATE VIEW own_venue_phone_numbers WITH (security_barrier=true) AS
 SELECT id,
    tenant_id,
    tenant_slug,
    venue_id,
    venue_external_id,
    phone_number,
    channels,
    status,
    provider,
    provider_id,
    is_rented,
    created_at,
    assigned_at,
    released_at
   FROM venue_phone_numbers
  WHERE tenant_id = (( SELECT view_reader.tenant_id
           FROM view_reader
          WHERE view_reader.role = CURRENT_USER));

CREATE VIEW own_sms_consent WITH (security_barrier=true) AS
 SELECT tenant_id,
    tenant_slug,
    venue_id,
    venue_external_id,
    phone_number,
    status,
    source,
    opted_in_at,
    opted_out_at,
    updated_at
   FROM sms_consent
  WHERE tenant_id = (( SELECT view_reader.tenant_id
           FROM view_reader
          WHERE view_reader.role = CURRENT_USER));
