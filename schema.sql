SET check_function_bodies = off;

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

CREATE OR REPLACE FUNCTION public.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin raise exception '% is append-only', tg_table_name; end $function$;

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

CREATE TABLE audit_event (
  id uuid DEFAULT uuidv7() NOT NULL,
  at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  actor text NOT NULL,
  tenant_id uuid,
  action text NOT NULL,
  details jsonb NOT NULL,
  object_kind text,
  object_id text,
  CONSTRAINT audit_event_pkey PRIMARY KEY (id)
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
  CONSTRAINT campaign_pkey PRIMARY KEY (id)
) WITH (fillfactor=50);

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
  CONSTRAINT campaign_flow_state_check CHECK ((state = ANY (ARRAY['open'::text, 'held'::text, 'closed'::text, 'over_budget'::text])))
) WITH (fillfactor=50);

CREATE TABLE campaign_tally (
  campaign_id uuid NOT NULL,
  status text NOT NULL,
  delta bigint NOT NULL
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
  CONSTRAINT consent_pkey PRIMARY KEY (venue_id, channel, address),
  CONSTRAINT consent_status_check CHECK ((status = ANY (ARRAY['opted_in'::text, 'opted_out'::text])))
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
  CONSTRAINT consent_event_pkey PRIMARY KEY (id),
  CONSTRAINT consent_event_status_check CHECK ((status = ANY (ARRAY['opted_in'::text, 'opted_out'::text])))
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
  CONSTRAINT suppression_pkey PRIMARY KEY (tenant_id, channel, address)
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
  CONSTRAINT tenant_pkey PRIMARY KEY (id),
  CONSTRAINT tenant_slug_unique UNIQUE (slug)
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

CREATE TABLE venue (
  id uuid DEFAULT uuidv7() NOT NULL,
  tenant_id uuid NOT NULL,
  name text NOT NULL,
  external_id text,
  is_default boolean DEFAULT false NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
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

CREATE TABLE whatsapp_user (
  account_id uuid NOT NULL,
  user_id text NOT NULL,
  number text NOT NULL,
  learned_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT whatsapp_user_pkey PRIMARY KEY (account_id, user_id)
);

ALTER SEQUENCE inbound_event_seq OWNED BY inbound_event.seq;

ALTER SEQUENCE schema_migration_id_seq OWNED BY schema_migration.id;

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

CREATE INDEX audit_event_object ON public.audit_event USING btree (object_id, id) WHERE (object_id IS NOT NULL);

CREATE INDEX audit_event_tenant ON public.audit_event USING btree (tenant_id, id);

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

CREATE INDEX campaign_tenant_id ON public.campaign USING btree (tenant_id, id);

CREATE INDEX campaign_flow_over_budget ON public.campaign_flow USING btree (tenant_id) WHERE (state = 'over_budget'::text);

CREATE INDEX campaign_tally_campaign ON public.campaign_tally USING btree (campaign_id);

CREATE INDEX consent_event_subject ON public.consent_event USING btree (venue_id, address, channel, id);

CREATE INDEX contact_person ON public.contact USING btree (audience_id, person) WHERE (person IS NOT NULL);

CREATE INDEX contact_person_was ON public.contact USING btree (audience_id, person_was) WHERE (person_was IS NOT NULL);

CREATE INDEX content_approval_check_at ON public.content_approval USING btree (check_at);

CREATE INDEX credit_note_tenant ON public.credit_note USING btree (tenant_id, id);

CREATE INDEX doubt_look_at ON public.doubt USING btree (look_at);

CREATE INDEX doubt_tenant ON public.doubt USING btree (tenant_id, message_id);

CREATE INDEX escalation_due ON public.escalation USING btree (due_at) WHERE (due_at IS NOT NULL);

CREATE INDEX escalation_open ON public.escalation USING btree (created_at) WHERE (status = ANY (ARRAY['CALLING'::text, 'EXHAUSTED'::text]));

CREATE INDEX escalation_tenant ON public.escalation USING btree (tenant_id, id);

CREATE UNIQUE INDEX escalation_attempt_message ON public.escalation_attempt USING btree (message_id);

CREATE INDEX event_dead_letter_at ON public.event_dead_letter USING btree (refused_at);

CREATE INDEX idempotency_key_created_at ON public.idempotency_key USING btree (created_at);

CREATE INDEX inbound_event_about ON public.inbound_event USING btree (tenant_id, about, seq) WHERE (about IS NOT NULL);

CREATE INDEX inbox_look_again ON public.inbox USING btree (look_again_at) WHERE (look_again_at IS NOT NULL);

CREATE INDEX inbox_waiting ON public.inbox USING btree (id) WHERE (applied_at IS NULL);

CREATE INDEX late_retry_due ON public.late_retry USING btree (due_at) WHERE (due_at IS NOT NULL);

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

CREATE INDEX pending_claimed ON public.pending USING btree (lane_id) WHERE (claim IS NOT NULL);

CREATE INDEX pending_ready ON public.pending USING btree (lane_id, priority, tenant_id, campaign_id, ready_at, message_id) WHERE (claim IS NULL);

CREATE INDEX pending_waits ON public.pending USING btree (tenant_id, waits_for) WHERE (waits_for IS NOT NULL);

CREATE INDEX phone_number_due ON public.phone_number USING btree (due_at) WHERE (due_at IS NOT NULL);

CREATE UNIQUE INDEX phone_number_held ON public.phone_number USING btree (provider_account_id, address) WHERE ((status = ANY (ARRAY['ordered'::text, 'active'::text, 'quarantined'::text, 'returning'::text])) AND (address IS NOT NULL));

CREATE INDEX phone_number_tenant ON public.phone_number USING btree (tenant_id, id);

CREATE INDEX phone_number_venue ON public.phone_number USING btree (venue_id, id);

CREATE INDEX price_sweep_due ON public.price_sweep USING btree (due_at);

CREATE INDEX provider_account_external_id ON public.provider_account USING btree (provider, external_id);

CREATE UNIQUE INDEX provider_account_platform_unique ON public.provider_account USING btree (provider) WHERE (tenant_id IS NULL);

CREATE UNIQUE INDEX provider_account_tenant_unique ON public.provider_account USING btree (tenant_id, provider) WHERE (tenant_id IS NOT NULL);

CREATE INDEX received_text_conversation ON public.received_text USING btree (conversation_id, received_id);

CREATE INDEX reconciliation_day ON public.reconciliation USING btree (day, provider_account_id);

CREATE INDEX reconciliation_done ON public.reconciliation USING btree (finished_at) WHERE (state = 'done'::text);

CREATE UNIQUE INDEX reconciliation_open ON public.reconciliation USING btree (provider_account_id, day) WHERE (finished_at IS NULL);

CREATE INDEX reconciliation_difference_run ON public.reconciliation_difference USING btree (reconciliation_id, id);

CREATE INDEX report_schedule_due ON public.report_schedule USING btree (due_at) WHERE (due_at IS NOT NULL);

CREATE INDEX report_schedule_tenant ON public.report_schedule USING btree (tenant_id, id);

CREATE INDEX rerating_open ON public.rerating USING btree (version_id) WHERE (finished_at IS NULL);

CREATE INDEX sender_address ON public.sender USING btree (address, channel);

CREATE UNIQUE INDEX sender_default_unique ON public.sender USING btree (venue_id, channel) WHERE (is_default AND (status <> 'released'::text));

CREATE INDEX sender_fallback ON public.sender USING btree (provider_account_id) WHERE (fallback_sender_id IS NOT NULL);

CREATE UNIQUE INDEX sender_number_unique ON public.sender USING btree (channel, address) WHERE ((status = 'active'::text) AND (channel <> 'email'::text));

CREATE INDEX sender_tenant_id ON public.sender USING btree (tenant_id, id);

CREATE INDEX sender_venue_id ON public.sender USING btree (venue_id, channel);

CREATE INDEX status_poll_due ON public.status_poll USING btree (due_at);

CREATE UNIQUE INDEX venue_default_unique ON public.venue USING btree (tenant_id) WHERE is_default;

CREATE INDEX venue_conversation_last ON public.venue_conversation USING btree (tenant_id, last_received_at DESC, id DESC);

CREATE INDEX venue_conversation_unread ON public.venue_conversation USING btree (tenant_id, last_received_at DESC, id DESC) WHERE (unread > 0);

ALTER TABLE account_health ADD CONSTRAINT account_health_account_id_fkey FOREIGN KEY (account_id) REFERENCES provider_account(id);

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

ALTER TABLE budget ADD CONSTRAINT budget_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id) ON DELETE CASCADE;

ALTER TABLE budget ADD CONSTRAINT budget_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE;

ALTER TABLE budget_warning ADD CONSTRAINT budget_warning_budget_id_fkey FOREIGN KEY (budget_id) REFERENCES budget(id) ON DELETE CASCADE;

ALTER TABLE campaign ADD CONSTRAINT campaign_lane_id_fkey FOREIGN KEY (lane_id) REFERENCES lane(id);

ALTER TABLE campaign ADD CONSTRAINT campaign_sender_id_fkey FOREIGN KEY (sender_id) REFERENCES sender(id);

ALTER TABLE campaign ADD CONSTRAINT campaign_template_version_id_fkey FOREIGN KEY (template_version_id) REFERENCES template_version(id);

ALTER TABLE campaign ADD CONSTRAINT campaign_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id);

