/** SQL that writes deliveries: facts of the logs, joined with the endpoints that want them. */
import { consentType, pumpingType, TOLD_KINDS } from './event-types.js';

/** An event's place in the ledger, as an id in the same order. */
const FACT = `lpad(to_hex(seq), 32, '0')::uuid`;

/** A query of facts: whose each is, its type, what it happened to, and its place among what happened to that. `events` is a relation with events of the ledger. */
export const messageFacts = (events: string): string => `
  select tenant_id, told_kind.type, message_id as subject_id, ${FACT} as fact, seq, at as happened_at
  from ${events} as event join ${TOLD_KINDS} as told_kind (kind, type) using (kind)`;

/** The same of entries of the consent log. */
export const consentFacts = (entries: string): string => `
  select tenant_id, ${consentType('status')} as type, md5(venue_id::text || ' ' || channel || ' ' || address)::uuid as subject_id, id as fact,
    null::bigint as seq, recorded_at as happened_at
  from ${entries} as entry`;

/** The same of what happened to alarms of SMS pumping. */
export const pumpingFacts = (events: string): string => `
  select tenant_id, ${pumpingType('kind')} as type, alarm_id as subject_id, id as fact, null::bigint as seq, at as happened_at
  from ${events} as event`;

/** What comes after another of its subject which waits for its next attempt is due no earlier. */
const insertOf = (facts: string, endpoint: string): string => `
  with told as materialized (${facts})
  insert into webhook_delivery (endpoint_id, type, subject_id, fact, seq, happened_at, due_at)
  select endpoint.id, type, told.subject_id, told.fact, seq, happened_at, greatest(clock_timestamp(), put_off.due_at)
  from told
  join webhook_endpoint as endpoint on endpoint.tenant_id = told.tenant_id
  left join lateral (
    select max(due_at) as due_at from webhook_delivery as earlier
    where earlier.endpoint_id = endpoint.id and earlier.subject_id = told.subject_id and due_at is not null and claim is null) as put_off on true
  where ${endpoint} and (endpoint.events is null or type = any (endpoint.events))
  order by told.fact`;

/** To every enabled endpoint that wants them; what was written before is left as it is. */
export const deliveriesOf = (facts: string): string => `
  ${insertOf(facts, 'endpoint.disabled_at is null')}
  on conflict on constraint webhook_delivery_fact do nothing`;

/** To the endpoint `$1`: what has an end begins anew under its id. Returns a row for each that is told again. */
export const deliveriesAgain = (facts: string): string => `
  ${insertOf(facts, 'endpoint.id = $1')}
  on conflict on constraint webhook_delivery_fact do update
    set state = 'waiting', attempts = 0, due_at = excluded.due_at, give_up_at = excluded.give_up_at, finished_at = null
    where webhook_delivery.state <> 'waiting'
  returning id`;
