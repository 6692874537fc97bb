/** How fast the ledger's events become counts, amounts and sums of reports, against how fast a campaign makes them. */
import { until } from '../../harness/until.js';
import { Archive } from '../archive.js';
import type { Bench, Measure } from '../bench.js';
import type { Callboard } from '../callboard.js';
import type { Run } from '../cpu.js';
import { ratio, seriesOf } from '../findings.js';
import { ours, setUp, USUAL_PATH } from '../throughput-environment.js';

/** Whose work it is. */
const CONSUMERS = ['usage', 'reports'];

export const rollup: Measure = {
  name: 'rollup',
  about: 'sent messages that are counted, priced and summed up for reports, a second',
  async run(bench) {
    const [count, rounds] = bench.full ? [200_000, 5] : [50_000, 3];
    const environment = await setUp(bench, USUAL_PATH.sms, bench.full ? 50_000 : 20_000);
    const sending: Run[] = [];
    for (let round = -1; round < rounds; round += 1) {
      const run = await ours(environment);
      if (round >= 0) sending.push(run); // the first is for warming up
    }
    const taking = await takingTimes(bench, count, rounds);
    return [
      ratio(
        { name: 'sent messages rolled up, of those a campaign sends', unit: '/s', wanted: { atLeast: 1 } },
        seriesOf('messages counted, priced and summed up', taking),
        seriesOf('whole messages of a campaign by SMS', sending),
      ),
    ];
  },
};

async function takingTimes(bench: Bench, count: number, rounds: number): Promise<Run[]> {
  const callboard = await bench.callboard();
  await callboard.start('api');
  let worker = await callboard.start('worker');
  const tenant = await callboard.tenant();
  const archive = new Archive(callboard);
  const patternId = await archive.live(tenant, 'sms', 'sent');
  const runs: Run[] = [];
  for (let round = -1; round < rounds; round += 1) {
    await callboard.stop(worker);
    const now = new Date();
    await archive.copy({ patternId, count, first: 1 + (round + 1) * count, from: now, until: now });
    await callboard.query('checkpoint');
    worker = await callboard.start('worker');
    const run = await bench.run(worker, async () => {
      await until(() => hasTakenAll(callboard), { everyMs: 50 });
      return count;
    });
    if (round >= 0) runs.push(run);
  }
  return runs;
}

async function hasTakenAll(callboard: Callboard): Promise<boolean> {
  const left = await callboard.query(
    `select from event_cursor as cursor, lateral (
       select from message_event where (message_event.tx, message_event.seq) > (cursor.tx, cursor.seq) order by tx, seq limit 1) as event
     where name = any ($1)`,
    [CONSUMERS],
  );
  return left.length === 0;
}
