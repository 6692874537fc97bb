/** Whole messages per second, against the provider path alone, and against one BullMQ job per message. */
import type { Bench, Measure } from '../bench.js';
import type { Cost, Run } from '../cpu.js';
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
    const environment = await setUp(bench, USUAL_PATH[channel], sizes.ours, { queueUrl: bench.redis.url });
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

/**
 * Through another provider of the channel, beside the usual one. A call for many messages makes the path alone so cheap that the share of
 * it says little; so the processor time that Callboard adds to a message is compared as well.
 */
export const throughputThrough = (path: Path): Measure => ({
  name: path.provider,
  about: `whole ${path.channel} messages of a campaign a second, through ${path.provider}, and what is added to each`,
  async run(bench) {
    const sizes = sizesOf(bench);
    const usual = USUAL_PATH[path.channel];
    const [here, there] = [await trial(bench, path, sizes), await trial(bench, usual, sizes)];
    // Each is first as often as second, so that neither always pays for what is still done after the other.
    for (let round = 0; round < sizes.rounds + 1; round += 1)
      for (const each of round % 2 === 0 ? [here, there] : [there, here]) await each.round();
    return [
      ratio(
        {
          name: `${path.channel} through ${path.provider}, of render-and-call alone`,
          unit: '/s',
          wanted: { atLeast: 0.5 },
        },
        seriesOf('whole messages of a campaign', here.runs.ours),
        seriesOf(`render and call, ${here.concurrency} calls at once`, here.runs.raw),
      ),
      ratio(
        { name: `added to a message by ${path.provider}, of ${usual.provider}`, unit: 'µs', wanted: { atMost: 1.1 } },
        { of: 'processor time of a message less that of its call', values: added(here.runs) },
        { of: `the same through ${usual.provider}`, values: added(there.runs) },
      ),
    ];
  },
});

type Runs = Record<'raw' | 'ours', Run[]>;

interface Trial {
  readonly runs: Runs;
  readonly concurrency: number;
  readonly round: () => Promise<void>;
}

async function trial(bench: Bench, path: Path, sizes: Sizes): Promise<Trial> {
  const environment = await setUp(bench, path, sizes.ours);
  const concurrency = await bestOf(bench, 'raw', (calls) => raw(environment, sizes.raw, calls));
  await ours(environment);
  const runs: Runs = { raw: [], ours: [] };
  const round = async (): Promise<void> => {
    runs.raw.push(await raw(environment, sizes.raw, concurrency));
    runs.ours.push(await ours(environment));
    await environment.callboard.query('vacuum'); // else it comes by itself, in a run of the other
  };
  return { runs, concurrency, round };
}

/** Microseconds of service and database, round by round. */
const added = ({ raw: alone, ours: whole }: Runs): number[] =>
  whole.map(({ cost }, round) => total(cost) - total(alone[round]?.cost ?? { service: 0 }));

const total = ({ service, database = 0 }: Cost): number => service + database;

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
