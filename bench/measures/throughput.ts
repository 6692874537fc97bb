/** Whole messages a second, against the provider path alone, and against one BullMQ job a message. */
import type { Bench, Measure } from '../bench.js';
import { ratio, type Finding } from '../findings.js';
import type { BenchChannel } from '../people.js';
import { jobs, ours, raw, setUp } from '../stage.js';

/** Messages of one round: each takes some seconds. */
interface Sizes {
  readonly raw: number;
  readonly ours: number;
  readonly jobs: number;
  readonly rounds: number;
}

/** What the baselines are tried with; the best of each counts. */
const CONCURRENCIES = { raw: [25, 50, 100], jobs: [10, 25, 50] } as const;

export const throughput = (channel: BenchChannel): Measure => ({
  name: channel,
  about: `whole ${channel} messages a second: claim, gate, render, call, record`,
  async run(bench) {
    const sizes = sizesOf(bench, channel);
    const stage = await setUp(bench, channel, sizes.ours);
    const best = {
      raw: await bestOf(bench, 'raw', (concurrency) => raw(stage, sizes.raw, concurrency)),
      jobs: await bestOf(bench, 'jobs', (concurrency) => jobs(stage, sizes.jobs / 2, concurrency)),
    };
    await ours(stage, sizes.ours);
    const rates: Record<'raw' | 'ours' | 'jobs', number[]> = { raw: [], ours: [], jobs: [] };
    for (let round = 0; round < sizes.rounds; round += 1) {
      rates.raw.push(await raw(stage, sizes.raw, best.raw));
      rates.ours.push(await ours(stage, sizes.ours));
      rates.jobs.push(await jobs(stage, sizes.jobs, best.jobs));
    }
    const [mine, bare, each] = [rates.ours, rates.raw, rates.jobs];
    return [
      ratio(
        { name: `${channel}, of render-and-call alone`, unit: '/s', wanted: { atLeast: 0.7 } },
        { of: 'whole messages', values: mine },
        { of: `render and call, ${best.raw} calls at once`, values: bare },
      ),
      ratio(
        { name: `${channel}, times a job per message (PostgreSQL)`, unit: '/s', wanted: { atLeast: 10 } },
        { of: 'whole messages', values: mine },
        { of: `BullMQ on PostgreSQL, concurrency ${best.jobs}`, values: each },
      ),
    ];
  },
});

export const throughputOnRedis = (channel: BenchChannel): Measure => ({
  name: `${channel}-redis`,
  onlyFull: channel === 'email',
  about: `whole ${channel} messages a second, with BullMQ on Redis`,
  async run(bench): Promise<Finding[]> {
    if (!bench.redis) {
      bench.say('skipped: this machine has no redis-server');
      return [];
    }
    const sizes = sizesOf(bench, channel);
    const stage = await setUp(bench, channel, sizes.ours, bench.redis.url);
    const best = await bestOf(bench, 'jobs', (concurrency) => jobs(stage, sizes.jobs / 2, concurrency));
    await ours(stage, sizes.ours);
    const [mine, each]: [number[], number[]] = [[], []];
    for (let round = 0; round < sizes.rounds; round += 1) {
      mine.push(await ours(stage, sizes.ours));
      each.push(await jobs(stage, sizes.jobs, best));
    }
    return [
      ratio(
        { name: `${channel}, times a job per message (Redis)`, unit: '/s', wanted: { atLeast: 3 } },
        { of: 'whole messages', values: mine },
        { of: `BullMQ on Redis, concurrency ${best}`, values: each },
      ),
    ];
  },
});

function sizesOf({ full }: Bench, channel: BenchChannel): Sizes {
  const rounds = full ? 9 : 3;
  const sms = { raw: 10_000, ours: 8_000, jobs: 1_500, rounds };
  return channel === 'sms' ? sms : { raw: 15_000, ours: 10_000, jobs: 1_500, rounds };
}

async function bestOf(
  bench: Bench,
  what: keyof typeof CONCURRENCIES,
  rateAt: (concurrency: number) => Promise<number>,
): Promise<number> {
  await rateAt(CONCURRENCIES[what][0]);
  const tried: { concurrency: number; rate: number }[] = [];
  for (const concurrency of CONCURRENCIES[what]) tried.push({ concurrency, rate: await rateAt(concurrency) });
  const best = tried.reduce((one, other) => (other.rate > one.rate ? other : one));
  bench.say(
    `${what}: ${tried.map(({ concurrency, rate }) => `${concurrency} at once ${Math.round(rate)}/s`).join(', ')}`,
  );
  return best.concurrency;
}
