/**
 * The statement that writes down what the host says of claimed messages now, before consent is asked: a recipient that has changed is
 * in the ledger, where a STOP looks for it, before the gate judges it (ADR 0027). Like the start of a call it names the attempt, so that
 * a drain that has lost its lane changes nothing under its successor. Rows are locked in id order, as by reports.
 *
 * Parameters: the messages in id order, the first and the last id.
 */
import { appendEvents } from './message.events.js';
import { quoted, WAITING } from './message.status.js';

export const REFRESH = `
  with fresh as materialized (
    select * from jsonb_to_recordset($1::jsonb) as fresh (id uuid, attempt int, recipient text, host_data jsonb)
  ), held as materialized (
    select message.id from message where id = any (array(select id from fresh)) and id between $2::uuid and $3::uuid
    order by id for no key update
  ), moved as (
    update message set recipient = fresh.recipient, host_data = fresh.host_data
    from fresh join held using (id)
    where message.id = fresh.id and message.id between $2::uuid and $3::uuid
      and message.status in (${quoted(WAITING)}) and message.attempts = fresh.attempt - 1
    returning message.*, old.recipient <> new.recipient as readdressed
  ), fact as (
    ${appendEvents({ from: 'moved where readdressed', kind: 'readdressed', previous: 'status', source: `'dispatch'` })}
  )
  select id from moved`;
