/** The statements of an import. Without a valid ticket they change nothing. */
import { IMPORT_COLUMNS } from './import.view.js';

/** Of a contact that is given again: the row says whose it is, and that was not known of it. */
const IS_ANOTHERS = '(excluded.person is not null and contact.person is distinct from excluded.person)';

/**
 * One batch. Returns a row for each contact written: `again` for one that this import had written before, which is therefore
 * written even if unchanged. Returns no row for an unchanged contact. An address stays whose it was unless the row says whose it
 * is; if it becomes another's, it has the audience's generation from then on, and keeps whose it was in the one before.
 */
export const WRITE = `
  with mine as materialized (
    select audience_import.id, audience_id, rejected, generation from audience_import join audience on audience.id = audience_id
    where audience_import.id = $1 and attempt = $2 and status = 'running' and deleted_at is null
    for no key update of audience_import for key share of audience),
  written as (
    insert into contact (audience_id, kind, address, attributes, import_id, person, preferred_channel, generation, since)
    select audience_id, kind, address, attributes, mine.id, person, preferred_channel, generation, generation
    from mine cross join unnest($8::text[], $9::text[], $10::jsonb[], $16::text[], $17::text[])
      as given (kind, address, attributes, person, preferred_channel)
    order by kind, address
    on conflict (audience_id, kind, address) do update
      set attributes = case excluded.attributes when '{}' then contact.attributes else excluded.attributes end,
          person = coalesce(excluded.person, contact.person),
          preferred_channel =
            case excluded.attributes when '{}' then contact.preferred_channel else excluded.preferred_channel end,
          person_was = case when ${IS_ANOTHERS} and contact.generation < excluded.generation
            then contact.person else contact.person_was end,
          generation = case when ${IS_ANOTHERS} then excluded.generation else contact.generation end,
          import_id = excluded.import_id, updated_at = now()
      where (excluded.attributes <> '{}' and contact.attributes <> excluded.attributes)
         or (excluded.attributes <> '{}' and contact.preferred_channel is distinct from excluded.preferred_channel)
         or ${IS_ANOTHERS} or contact.import_id = excluded.import_id
    returning kind, old.address is null as is_new, coalesce(old.import_id = new.import_id, false) as is_again),
  tally as (
    select count(*) filter (where is_new and kind = 'email') as emails,
           count(*) filter (where is_new and kind = 'phone') as phones,
           count(*) filter (where is_again) as again, count(*) as written from written),
  faults as (
    insert into audience_import_error (import_id, number, line, code, field)
    select id, rejected + position, line, code, field
    from mine cross join unnest($11::bigint[], $12::text[], $13::text[]) with ordinality as fault (line, code, field, position)
    where rejected + position <= $7::int)
  update audience_import set
    lines = $3, checksum = $4, progressed_at = clock_timestamp(),
    inserted = inserted + emails + phones,
    updated = updated + written - emails - phones - again,
    unchanged = unchanged + cardinality($9::text[]) - written,
    repeated = repeated + again + $5::int,
    rejected = audience_import.rejected + $6::int,
    consents_recorded = consents_recorded + $14::int,
    consents_unchanged = consents_unchanged + $15::int,
    uncounted_emails = uncounted_emails + emails,
    uncounted_phones = uncounted_phones + phones
  from mine, tally where audience_import.id = mine.id
  returning 1`;

/** The end of an import: its counts become the audience's. */
export const SETTLE = `
  with mine as materialized (
    select id, audience_id, uncounted_emails, uncounted_phones from audience_import
    where id = $1 and attempt = $2 and status = 'running' for no key update),
  counted as (
    update audience set emails = emails + uncounted_emails, phones = phones + uncounted_phones
    from mine where audience.id = audience_id)
  update audience_import set status = $3, uncounted_emails = 0, uncounted_phones = 0, ended_at = clock_timestamp()
  from mine where audience_import.id = mine.id
  returning ${IMPORT_COLUMNS}`;
