/** What waits, at /metrics and in readiness, where no worker runs. */
import { databaseParts } from '../../src/app.database.js';
import { Processes, Schedules } from '../../src/kernel/index.js';
import { Transitions } from '../../src/ledger/index.js';
import { until } from '../../harness/until.js';
import { send } from '../support/messages.js';
import { venueWith } from '../support/senders.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';

let app: TestApp;
let tenant: Tenant;
let ids: string[];

beforeAll(async () => {
  app = await openTestApp({ role: 'api' });
  tenant = await app.tenant();
  const { venueId } = await venueWith(app, tenant, 'sms');
  const text = { channel: 'sms', venueId, to: '+491713920077', content: { body: 'Doors at 19:00' } };
  ids = [await send(app, tenant, text), await send(app, tenant, { ...text, category: 'emergency' })];
});
afterAll(() => app.close());

/** The value of one series; undefined where there is none. */
async function valueOf(series: string): Promise<number | undefined> {
  const { text } = await app.http.get('/metrics').expect(200);
  const line = text.split('\n').find((each) => each.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

test('messages that wait are counted by channel and category, with how long the oldest has', async () => {
  await app.database.query(`update pending set ready_at = now() - interval '90 seconds' where message_id = $1`, [
    ids[0],
  ]);
  const waiting = (category: string): Promise<number | undefined> =>
    valueOf(`callboard_waiting_messages{channel="sms",category="${category}"}`);
  await until(async () => (await waiting('transactional')) === 1);
  expect(await waiting('emergency')).toBe(1);
  expect(await waiting('marketing')).toBe(0);
  const oldest = await valueOf('callboard_oldest_waiting_seconds{channel="sms"}');
  expect(oldest).toBeGreaterThanOrEqual(90);
  expect(oldest).toBeLessThan(900);
});

test('messages that wait for their time are counted, and are not late', async () => {
  await app.database.query(`update pending set ready_at = now() + interval '1 hour'`);
  await until(async () => (await valueOf('callboard_oldest_waiting_seconds{channel="sms"}')) === 0);
  expect(await valueOf('callboard_waiting_messages{channel="sms",category="emergency"}')).toBe(1);
  await app.database.query(`update pending set ready_at = now() - interval '90 seconds'`);
});

test('messages that wait where no worker runs degrade readiness', async () => {
  const { body } = await app.http.get('/health/ready').expect(200);
  expect(body).toMatchObject({
    status: 'degraded',
    checks: { workers: { status: 'down', reason: 'messages wait, and no worker runs' } },
  });
  expect(await valueOf('callboard_workers{role="all"}')).toBe(0);
});

test('a lost process is told of for ten minutes, and then its row is removed', async () => {
  const lost = (): Promise<number | undefined> => valueOf('callboard_lost_workers{role="worker"}');
  const silentFor = (time: string): Promise<object[]> =>
    app.database.query(
      `insert into process (id, role, name, version, seen_at) values ($1, 'worker', 'gone:1', '0.1.0', now() - $2::interval)
       on conflict (id) do update set seen_at = excluded.seen_at`,
      ['0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12', time],
    );
  await silentFor('20 seconds');
  expect([await lost(), await valueOf('callboard_workers{role="worker"}')]).toEqual([0, 1]);
  await silentFor('9 minutes');
  expect([await lost(), await valueOf('callboard_workers{role="worker"}')]).toEqual([1, 0]);
  const { body: desk } = await app.admin().get('/api/desk').expect(200);
  expect((desk as { processes: object[] }).processes).toMatchObject([
    { role: 'api', lost: false },
    { name: 'gone:1', lost: true },
  ]);
  await silentFor('11 minutes');
  expect(await lost()).toBe(0);
  await app.nest.get(Processes).purge();
  expect(await app.database.query(`select role from process`)).toEqual([{ role: 'api' }]);
});

test('the age of what is not marketing leaves out what is', async () => {
  const age = (kind: string): Promise<number | undefined> => valueOf(`callboard_oldest_${kind}_seconds{channel="sms"}`);
  await until(async () => ((await age('urgent')) ?? 0) >= 90);
  const kept = await app.database.query<{ id: string; priority: number }>(
    `select message_id as id, priority from pending`,
  );
  await app.database.query(`update pending set priority = lane_priority('marketing')`);
  await until(async () => (await age('urgent')) === 0);
  expect(await age('waiting')).toBeGreaterThanOrEqual(90);
  for (const { id, priority } of kept)
    await app.database.query(`update pending set priority = $2 where message_id = $1`, [id, priority]);
});

test('a doubt shows in metrics and degrades readiness until it is settled', async () => {
  const doubts = async (): Promise<unknown> =>
    ((await app.http.get('/health/ready').expect(200)).body as { checks: Record<string, unknown> }).checks['doubts'];
  expect(await doubts()).toEqual({ status: 'up' });
  const transitions = app.nest.get(Transitions);
  await transitions.apply([{ messageId: ids[0] ?? '', status: 'unknown', reason: 'no_answer' }], 'dispatch');
  await app.database.query(`update doubt set since = now() - interval '100 seconds'`);
  await until(async () => (await valueOf('callboard_doubts')) === 1);
  expect(await valueOf('callboard_oldest_doubt_seconds')).toBeGreaterThanOrEqual(100);
  expect(await doubts()).toMatchObject({
    status: 'down',
    reason: expect.stringMatching(/^1 messages are in doubt, the oldest for 1\d\d s$/) as string,
  });
  await transitions.apply([{ messageId: ids[0] ?? '', status: 'delivered' }], 'webhook');
  await until(async () => (await valueOf('callboard_doubts')) === 0);
  expect(await doubts()).toEqual({ status: 'up' });
});

test('reports that are not applied are counted, with the age of the oldest', async () => {
  await app.database.query(
    `insert into inbox (provider, dedupe_key, account_ids, event, received_at)
     values ('twilio', 'a', '{}', '{"kind":"status"}', now() - interval '2 minutes'), ('twilio', 'b', '{}', '{"kind":"status"}', now())`,
  );
  await until(async () => (await valueOf('callboard_waiting_reports')) === 2);
  const oldest = await valueOf('callboard_oldest_report_seconds');
  expect(oldest).toBeGreaterThanOrEqual(119);
  expect(oldest).toBeLessThan(900);
});

test('jobs of every queue are counted by their state', async () => {
  const { text } = await app.http.get('/metrics').expect(200);
  const series = text.split('\n').filter((line) => line.startsWith('callboard_queue_jobs{'));
  const named = series.map((line) => /queue="([^"]+)",state="(\w+)"/.exec(line)?.slice(1).join(' '));
  const states = ['waiting', 'active', 'failed'];
  const expected = databaseParts.queues.flatMap((queue) => states.map((state) => `${queue} ${state}`));
  expect(named.length).toBe(expected.length);
  expect(new Set(named)).toEqual(new Set(expected));
  // The messages of these tests have woken their lane, and nobody has taken that job.
  expect(await valueOf('callboard_queue_jobs{queue="lanes",state="waiting"}')).toBeGreaterThan(0);
  expect(await valueOf('callboard_queue_jobs{queue="lanes",state="active"}')).toBe(0);
});

test('a schedule tells when it last ran and how often it failed, and the pool its connections', async () => {
  await app.nest.get(Schedules).once('failing', 60_000, () => Promise.reject(new Error('no')));
  expect(await valueOf('callboard_schedule_failures_total{schedule="failing"}')).toBe(1);
  expect(await valueOf('callboard_schedule_age_seconds{schedule="failing"}')).toBeLessThan(900);
  expect(await valueOf('callboard_database_connections{pool="tenants",state="waiting"}')).toBe(0);
  const opened = ['used', 'idle'].map((state) =>
    valueOf(`callboard_database_connections{pool="service",state="${state}"}`),
  );
  expect((await Promise.all(opened)).reduce((sum = 0, value = 0) => sum + value, 0)).toBeGreaterThan(0);
});