ALTER TABLE campaign ADD CONSTRAINT campaign_venue_id_fkey FOREIGN KEY (venue_id) REFERENCES venue(id);

ALTER TABLE campaign_channel ADD CONSTRAINT campaign_channel_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id) ON DELETE CASCADE;

ALTER TABLE campaign_channel ADD CONSTRAINT campaign_channel_lane_id_fkey FOREIGN KEY (lane_id) REFERENCES lane(id);

ALTER TABLE campaign_channel ADD CONSTRAINT campaign_channel_sender_id_fkey FOREIGN KEY (sender_id) REFERENCES sender(id);

ALTER TABLE campaign_channel ADD CONSTRAINT campaign_channel_template_version_id_fkey FOREIGN KEY (template_version_id) REFERENCES template_version(id);

ALTER TABLE campaign_chunk ADD CONSTRAINT campaign_chunk_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id);

ALTER TABLE campaign_exclusion ADD CONSTRAINT campaign_exclusion_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id);

ALTER TABLE consent ADD CONSTRAINT consent_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id);

ALTER TABLE consent ADD CONSTRAINT consent_venue_id_fkey FOREIGN KEY (venue_id) REFERENCES venue(id);

ALTER TABLE consent_event ADD CONSTRAINT consent_event_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id);

ALTER TABLE consent_event ADD CONSTRAINT consent_event_venue_id_fkey FOREIGN KEY (venue_id) REFERENCES venue(id);

