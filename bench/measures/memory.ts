/** Memory of a worker that sends to many, against one that sends to few. */
import { setTimeout as delay } from 'node:timers/promises';
import { Archive } from '../archive.js';
import type { Bench, Measure } from '../bench.js';
import type { BenchTenant, Desk } from '../desk.js';
import type { Memory } from '../desk.process.js';
import { ratio } from '../findings.js';

const FEW = 10_000;
const MB = 2 ** 20;

export const memory: Measure = {
  name: 'memory',
  about: 'memory of the worker for many recipients, against 10,000',
  async run(bench) {
    const many = bench.full ? 1_000_000 : 100_000;
    const desk = await bench.desk();
    await desk.start('api');
    const tenant = await desk.tenant();
    const archive = new Archive(desk);
    await archive.optIn(tenant, 'email', many);
    const patternId = await pattern(desk, archive, tenant);
    const used: Record<'few' | 'many', Memory[]> = { few: [], many: [] };
    for (const [name, count] of [
      ['few', FEW],
      ['many', many],
    ] as const) {
      used[name].push(await sendWith(bench, desk, patternId, count));
    }
    const series = (name: 'few' | 'many', what: keyof Memory): number[] => used[name].map((each) => each[what] / MB);
    const compare = (what: keyof Memory, of: string): ReturnType<typeof ratio> =>
      ratio(
        { name: `worker's memory, ${of}`, unit: 'MB', wanted: { atMost: 1.2 } },
        { of: `${of}, ${many} recipients`, values: series('many', what) },
        { of: `${of}, ${FEW} recipients`, values: series('few', what) },
      );
    return [compare('now', 'after a collection'), compare('peak', 'at its peak')];
  },
};

/** A message that waits for ever, to be copied; the lane has been told its rate. */
async function pattern(desk: Desk, archive: Archive, tenant: BenchTenant): Promise<string> {
  const id = await archive.live(tenant, 'email', 'queued');
  await desk.query(`update pending set ready_at = 'infinity' where message_id = $1`, [id]);
  await desk.query(`update lane set rate_per_second = 10000, concurrency = 50, rate_asked_at = 'infinity'`);
  return id;
}

/** A fresh worker sends so many, and is asked before it ends. */
async function sendWith(bench: Bench, desk: Desk, patternId: string, count: number): Promise<Memory> {
  const now = new Date();
  await new Archive(desk).copy({ patternId, count, first: 0, from: now, until: now });
  await desk.query(`update pending set ready_at = now() where message_id <> $1`, [patternId]);
  const worker = await desk.start('worker');
  const started = performance.now();
  const waiting = 'select from pending where message_id <> $1 limit 1';
  while ((await desk.query(waiting, [patternId])).length > 0) await delay(200);
  bench.say(`${count} recipients: ${Math.round((count / (performance.now() - started)) * 1_000)}/s`);
  const used = await worker.call('memory');
  await desk.stop(worker);
  return used;
}
