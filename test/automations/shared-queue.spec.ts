/** Services that share the queue's store say what happened by a job: it is an event, or fails for good; it is never lost. */
import { getQueueToken } from '@nestjs/bullmq';
import type { Job, Queue } from 'bullmq';
import type { DeskView } from '../../src/operations/operations-views.dto.js';
import { until } from '../../harness/until.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { eventsOf } from './bus.support.js';

const PERSON = 'ana@example.com';

let app: TestApp;
let tenant: Tenant;
let queue: Queue;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
  queue = app.nest.get<Queue>(getQueueToken('callboard-events'));
});
afterAll(() => app.close());

const finished = (job: Job) => until(async () => !(await queue.getJob(job.id ?? '')) || (await job.isFailed()));

test('A job becomes an event of its name, once however often it is added', async () => {
  const data = { orderId: 'A-1', customerId: 'C-1' };
  for (let time = 0; time < 3; time += 1) {
    await finished(
      await queue.add('order.confirmed', { tenantId: tenant.id, id: 'q-1', data, correlationId: 'trace-1' }),
    );
  }
  expect(await eventsOf(app, tenant.id)).toMatchObject([
    { external_id: 'q-1', type: 'order.confirmed', data, origin: 'queue', correlation_id: 'trace-1' },
  ]);
});

test.each<[string, unknown, string]>([
  ['without an id', {}, 'invalid_request: id is missing'],
  [
    'with a field that no event has',
    { id: 'q-2', [PERSON]: 1 },
    'invalid_request: The event has fields that no event has',
  ],
  [
    'with an id that is none',
    { id: 'q-3', data: { orderId: { PERSON } } },
    'invalid_request: data.orderId must be an id',
  ],
  [
    'for a tenant that there is not',
    { id: 'q-4', tenantId: '0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12' },
    'tenant_not_found',
  ],
  [
    'for a tenant that can be none',
    { id: 'q-5', tenantId: PERSON },
    'invalid_request: tenantId must be the id of a tenant',
  ],
  ['that is no object', [PERSON], 'invalid_request: the data of the job must be an object'],
])('A job %s fails at once whatever its attempts, quoting nothing, and is counted', async (_, data, words) => {
  const before = ((await app.admin().get('/api/desk')).body as DeskView).events?.deadLettered ?? 0;
  const given = Array.isArray(data) ? data : { tenantId: tenant.id, ...(data as object) };
  const added = await queue.add('a.type', given, { attempts: 5, backoff: 60_000 });
  await until(() => added.isFailed());
  const job = (await queue.getJob(added.id ?? '')) as Job;
  expect(job.failedReason).toContain(words);
  expect(JSON.stringify([job.failedReason, job.stacktrace])).not.toContain(PERSON);
  expect(job.attemptsMade).toBe(1);
  expect(((await app.admin().get('/api/desk')).body as DeskView).events?.deadLettered).toBe(before + 1);
});

describe('While the database takes no events', () => {
  /** As if it were out of connections. */
  const refuse = ({ database }: TestApp) =>
    database.query(`
      create function refuse() returns trigger language plpgsql as
        $$ begin raise exception 'too many connections' using errcode = '53300'; end $$;
      create trigger refuse before insert on inbound_event execute function refuse()`);
  const relent = ({ database }: TestApp) =>
    database.query(`drop trigger refuse on inbound_event; drop function refuse()`);
  const ids = Array.from({ length: 30 }, (_, index) => `away-${index}`);
  const jobsOf = ({ id: tenantId }: Tenant) => ids.map((id) => ({ name: 'a.type', data: { tenantId, id } }));
  const known = async (of: TestApp, { id }: Tenant) =>
    (await eventsOf(of, id)).filter(({ external_id }) => external_id.startsWith('away')).length;

  test('jobs wait, whatever their attempts', async () => {
    await refuse(app);
    const failed = (await queue.getJobCounts('failed'))['failed'];
    await queue.addBulk(jobsOf(tenant));
    await until(async () => ((await queue.getJobCounts('active'))['active'] ?? 0) > 0);
    await relent(app);
    await until(async () => (await known(app, tenant)) === ids.length);
    expect((await queue.getJobCounts('failed'))['failed']).toBe(failed);
  });

  test('a shutdown leaves its jobs to others', async () => {
    const first = await openTestApp();
    const owner = await first.tenant();
    await refuse(first);
    const shared = first.nest.get<Queue>(getQueueToken('callboard-events'));
    await shared.addBulk(jobsOf(owner));
    await until(async () => ((await shared.getJobCounts('active'))['active'] ?? 0) > 0);
    await first.close();
    const { databaseUrl, queueUrl } = first.config;
    const second = await openTestApp({ databaseUrl, queueUrl });
    try {
      await relent(second);
      await until(async () => (await known(second, owner)) === ids.length);
      const left = await second.nest.get<Queue>(getQueueToken('callboard-events')).getJobCounts('failed', 'wait');
      expect(left).toEqual({ failed: 0, wait: 0 });
    } finally {
      await second.close();
    }
  });
});
