/** After a logical restore: the new server's transaction ids begin again, below those that events and cursors were given. */
import type { Database } from '../kernel/index.js';

/** The lowest that a transaction can have; any server has given away hundreds when it is made. */
const FIRST = 3;

/**
 * Gives events and cursors the lowest transaction ids, in order, so that every consumer goes on where it was: none takes an event
 * twice, and none leaves one out. Joins the open transaction. No consumer may run meanwhile: it waits for those that do.
 */
export async function renumberEvents(database: Database): Promise<void> {
  await database.query('lock table event_cursor, message_event in exclusive mode');
  // An event is numbered by the cursors before it, which are those of the consumers that have not taken it.
  await database.query(
    `update message_event set tx = (${FIRST} + (
       select count(distinct (cursor.tx, cursor.seq)) from event_cursor as cursor
       where (cursor.tx, cursor.seq) < (message_event.tx, message_event.seq)))::text::xid8`,
  );
  // After all that it has taken, and before the first of the next number: no event has the sequence 0.
  await database.query(
    `update event_cursor set tx = (${FIRST} + place)::text::xid8, seq = 0
     from (select name, dense_rank() over (order by tx, seq) as place from event_cursor) as placed
     where placed.name = event_cursor.name`,
  );
}
