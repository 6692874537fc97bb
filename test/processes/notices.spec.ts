/** A process that is killed while it tells somebody something. */
import { Webhook } from 'standardwebhooks';
import { query } from '../../harness/query.js';
import { until } from '../../harness/until.js';
import { json, Loopback } from '../providers/loopback.js';
import { cloneDatabase } from '../support/databases.js';
import { deployment, endProcesses, startService } from '../support/process.js';

afterAll(endProcesses);

const SECRET = `whsec_${Buffer.alloc(32, 'n').toString('base64')}`;

test('a notice whose process is killed after the post is posted again by the next one, with the same id', async () => {
  const receiver = await Loopback.open();
  receiver.script = () => 'hang';
  const common = deployment(await cloneDatabase());
  const sql = <Row extends object>(statement: string): Promise<Row[]> => query<Row>(common.DATABASE_URL, statement);
  const environment = { ...common, NOTICES_URL: `${receiver.origin}/operator`, NOTICES_SECRET: SECRET };
  const killed = await (await startService(environment)).ready();
  await sql(
    `with written as (
       insert into notice (kind, subject, payload, letters) values ('gate.closed', 'gate 4', '{"gate": 4}', '{}') returning id
     )
     insert into notice_delivery (notice_id, to_operator, channel, address, host, language)
     select id, true, 'url', '${receiver.origin}/operator', '127.0.0.1', 'en' from written`,
  );
  await until(() => receiver.received.length === 1);
  await killed.kill();
  receiver.script = () => json(200, {});

  // Its claim lapses.
  await sql(`update notice_delivery set due_at = clock_timestamp()`);
  await (await startService(environment)).ready();
  const state = async (): Promise<object | undefined> =>
    (await sql(`select id, state, attempts from notice_delivery where state = 'delivered'`))[0];
  const { id, ...delivery } = (await until(state)) as { id: string; state: string; attempts: number };
  expect(delivery).toEqual({ state: 'delivered', attempts: 2 });
  expect(receiver.received.map(({ headers }) => headers['webhook-id'])).toEqual([id, id]);
  for (const { body, headers } of receiver.received)
    expect(new Webhook(SECRET).verify(body, headers as Record<string, string>)).toMatchObject({ data: { gate: 4 } });
  await receiver.close();
});
