/** What it costs a campaign to be watched: its metrics read by Prometheus, and traces of its messages. */
import { setTimeout as delay } from 'node:timers/promises';
import { OtlpReceiver } from '../../harness/otlp-receiver.js';
import type { OtlpConfig } from '../../src/kernel/observability/otlp.js';
import type { Measure } from '../bench.js';
import type { Run } from '../cpu.js';
import { ratio, type Finding } from '../findings.js';
import { ours, setUp, USUAL_PATH, type ThroughputEnvironment } from '../throughput-environment.js';

/** As often as a Prometheus that is in a hurry. */
const SCRAPE_MS = 5_000;
const SHARE = 0.01;
/** Of so many runs of a round the cheapest counts: whatever else the machine does only adds to one. */
const TRIES = 3;

/** Each on a service of its own. */
type Kind = 'off' | 'metrics' | 'some' | 'all';

export const telemetry: Measure = {
  name: 'telemetry',
  about: 'processor time of a campaign message with metrics scraped, and with traces, of the same without',
  onlyFull: true,
  async run(bench) {
    const people = 25_000; // some seconds, so that there is a scrape in each
    const kinds: readonly Kind[] = bench.full ? ['off', 'metrics', 'some', 'all'] : ['off', 'metrics', 'some'];
    const receiver = await OtlpReceiver.open();
    bench.finally(() => receiver.close());
    const shares: Partial<Record<Kind, number>> = { some: SHARE, all: 1 };
    const environments = new Map<Kind, ThroughputEnvironment>();
    for (const kind of kinds) {
      const share = shares[kind];
      const more = share === undefined ? {} : { otlp: tracedTo(receiver, share) };
      environments.set(kind, await setUp(bench, USUAL_PATH.sms, people, more));
    }
    const costs: Record<Kind, number[]> = { off: [], metrics: [], some: [], all: [] };
    for (let round = -1; round < (bench.full ? 5 : 2); round += 1) {
      const best = new Map<Kind, number>();
      for (let turn = 0; turn < (round < 0 ? 1 : TRIES); turn += 1) {
        // In another order each time, so that none always pays for what is still done after another.
        for (const place of kinds.keys()) {
          const kind = kinds[(place + turn) % kinds.length] ?? 'off';
          const cost = costOf(await sent(environments.get(kind), kind === 'metrics'));
          best.set(kind, Math.min(cost, best.get(kind) ?? cost));
        }
      }
      if (round >= 0) for (const [kind, cost] of best) costs[kind].push(cost); // the first is for warming up
    }
    if (receiver.requests.length === 0) throw new Error('No span has arrived');
    return findings(costs);
  },
};

function findings(costs: Readonly<Record<Kind, readonly number[]>>): Finding[] {
  const off = { of: 'without either', values: costs.off };
  const withMetrics = ratio(
    { name: 'a message, metrics scraped every 5 s, of the same without', unit: 'µs', wanted: { atMost: 1.03 } },
    { of: 'processor time of a message, metrics scraped', values: costs.metrics },
    off,
  );
  const withSome = ratio(
    { name: 'a message, traces at 1 %, of the same without', unit: 'µs', wanted: { atMost: 1.1 } },
    { of: 'processor time of a message, 1 % in traces', values: costs.some },
    off,
  );
  if (costs.all.length === 0) return [withMetrics, withSome];
  const withAll = ratio(
    { name: 'a message, all in traces, of the same without', unit: 'µs' },
    { of: 'processor time of a message, all in traces', values: costs.all },
    off,
  );
  return [withMetrics, withSome, withAll];
}

/** Microseconds of the service and the database. */
const costOf = ({ cost }: Run): number => cost.service + (cost.database ?? 0);

async function sent(environment: ThroughputEnvironment | undefined, isScraped: boolean): Promise<Run> {
  if (!environment) throw new Error('It was not set up');
  const run = await (isScraped ? scraped(environment) : ours(environment));
  await environment.callboard.query('vacuum'); // else it comes by itself, in a run of another
  return run;
}

const tracedTo = ({ url }: OtlpReceiver, ratioOfAll: number): OtlpConfig => ({
  endpoint: url,
  protocol: 'http/protobuf',
  headers: {},
  attributes: { 'service.name': 'callboard' },
  traces: { sampler: 'parentbased_traceidratio', ratio: ratioOfAll },
});

/** The metrics are read at its beginning, and then as often as Prometheus does. */
async function scraped(environment: ThroughputEnvironment): Promise<Run> {
  const ended = new AbortController();
  const scraping = scrape(environment, ended.signal);
  try {
    return await ours(environment);
  } finally {
    ended.abort();
    await scraping;
  }
}

async function scrape({ callboard }: ThroughputEnvironment, ended: AbortSignal): Promise<void> {
  while (!ended.aborted) {
    const answer = await fetch(`${callboard.url}/metrics`);
    if (!(await answer.text()).includes('sms_sent_total')) throw new Error('The metrics were not served');
    await delay(SCRAPE_MS, undefined, { signal: ended }).catch(() => undefined);
  }
}