ALTER TABLE content_approval ADD CONSTRAINT content_approval_account_id_fkey FOREIGN KEY (account_id) REFERENCES provider_account(id) ON DELETE CASCADE;

ALTER TABLE credit_note ADD CONSTRAINT credit_note_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id);

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

ALTER TABLE reconciliation ADD CONSTRAINT reconciliation_provider_account_id_fkey FOREIGN KEY (provider_account_id) REFERENCES provider_account(id);

ALTER TABLE reconciliation_difference ADD CONSTRAINT reconciliation_difference_reconciliation_id_fkey FOREIGN KEY (reconciliation_id) REFERENCES reconciliation(id);

ALTER TABLE report_schedule ADD CONSTRAINT report_schedule_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE;

ALTER TABLE rerating ADD CONSTRAINT rerating_version_id_fkey FOREIGN KEY (version_id) REFERENCES price_list_version(id);

ALTER TABLE sender ADD CONSTRAINT sender_fallback_sender_id_fkey FOREIGN KEY (fallback_sender_id) REFERENCES sender(id);

ALTER TABLE sender ADD CONSTRAINT sender_provider_account_id_fkey FOREIGN KEY (provider_account_id) REFERENCES provider_account(id);

ALTER TABLE sender ADD CONSTRAINT sender_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id);

