/** Events and cursors after a logical restore, where transaction ids begin again. */
import { Database } from '../../src/kernel/index.js';
import { renumberDatabase } from '../../src/app.database.js';
import { email, send } from '../support/messages.js';
import { openTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let database: Database;
beforeAll(async () => {
  app = await openTestApp({ role: 'api' }); // nothing consumes events
  database = app.database;
});
afterAll(() => app.close());

/** What each consumer has yet to take, as the sequences of the events. */
const untaken = (): Promise<object[]> =>
  database.query(
    `select name, array(select event.seq::int from message_event as event where (event.tx, event.seq) > (cursor.tx, cursor.seq) order by 1) as seqs
     from event_cursor as cursor order by name`,
  );

test('every consumer has the same events before it as before, wherever it was and however transactions were ordered', async () => {
  const tenant = await app.tenant();
  for (let sent = 0; sent < 8; sent += 1) await send(app, tenant, email());
  // A day of another server: far above this one's, and one transaction committed behind a later one.
  await database.query(
    `update message_event set tx = (case seq % 4 when 0 then 9000000030 when 1 then 9000000010 when 2 then 9000000020 else 9000000010 end)::text::xid8`,
  );
  const events = await database.query<{ tx: string; seq: string }>(
    'select tx, seq from message_event order by tx, seq',
  );
  expect(events.length).toBeGreaterThan(7);
  await database.query('delete from event_cursor');
  const cursors = [undefined, events[0], events[2], events[2], events[5], events.at(-1)];
  for (const [place, cursor] of cursors.entries()) {
    const { tx, seq } = cursor ?? { tx: '0', seq: '0' };
    await database.query('insert into event_cursor (name, tx, seq) values ($1, $2, $3)', [
      `consumer-${place}`,
      tx,
      seq,
    ]);
  }
  const before = await untaken();
  expect(new Set(before.map((row) => JSON.stringify({ ...row, name: '' }))).size).toBe(5);
  await renumberDatabase(app.config.databaseUrl);
  expect(await untaken()).toEqual(before);
  const [above] = await database.query<{ above: number }>(
    `select count(*)::int as above from (select tx from message_event union all select tx from event_cursor) as all_of_them
     where tx >= pg_snapshot_xmin(pg_current_snapshot())`,
  );
  expect(above).toEqual({ above: 0 });
});
