/** A worker that is killed with messages of the bus in its hands. */
import { jsonMessage } from '../../harness/amqp.js';
import { query, withClient } from '../../harness/query.js';
import { recordedMessages } from '../../harness/sandbox-record.js';
import { ServiceBusPeer, SUBSCRIPTION, TOPIC } from '../../harness/service-bus-peer.js';
import type { ServiceProcess } from '../../harness/service-process.js';
import { until } from '../../harness/until.js';
import { cloneDatabase } from '../support/databases.js';
import { deployment, endProcesses, startService } from '../support/process.js';

/** Looks at all runs, or all that the sandbox has taken. */
const POLLING = { everyMs: 100 };

let common: ReturnType<typeof deployment>;
let peer: ServiceBusPeer;
let api: ServiceProcess;
let tenant: string;

beforeAll(async () => {
  common = deployment(await cloneDatabase());
  // Renewed every three seconds, which a busy machine may well make ten.
  peer = await ServiceBusPeer.listen({ lockMs: 15_000 });
  api = await (await startService({ ...common, CALLBOARD_ROLE: 'api' })).ready();
  tenant = (await call<{ id: string }>('POST', '/api/tenants', { name: 'Riverside', slug: 'riverside' })).id;
  const template = {
    key: 'confirmation',
    channel: 'email',
    category: 'transactional',
    subject: 'Order',
    text: 'Thanks',
  };
  await call('POST', '/api/templates', template);
  const definition = { trigger: 'order.confirmed', steps: [{ send: { templates: [template.key] } }] };
  await call('POST', '/api/automations', { key: template.key, name: 'Confirmation', definition });
});

afterAll(async () => {
  await endProcesses();
  await peer.close();
});

async function call<Body>(method: string, path: string, body: object): Promise<Body> {
  const answer = await api.call<Body>(method, path, { key: common.CALLBOARD_ADMIN_KEY, tenantId: tenant, body });
  if (answer.status >= 400)
    throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

const startWorker = async (): Promise<ServiceProcess> =>
  (
    await startService({
      ...common,
      CALLBOARD_ROLE: 'worker',
      SERVICEBUS_CONNECTION_STRING: peer.connectionString,
      SERVICEBUS_TOPIC: TOPIC,
      SERVICEBUS_SUBSCRIPTION: SUBSCRIPTION,
    })
  ).ready();

/** Publishes so many confirmations of one order of the sandbox's host, and answers their ids. */
function publish(name: string, count: number): string[] {
  const ids = Array.from({ length: count }, (_, index) => `${name}-${index}`);
  const of = { subject: 'order.confirmed', application_properties: { tenantId: tenant } };
  peer.publish(...ids.map((id) => jsonMessage({ orderId: 'order-1' }, { ...of, message_id: id })));
  return ids;
}

/** A worker has them in its hands: it keeps their locks. */
const inHand = (ids: readonly string[]) => until(() => ids.every((id) => peer.renewed.includes(id)));

const committed = async (): Promise<string[]> =>
  (await query<{ id: string }>(common.DATABASE_URL, 'select external_id as id from inbound_event')).map(({ id }) => id);

/** Each event's messages, by what the sandbox has taken: an id is there as often as it was taken. */
async function sentFor(): Promise<string[]> {
  const runs = await query<{ message: string; event: string }>(
    common.DATABASE_URL,
    `select message.id::text as message, external_id as event from message
     join automation_run as run on run.id::text = metadata ->> 'run' join inbound_event on inbound_event.id = trigger_id`,
  );
  const events = new Map(runs.map(({ message, event }) => [message, event]));
  return (await recordedMessages(api.url)).map(({ messageId = '' }) => events.get(messageId) ?? 'of no event');
}

const sorted = (ids: readonly unknown[]): unknown[] => ids.map(String).toSorted();

test('what a killed worker had received comes again: each event is there once, and so is its message', async () => {
  const worker = await startWorker();
  peer.faults.deaf = true;
  const stored = publish('stored', 40);
  await until(() => stored.every((id) => peer.withheld.includes(id)));
  await until(async () => (await sentFor()).length >= stored.length, POLLING);

  const waiting = await withClient(common.DATABASE_URL, async (client) => {
    await client.query('begin; lock table inbound_event in share mode');
    peer.faults.deaf = false;
    const writing = publish('writing', 10);
    await until(async () => {
      const { rows } = await client.query(
        `select from pg_locks where relation = 'inbound_event'::regclass and not granted`,
      );
      return rows.length > 0; // single events have one statement under way at once
    });
    const held = publish('held', 30);
    await inHand([...writing, ...held]);
    expect(await worker.stop('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' });
    expect([sorted(await committed()), peer.completed]).toEqual([sorted(stored), []]);
    await client.query('rollback'); // what the dead process was writing may still commit, and nobody hears of it
    return [...writing, ...held];
  });

  const all = sorted([...stored, ...waiting]);
  await startWorker();
  await until(() => peer.waiting === 0);
  expect(sorted(await committed())).toEqual(all);
  expect([sorted(peer.completed), peer.deadLetters]).toEqual([all, []]);
  const isOver = async (): Promise<boolean> => {
    const left = await query(
      common.DATABASE_URL,
      `select from pending_event union all select from automation_run where status = 'waiting'
       union all select from message where status <> 'delivered'`,
    );
    return left.length === 0;
  };
  await until(isOver, POLLING);
  expect(sorted(await sentFor())).toEqual(all);
});
