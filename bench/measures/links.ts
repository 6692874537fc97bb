/** What counted links cost a campaign, and how fast they lead on. */
import type { Measure } from '../bench.js';
import type { Callboard, BenchTenant } from '../callboard.js';
import type { Run } from '../cpu.js';
import { figure, ratio, type Finding } from '../findings.js';
import { countedTemplates, LINK_HOST, type BenchChannel } from '../people.js';
import { median, quantile } from '../statistics.js';
import { ours, setUp, USUAL_PATH, type ThroughputEnvironment } from '../throughput-environment.js';

/** Of so many runs of a round the cheapest counts: whatever else the machine does only adds to one. */
const TRIES = 3;
const PER_SECOND = 5_000;

/** Each on a service of its own. */
const KINDS = ['off', 'on'] as const;
type Kind = (typeof KINDS)[number];

export const countedLinks = (channel: BenchChannel): Measure => ({
  name: `links-${channel}`,
  about: `processor time of a campaign's ${channel} message with counted links, of the same without; and how fast they lead on`,
  onlyFull: true,
  async run(bench) {
    const people = bench.full ? 25_000 : 10_000;
    const environments: Partial<Record<Kind, ThroughputEnvironment>> = {};
    for (const kind of KINDS) {
      const environment = await setUp(bench, USUAL_PATH[channel], people);
      await prepare(environment.callboard, environment.tenant, kind);
      environments[kind] = environment;
    }
    const costs: Record<Kind, number[]> = { off: [], on: [] };
    for (let round = -1; round < (bench.full ? 5 : 2); round += 1) {
      const best: Partial<Record<Kind, number>> = {};
      for (let turn = 0; turn < (round < 0 ? 1 : TRIES); turn += 1) {
        for (const kind of turn % 2 === 0 ? KINDS : KINDS.toReversed()) {
          const cost = costOf(await sent(environments[kind]));
          best[kind] = Math.min(cost, best[kind] ?? cost);
        }
      }
      if (round >= 0) for (const kind of KINDS) costs[kind].push(best[kind] ?? 0); // the first is for warming up
    }
    return [
      ratio(
        { name: 'a message with counted links, of the same without', unit: 'µs', wanted: { atMost: 1.05 } },
        { of: 'processor time of a message with counted links', values: costs.on },
        { of: 'processor time of a message without', values: costs.off },
      ),
      ...(await redirects(environments.on)),
    ];
  },
});

/** Both have the same templates. */
async function prepare(callboard: Callboard, { id, key }: BenchTenant, kind: Kind): Promise<void> {
  for (const { key: name, ...texts } of countedTemplates()) {
    await callboard.ask(key, 'PUT', `/api/templates/${name}`, texts);
  }
  if (kind === 'on') await callboard.ask(key, 'PATCH', `/api/tenants/${id}/settings`, { linkHosts: [LINK_HOST] });
}

/** Microseconds of the service and the database. */
const costOf = ({ cost }: Run): number => cost.service + (cost.database ?? 0);

async function sent(environment: ThroughputEnvironment | undefined): Promise<Run> {
  if (!environment) throw new Error('It was not set up');
  const run = await ours(environment);
  await environment.callboard.query('vacuum'); // else it comes by itself, in a run of another
  return run;
}

/** Links of the last campaign, each followed once, at a constant rate; the clicks are written meanwhile. */
async function redirects(environment: ThroughputEnvironment | undefined): Promise<Finding[]> {
  if (!environment) throw new Error('It was not set up');
  const { bench, callboard, process, channel } = environment;
  const source = { kind: 'links', origin: callboard.url, databaseUrl: callboard.databaseUrl, channel } as const;
  await bench.load.call('prepare', { name: 'links', source });
  const ms = bench.full ? 20_000 : 5_000;
  const slowest: number[] = [];
  const costs: number[] = [];
  for (let round = -1; round < 3; round += 1) {
    let latencies: readonly number[] = [];
    const run = await bench.run(process, async () => {
      ({ latencies } = await bench.load.call('atRate', { name: 'links', perSecond: PER_SECOND, ms }));
      return latencies.length;
    });
    if (round < 0) continue;
    slowest.push(quantile(latencies, 0.99));
    costs.push(costOf(run));
  }
  return [
    figure(
      { name: `a redirect's p99 at ${PER_SECOND} a second`, unit: 'ms', wanted: { atMost: 50 } },
      { of: 'from when it was due to the end of its answer', values: slowest },
    ),
    figure(
      { name: 'processor time of a redirect, with its click', unit: 'µs' },
      { of: `of the service and the database, ${Math.round(median(costs))}`, values: costs },
    ),
  ];
}
