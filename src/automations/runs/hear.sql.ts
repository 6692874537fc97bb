/**
 * The statement that tells runs of events: those about the same are looked at again, or end. So are the offers whose holder an event
 * names, whatever else it is about, and the lists of offers that end: a place must not be kept for who does not want it.
 *
 * Each subject by its own index; locked in order of id, as by whoever has taken them. A run that turns out to be about something else
 * now has been so since the first event that made it look again. Answers those that end, as they were before.
 *
 * Parameters: the ids of the events, and the time.
 */
import { SUBJECT_KINDS, type NamedSubject } from '../events/inbound-event.js';

/**
 * An order alone does not say whose offers it concerns. Those that it may concern are looked at again, at most so often; one that is
 * due may be in hand, and have been read before.
 */
const ORDERS_EVERY = `interval '10 seconds'`;

/** A subject that some events name. */
export interface Said extends Pick<NamedSubject, 'kind'> {
  /** It is the most particular that the event names: what the event is about. */
  readonly leads: boolean;
  /** An order, without whoever is on the list. */
  readonly is_alone: boolean;
}

/** All that these events name. */
const SAID = `
  select event.id, seq, tenant_id, type, kind, ref, kind = lead as leads,
    kind = 'order' and attendee_ref is null and customer_ref is null as is_alone, event_ref
  from inbound_event as event,
    lateral (values ${SUBJECT_KINDS.map((kind) => `('${kind}', ${kind}_ref)`).join(', ')}) as subject (kind, ref),
    lateral (select case ${SUBJECT_KINDS.map((kind) => `when ${kind}_ref is not null then '${kind}'`).join(' ')} end as lead) as first
  where event.id = any($1::uuid[]) and ref is not null`;

/** The kinds of subject that these events name. */
export const SAID_KINDS = `select distinct kind, leads, is_alone from (${SAID}) as said`;

const aboutTheSame = (kind: Said['kind']): string => `
    select run.id, said.seq, said.type, said.type = any (run.stop_on) and run.began_seq < said.seq as ends, $2::timestamptz as at
    from said join automation_run as run on run.tenant_id = said.tenant_id and run.${kind}_ref = said.ref
    where said.kind = '${kind}' and leads and run.status = 'waiting' and run.trigger_id <> said.id`;

const offeredTo = (kind: Said['kind']): string => `
    select run.id, null::bigint, null, false, $2::timestamptz
    from said join automation_run as run on run.tenant_id = said.tenant_id and run.${kind}_ref = said.ref
      join automation_offer as offer on offer.automation_id = run.automation_id and offer.attendee_ref = run.person
    where said.kind = '${kind}' and not leads and run.status = 'waiting' and offer.until > $2`;

const offeredToAnybody = `
    select run.id, null::bigint, null, false, $2::timestamptz + ${ORDERS_EVERY}
    from (select distinct tenant_id, event_ref from said where is_alone) as said
      join automation on automation.tenant_id = said.tenant_id
      join automation_offer as offer on offer.automation_id = automation.id and offer.until > $2
      join automation_run as run on run.tenant_id = said.tenant_id and run.attendee_ref = offer.attendee_ref and run.status = 'waiting'
        and run.automation_id = offer.automation_id and run.person = offer.attendee_ref
    where (said.event_ref is null or said.event_ref = run.event_ref) and (run.due_at <= $2 or run.due_at > $2::timestamptz + ${ORDERS_EVERY})`;

/** Each kind of run that these concern: to plan all of them would cost more than to run those. */
const concerned = (said: readonly Said[]): string[] => [
  ...SUBJECT_KINDS.filter((kind) => said.some((each) => each.kind === kind && each.leads)).map(aboutTheSame),
  ...(['attendee', 'customer'] as const)
    .filter((kind) => said.some((each) => each.kind === kind && !each.leads))
    .map(offeredTo),
  ...(said.some(({ is_alone: isAlone }) => isAlone) ? [offeredToAnybody] : []),
];

/** For events that name these, of which there is one at least. */
export const hearing = (said: readonly Said[]): string => `
  with said as materialized (${SAID}
  ), told as materialized (
    select id, min(seq) as seq, (array_agg(type order by seq) filter (where ends))[1] as ending, min(at) as at from (${concerned(said).join(' union all ')}) as each group by id
  ), news as materialized (
    select id, min(seq) as seq, min(ending) as ending, min(at) as at
    from (
      select * from told
      union all
      select list.id, null, null, $2
      from told join automation_run as ended on ended.id = told.id and ended.person <> ''
        join automation_run as list on list.automation_id = ended.automation_id and list.trigger_id = ended.trigger_id and list.person = ''
      where ending is not null and list.status = 'waiting'
    ) as each group by id
  ), hit as materialized (
    select id from automation_run where id = any (array(select id from news)) and status = 'waiting' order by id for no key update
  ), heard as (
    update automation_run as run set
    looked_seq = case when run.looked_seq is not null and coalesce(run.due_at > $2, true) then greatest(run.looked_seq, news.seq) else run.looked_seq end,
    status = case when ending is null then 'waiting' else 'stopped' end,
    reason = case when ending is not null then 'event ' || ending else run.reason end,
    due_at = case when ending is null then least(run.due_at, news.at) end,
    awaits_report = run.awaits_report and ending is null,
    ends_as = case when ending is null then run.ends_as end,
    finished_at = case when ending is not null then clock_timestamp() end
    from news join hit using (id) where run.id = news.id
    returning run.id, run.status, run.log, old.ends_as, old.reason
  )
  select id, log, ends_as, reason from heard where status = 'stopped'`;
