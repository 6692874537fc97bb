/** A process that is killed while it tells an endpoint what happens. */
import { query } from '../../harness/query.js';
import { until } from '../../harness/until.js';
import { aboutMessage, verified } from '../outbound/outbound.support.js';
import { json, Loopback } from '../providers/loopback.js';
import { cloneDatabase } from '../support/databases.js';
import { deployment, endProcesses, startService } from '../support/process.js';

afterAll(endProcesses);

test('what a killed process had on its way is told by the next one, with the same ids and in order', async () => {
  const receiver = await Loopback.open();
  receiver.script = () => 'hang';
  const common = deployment(await cloneDatabase());
  const sql = <Row extends object>(statement: string): Promise<Row[]> => query<Row>(common.DATABASE_URL, statement);
  const environment = { ...common, CALLBOARD_PRIVATE_HOSTS: '127.0.0.1' };
  const killed = await (await startService(environment)).ready();
  const [key, origin] = [common.CALLBOARD_ADMIN_KEY, receiver.origin];
  const { body: tenant } = await killed.call<{ id: string }>('POST', '/api/tenants', {
    key,
    body: { name: 'Riverside', slug: 'riverside' },
  });
  const post = async <Body>(path: string, body: object): Promise<Body> =>
    (await killed.call<Body>('POST', path, { key, tenantId: tenant.id, body })).body;
  const { secret } = await post<{ secret: string }>('/api/webhook-endpoints', { url: `${origin}/hook` });
  const messages = Array.from({ length: 20 }, (_, index) => ({
    channel: 'email',
    to: `guest${index}@example.com`,
    content: { subject: 'Doors', text: 'Open at 19:00' },
  }));
  const { items } = await post<{ items: { id: string }[] }>('/api/messages/batch', { messages });
  await until(async () => (await sql(`select from message where status <> 'delivered'`)).length === 0);
  await until(() => receiver.received.length >= 8);
  await killed.kill();
  const before = receiver.received.map(({ headers }) => headers['webhook-id']);
  receiver.script = () => json(200, {});

  // Its claims lapse.
  await sql(`update webhook_delivery set due_at = clock_timestamp() where due_at is not null`);
  await (await startService(environment)).ready();
  const told = (id: string): number[] =>
    aboutMessage(receiver, id).map(({ data }) => (data as { position: number }).position);
  await until(async () => (await sql(`select from webhook_delivery where state = 'delivered'`)).length === 60);
  for (const { id } of items) {
    expect(new Set(told(id))).toEqual(new Set([1, 2, 3]));
    expect(told(id)).toEqual(told(id).toSorted((one, other) => one - other));
  }
  for (const delivery of receiver.received) expect(verified(secret, delivery)).toMatchObject({ tenantId: tenant.id });
  const after = receiver.received.slice(before.length).map(({ headers }) => headers['webhook-id']);
  expect(after).toEqual(expect.arrayContaining(before));
  await receiver.close();
});
