/** Memory of a worker that freezes and sends a campaign to many, against one to few. */
import { Archive } from '../archive.js';
import { Campaign, importAudience } from '../campaign.js';
import type { Bench, Measure } from '../bench.js';
import type { BenchTenant, Callboard } from '../callboard.js';
import type { Memory } from '../callboard.process.js';
import { ratio } from '../findings.js';

const FEW = 10_000;
const MB = 2 ** 20;

export const memory: Measure = {
  name: 'memory',
  about: 'memory of the worker for many recipients, against 10,000',
  async run(bench) {
    const many = bench.full ? 1_000_000 : 100_000;
    const callboard = await bench.callboard();
    await callboard.start('api');
    const tenant = await callboard.tenant();
    await new Archive(callboard).optIn(tenant, 'email', many);
    const used: Record<'few' | 'many', Memory[]> = { few: [], many: [] };
    for (const [name, count] of [
      ['few', FEW],
      ['many', many],
    ] as const) {
      used[name].push(await sendWith(bench, callboard, tenant, count));
    }
    const series = (name: 'few' | 'many', what: keyof Memory): number[] => used[name].map((each) => each[what] / MB);
    const compare = (what: keyof Memory, of: string): ReturnType<typeof ratio> =>
      ratio(
        { name: `worker's memory, ${of}`, unit: 'MB', wanted: { atMost: 1.2 } },
        { of: `${of}, ${many} recipients`, values: series('many', what) },
        { of: `${of}, ${FEW} recipients`, values: series('few', what) },
      );
    return [
      compare('live', 'what it uses'),
      compare('now', 'resident after a collection'),
      compare('peak', 'resident at its peak'),
    ];
  },
};

/** A fresh worker expands and sends a campaign to so many people, and reports its memory before it ends. */
async function sendWith(bench: Bench, callboard: Callboard, tenant: BenchTenant, count: number): Promise<Memory> {
  const audienceId = await importAudience(callboard, tenant, 'email', count);
  const campaign = await Campaign.launched(callboard, tenant, 'email', audienceId);
  const worker = await callboard.start('worker');
  const started = performance.now();
  const polls = await campaign.sent();
  const rate = Math.round((count / (performance.now() - started)) * 1_000);
  bench.say(`${count} recipients: ${rate}/s, frozen and sent; its counts added up at each of ${polls} polls`);
  const used = await worker.call('memory');
  await callboard.stop(worker);
  return used;
}
