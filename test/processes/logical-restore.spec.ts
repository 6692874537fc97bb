/** A dump that was loaded into a new server, whose transaction ids have begun again. */
import { resolve } from 'node:path';
import { query } from '../../harness/query.js';
import type { ServiceProcess } from '../../harness/service-process.js';
import { until } from '../../harness/until.js';
import { cloneDatabase } from '../support/databases.js';
import { deployment, endProcesses, startService } from '../support/process.js';
import { TenantClient } from './tenant-client.js';

const MIGRATE = resolve('dist', 'bundle', 'main.migrate.js');
/** Ids of the old server are so far above those of the new. */
const ABOVE = `(tx::text::bigint + 1000000000)::text::xid8`;

afterAll(endProcesses);

test('after a logical restore usage goes on where it was, and nobody gets a message again', async () => {
  const environment = deployment(await cloneDatabase());
  const start = async (): Promise<ServiceProcess> => (await startService(environment)).ready();
  const key = environment.CALLBOARD_ADMIN_KEY;
  const counted = async (count: number): Promise<void> => {
    const sums = `select coalesce(sum(messages), 0)::int as messages from usage_rollup`;
    await until(
      async () => (await query<{ messages: number }>(environment.DATABASE_URL, sums))[0]?.messages === count,
      {
        what: `${count} messages are counted`,
      },
    );
  };

  const before = await start();
  const tenant = await TenantClient.open(before, key, environment.DATABASE_URL);
  await tenant.send(6);
  await tenant.settled();
  await counted(6);
  expect((await before.stop()).code).toBe(0);
  for (const table of ['message_event', 'event_cursor', 'budget_reservation'])
    await query(environment.DATABASE_URL, `update ${table} set tx = ${ABOVE}`);

  const migrate = await startService(environment, { args: [MIGRATE, '--after-logical-restore'] });
  expect((await migrate.ended).code).toBe(0);
  expect(migrate.out).toContain('go on where they were');

  const after = await start();
  const later = await TenantClient.open(after, key, environment.DATABASE_URL);
  await later.send(4);
  const { recorded } = await later.settled();
  expect(recorded).toHaveLength(4); // the sandbox of this process knows of no other
  await counted(10);
});
