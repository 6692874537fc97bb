/** The pool that BullMQ has, before a database that answers with refusals. */
import { performance } from 'node:perf_hooks';
import { cloneDatabase } from '../support/databases.js';
import { QueuePool } from '../../src/kernel/queue/queue-pool.js';

const READ_ONLY = '25006';
let pool: QueuePool;
beforeEach(async () => {
  pool = new QueuePool({ connectionString: await cloneDatabase(), max: 2 });
});
afterEach(() => pool.end());

/** Asks as BullMQ does: again at once. Answers how long it all took, in milliseconds: a rest is a second, and answers are none. */
async function ask(statement: string, times: number): Promise<number> {
  const began = performance.now();
  for (let turn = 0; turn < times; turn += 1) {
    await pool.query(statement).catch((error: unknown) => expect(error).toMatchObject({ code: READ_ONLY }));
  }
  return performance.now() - began;
}

test('A database that refuses is asked once a second, and as fast as can be once it answers', async () => {
  await pool.query('create table wake (id int)');
  expect(await ask('insert into wake values (1)', 100)).toBeLessThan(50_000);
  const readOnly = 'set transaction read only; insert into wake values (1)';
  const refused = await ask(readOnly, 3);
  expect(refused).toBeGreaterThan(1_900);
  expect(await ask('insert into wake values (1)', 100)).toBeLessThan(50_000);
});

test('What was asked wrongly rests nothing', async () => {
  const began = performance.now();
  for (let turn = 0; turn < 60; turn += 1) {
    await expect(pool.query('insert into nothing values (1)')).rejects.toMatchObject({ code: '42P01' });
  }
  expect(performance.now() - began).toBeLessThan(30_000);
});

test('A process that is to end waits no more', async () => {
  await pool.query('create table wake (id int)');
  pool.endPatience();
  expect(await ask('set transaction read only; insert into wake values (1)', 60)).toBeLessThan(30_000);
});
