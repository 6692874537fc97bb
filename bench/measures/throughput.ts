/** Whole messages per second, against the provider path alone, and against one BullMQ job per message. */
import type { Bench, Measure } from '../bench.js';
import type { Run } from '../cpu.js';
import { ratio, seriesOf, type Finding } from '../findings.js';
import type { BenchChannel } from '../people.js';
import { jobs, ours, raw, setUp, USUAL_PATH, type Path } from '../throughput-environment.js';

/** Messages per round: a round takes some seconds. */
interface Sizes {
  readonly raw: number;
  readonly ours: number;
  readonly jobs: number;
  readonly rounds: number;
}

/** The concurrencies that the baselines are tried with; the best of each counts. */
const CONCURRENCIES = { raw: [25, 50, 100], jobs: [10, 25, 50] } as const;

export const throughput = (channel: BenchChannel): Measure => ({
  name: channel,
  about: `whole ${channel} messages of a campaign a second: claim, gate, render, call, record`,
  async run(bench) {
    const sizes = sizesOf(bench);
    const environment = await setUp(bench, USUAL_PATH[channel], sizes.ours);
    const best = {
      raw: await bestOf(bench, 'raw', (concurrency) => raw(environment, sizes.raw, concurrency)),
      jobs: await bestOf(bench, 'jobs', (concurrency) => jobs(environment, sizes.jobs / 2, concurrency)),
    };
    await ours(environment);
    const runs: Record<'raw' | 'ours' | 'jobs', Run[]> = { raw: [], ours: [], jobs: [] };
    for (let round = 0; round < sizes.rounds; round += 1) {
      runs.raw.push(await raw(environment, sizes.raw, best.raw));
      runs.ours.push(await ours(environment));
      runs.jobs.push(await jobs(environment, sizes.jobs, best.jobs));
    }
    const whole = seriesOf('whole messages of a campaign', runs.ours);
    return [
      ratio(
        { name: `${channel}, of render-and-call alone`, unit: '/s', wanted: { atLeast: 0.7 } },
        whole,
        seriesOf(`render and call, ${best.raw} calls at once`, runs.raw),
      ),
      ratio(
        { name: `${channel}, times a job per message (PostgreSQL)`, unit: '/s', wanted: { atLeast: 10 } },
        whole,
        seriesOf(`BullMQ on PostgreSQL, concurrency ${best.jobs}`, runs.jobs),
      ),
    ];
  },
});

export const throughputOnRedis = (channel: BenchChannel): Measure => ({
  name: `${channel}-redis`,
  onlyFull: channel === 'email',
  about: `whole ${channel} messages of a campaign a second, with BullMQ on Redis`,
  async run(bench): Promise<Finding[]> {
    if (!bench.redis) {
      bench.say('skipped: this machine has no redis-server');
      return [];
    }
    const sizes = sizesOf(bench);
    const environment = await setUp(bench, USUAL_PATH[channel], sizes.ours, bench.redis.url);
    const best = await bestOf(bench, 'jobs', (concurrency) => jobs(environment, sizes.jobs / 2, concurrency));
    await ours(environment);
    const [mine, each]: [Run[], Run[]] = [[], []];
    for (let round = 0; round < sizes.rounds; round += 1) {
      mine.push(await ours(environment));
      each.push(await jobs(environment, sizes.jobs, best));
    }
    return [
      ratio(
        { name: `${channel}, times a job per message (Redis)`, unit: '/s', wanted: { atLeast: 3 } },
        seriesOf('whole messages of a campaign', mine),
        seriesOf(`BullMQ on Redis, concurrency ${best}`, each),
      ),
    ];
  },
});

/** Through another provider of the channel, which is to be as near to its own path alone. */
export const throughputThrough = (path: Path): Measure => ({
  name: path.provider,
  about: `whole ${path.channel} messages of a campaign a second, through ${path.provider}`,
  async run(bench) {
    const sizes = sizesOf(bench);
    const environment = await setUp(bench, path, sizes.ours);
    const best = await bestOf(bench, 'raw', (concurrency) => raw(environment, sizes.raw, concurrency));
    await ours(environment);
    const runs: Record<'raw' | 'ours', Run[]> = { raw: [], ours: [] };
    for (let round = 0; round < sizes.rounds; round += 1) {
      runs.raw.push(await raw(environment, sizes.raw, best));
      runs.ours.push(await ours(environment));
    }
    return [
      ratio(
        {
          name: `${path.channel} through ${path.provider}, of render-and-call alone`,
          unit: '/s',
          wanted: { atLeast: 0.5 },
        },
        seriesOf('whole messages of a campaign', runs.ours),
        seriesOf(`render and call, ${best} calls at once`, runs.raw),
      ),
    ];
  },
});

function sizesOf({ full }: Bench): Sizes {
  const rounds = full ? 9 : 3;
  const size = full ? 50_000 : 20_000;
  return { raw: size, ours: size, jobs: full ? 5_000 : 1_500, rounds };
}

async function bestOf(
  bench: Bench,
  what: keyof typeof CONCURRENCIES,
  runAt: (concurrency: number) => Promise<Run>,
): Promise<number> {
  await runAt(CONCURRENCIES[what][0]);
  const tried: { concurrency: number; rate: number }[] = [];
  for (const concurrency of CONCURRENCIES[what])
    tried.push({ concurrency, rate: (await runAt(concurrency)).perSecond });
  const best = tried.reduce((one, other) => (other.rate > one.rate ? other : one));
  bench.say(
    `${what}: ${tried.map(({ concurrency, rate }) => `${concurrency} at once ${Math.round(rate)}/s`).join(', ')}`,
  );
  return best.concurrency;
}
