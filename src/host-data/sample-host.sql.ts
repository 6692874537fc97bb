/** A small host for the sandbox: a schema beside our own tables, with a few records for each tenant that reads it. */

/** Processes that start together make it once. */
export const MAKE_SAMPLE = `
do $$
begin
  perform pg_advisory_xact_lock(hashtext('callboard: sample_host'));
  create schema if not exists sample_host;
  create table if not exists sample_host.customers (
    tenant_id text not null,
    id text not null,
    name text,
    email text,
    phone text,
    whatsapp text,
    language text,
    timezone text,
    preferred_channel text,
    attributes jsonb,
    primary key (tenant_id, id)
  );
  create table if not exists sample_host.events (
    tenant_id text not null,
    id text not null,
    name text not null,
    starts_at timestamp not null,
    ends_at timestamp,
    timezone text not null,
    status text not null default 'scheduled',
    venue_id text,
    attributes jsonb,
    primary key (tenant_id, id)
  );
  create table if not exists sample_host.orders (
    tenant_id text not null,
    id text not null,
    status text not null default 'open',
    customer_id text not null,
    event_id text,
    venue_id text,
    attributes jsonb,
    primary key (tenant_id, id)
  );
  create table if not exists sample_host.attendees (
    tenant_id text not null,
    id text not null,
    event_id text not null,
    customer_id text not null,
    status text not null default 'registered',
    attributes jsonb,
    primary key (tenant_id, id)
  );
  create index if not exists attendees_by_event on sample_host.attendees (tenant_id, event_id, id);
end
$$`;

export const IS_SAMPLE_MADE = `select to_regclass('sample_host.attendees_by_event') is not null as made`;

/** For a tenant that has no records yet. Nobody can be reached at these addresses: they are reserved for examples. */
export const SEED_SAMPLE = `
with reader as (
  select $1::text as id where not exists (
    select from sample_host.customers where tenant_id = $1 union all select from sample_host.events where tenant_id = $1
    union all select from sample_host.orders where tenant_id = $1 union all select from sample_host.attendees where tenant_id = $1)),
customers as (
  insert into sample_host.customers (tenant_id, id, name, email, phone, whatsapp, language, timezone, preferred_channel, attributes)
  select reader.id, row.* from reader cross join (values
    ('customer-1', 'Ana Example', 'ana@example.com', '+15555550101', '+15555550101', 'en', 'America/New_York', 'email', '{"vip": true}'::jsonb),
    ('customer-2', 'Ben Example', 'ben@example.com', '+15555550102', null, 'de', 'Europe/Berlin', 'sms', '{}'),
    ('customer-3', 'Cleo Example', 'cleo@example.com', null, null, 'fr', null, null, '{}')) as row
  on conflict do nothing),
events as (
  insert into sample_host.events (tenant_id, id, name, starts_at, ends_at, timezone, status, attributes)
  select reader.id, row.* from reader cross join (values
    ('event-1', 'Spring Opening', current_date + 14 + time '20:00', current_date + 14 + time '23:00', 'America/New_York', 'scheduled', '{"doors": "19:00"}'::jsonb),
    ('event-2', 'Harbour Concert', current_date + 30 + time '18:30', null, 'Europe/Berlin', 'rescheduled', '{}')) as row
  on conflict do nothing),
orders as (
  insert into sample_host.orders (tenant_id, id, status, customer_id, event_id, attributes)
  select reader.id, row.* from reader cross join (values
    ('order-1', 'confirmed', 'customer-1', 'event-1', '{"total": "84.00", "currency": "USD"}'::jsonb),
    ('order-2', 'open', 'customer-2', 'event-1', '{}'),
    ('order-3', 'refunded', 'customer-3', 'event-2', '{}')) as row
  on conflict do nothing)
insert into sample_host.attendees (tenant_id, id, event_id, customer_id, status)
select reader.id, row.* from reader cross join (values
  ('attendee-1', 'event-1', 'customer-1', 'registered'),
  ('attendee-2', 'event-1', 'customer-2', 'registered'),
  ('attendee-3', 'event-2', 'customer-3', 'cancelled')) as row
on conflict do nothing`;