ALTER TABLE sender ADD CONSTRAINT sender_venue_id_fkey FOREIGN KEY (venue_id) REFERENCES venue(id);

ALTER TABLE statement ADD CONSTRAINT statement_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id);

ALTER TABLE statement_line ADD CONSTRAINT statement_line_statement_id_fkey FOREIGN KEY (statement_id) REFERENCES statement(id);

ALTER TABLE suppression ADD CONSTRAINT suppression_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id);

ALTER TABLE template ADD CONSTRAINT template_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id);

ALTER TABLE template_version ADD CONSTRAINT template_version_template_id_fkey FOREIGN KEY (template_id) REFERENCES template(id);

ALTER TABLE template_version ADD CONSTRAINT template_version_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id);

ALTER TABLE tenant_timezone ADD CONSTRAINT tenant_timezone_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE;

ALTER TABLE venue ADD CONSTRAINT venue_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id);

ALTER TABLE view_reader ADD CONSTRAINT view_reader_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id);

ALTER TABLE whatsapp_user ADD CONSTRAINT whatsapp_user_account_id_fkey FOREIGN KEY (account_id) REFERENCES provider_account(id);

CREATE TRIGGER audit_event_append_only BEFORE UPDATE ON audit_event FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER billing_amount_immutable BEFORE DELETE OR UPDATE ON billing_amount FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER consent_event_append_only BEFORE UPDATE ON consent_event FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER credit_note_immutable BEFORE DELETE OR UPDATE ON credit_note FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER number_month_immutable BEFORE DELETE OR UPDATE ON number_month FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER number_opt_out_event_append_only BEFORE UPDATE ON number_opt_out_event FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER price_line_immutable BEFORE DELETE OR UPDATE ON price_line FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER price_list_version_immutable BEFORE DELETE OR UPDATE ON price_list_version FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER received_message_immutable BEFORE DELETE OR UPDATE ON received_message FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER reconciliation_immutable BEFORE DELETE OR UPDATE ON reconciliation FOR EACH ROW WHEN (old.finished_at IS NOT NULL) EXECUTE FUNCTION refuse_change();

CREATE TRIGGER reconciliation_difference_immutable BEFORE DELETE OR UPDATE ON reconciliation_difference FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER statement_immutable BEFORE DELETE OR UPDATE ON statement FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER statement_line_immutable BEFORE DELETE OR UPDATE ON statement_line FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER template_version_immutable BEFORE UPDATE ON template_version FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER tenant_timezone_changed AFTER UPDATE OF timezone ON tenant FOR EACH ROW WHEN (old.timezone IS DISTINCT FROM new.timezone) EXECUTE FUNCTION note_timezone();

CREATE TRIGGER tenant_timezone_made AFTER INSERT ON tenant FOR EACH ROW EXECUTE FUNCTION note_timezone();

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
              WHERE entry.venue_id = consent.venue_id AND entry.address = consent.address AND entry.channel = consent.channel AND entry.status = 'opted_in'::text)
        END AS opted_in_at,
        CASE consent.status
            WHEN 'opted_out'::text THEN consent.occurred_at
            ELSE ( SELECT max(entry.occurred_at) AS max
               FROM consent_event entry
              WHERE entry.venue_id = consent.venue_id AND entry.address = consent.address AND entry.channel = consent.channel AND entry.status = 'opted_out'::text)
        END AS opted_out_at,
    consent.updated_at
   FROM consent
     LEFT JOIN tenant ON tenant.id = consent.tenant_id
     LEFT JOIN venue ON venue.id = consent.venue_id
  WHERE consent.channel = 'sms'::text;

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
