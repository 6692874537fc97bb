/** Wakes through a real queue: folded, but never lost. */
import { Queue, Worker } from 'bullmq';
import { DrainProcessor } from '../../src/dispatch/drain/drain.processor.js';
import { QueueConnection, Waker } from '../../src/kernel/index.js';
import { openTestApp, type TestApp } from '../support/test-app.js';
import { until } from '../../harness/until.js';

let app: TestApp;
let queue: Queue;
let worker: Worker | undefined;
let names = 0;

beforeAll(async () => {
  app = await openTestApp();
});
beforeEach(() => {
  queue = new Queue(`wakes-${(names += 1)}`, { connection: app.nest.get(QueueConnection).options });
});
afterEach(async () => {
  await worker?.close();
  worker = undefined;
  await queue.close();
});
afterAll(() => app.close());

/** Processes the queue, and answers who ran, in order. */
function work(during: (id: string, run: number) => Promise<void> | void = () => undefined): string[] {
  const runs: string[] = [];
  const process = async ({ data }: { data: { id: string } }): Promise<void> => {
    runs.push(data.id);
    await during(data.id, runs.length);
  };
  worker = new Worker(queue.name, process, { connection: app.nest.get(QueueConnection).options, concurrency: 10 });
  return runs;
}

const idle = (): Promise<boolean> =>
  until(async () => {
    const counts = await queue.getJobCounts('waiting', 'active', 'delayed');
    return Object.values(counts).every((count) => count === 0);
  });

test('A thousand wakes before anyone works are one', async () => {
  const waker = new Waker(queue);
  for (let wake = 0; wake < 1_000; wake += 1) waker.wake('a', { id: 'a' });
  await until(async () => (await queue.getWaitingCount()) === 1);
  const runs = work();
  await until(() => runs.length > 0);
  await idle();
  expect(runs.length).toBeLessThanOrEqual(2);
});

test('Wakes while the work runs fold into few runs after it, never one beside it', async () => {
  const waker = new Waker(queue);
  let running = 0;
  let most = 0;
  const runs = work(async (_, run) => {
    most = Math.max(most, (running += 1));
    if (run === 1) {
      for (let wake = 0; wake < 10; wake += 1) {
        waker.wake('a', { id: 'a' });
        await queue.getWaitingCount(); // gives each wake the time to arrive by itself
      }
    }
    running -= 1;
  });
  waker.wake('a', { id: 'a' });
  await until(() => runs.length >= 2);
  await idle();
  expect(most).toBe(1);
  expect(runs.length).toBeLessThanOrEqual(3); // the last wake may arrive when the run after it has begun
});

test('Wakes for others are not folded', async () => {
  const waker = new Waker(queue);
  const runs = work();
  for (const id of ['a', 'b', 'a', 'c', 'b']) waker.wake(id, { id });
  await until(() => new Set(runs).size === 3);
  await idle();
  expect(new Set(runs)).toEqual(new Set(['a', 'b', 'c']));
});

test('Wakes from several processes fold as well', async () => {
  const wakers = [new Waker(queue), new Waker(queue), new Waker(queue)];
  for (const waker of wakers) waker.wake('a', { id: 'a' });
  await until(async () => (await queue.getWaitingCount()) === 1);
  const runs = work();
  await until(() => runs.length > 0);
  await idle();
  expect(runs.length).toBeLessThanOrEqual(2); // a wake that is a little late may arrive when the run has begun
});

test('A queue that takes nothing makes a wake a lost one, not an error', async () => {
  await queue.close();
  const waker = new Waker(queue);
  expect(() => waker.wake('a', { id: 'a' })).not.toThrow();
});

test('A service that ends before its workers have said they are ready ends them too', async () => {
  const brief = await openTestApp();
  const { worker: drains } = brief.nest.get(DrainProcessor);
  await brief.close();
  expect(drains.closing).toBeDefined();
});
