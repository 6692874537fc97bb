/** What it costs a campaign to be watched: its metrics read by Prometheus, and traces of its messages. */
import { setTimeout as delay } from 'node:timers/promises';
import { OtlpReceiver } from '../../harness/otlp-receiver.js';
import type { OtlpConfig } from '../../src/kernel/observability/otlp.js';
import type { Measure } from '../bench.js';
import type { Run } from '../cpu.js';
import { ratio, type Finding, type Series } from '../findings.js';
import { ours, setUp, USUAL_PATH, type ThroughputEnvironment } from '../throughput-environment.js';

/** As often as a Prometheus that is in a hurry. */
const SCRAPE_MS = 5_000;
const SHARE = 0.01;

/** Each on a service of its own. */
const KINDS = ['off', 'metrics', 'some', 'all'] as const;
type Kind = (typeof KINDS)[number];

export const telemetry: Measure = {
  name: 'telemetry',
  about: 'processor time of a campaign message with metrics scraped, and with traces, of the same without',
  onlyFull: true,
  async run(bench) {
    const people = bench.full ? 20_000 : 5_000; // short rounds, many of them: another load on the machine meets all alike
    const receiver = await OtlpReceiver.open();
    bench.finally(() => receiver.close());
    const environments = {
      off: await setUp(bench, USUAL_PATH.sms, people),
      metrics: await setUp(bench, USUAL_PATH.sms, people),
      some: await setUp(bench, USUAL_PATH.sms, people, { otlp: tracedTo(receiver, SHARE) }),
      all: await setUp(bench, USUAL_PATH.sms, people, { otlp: tracedTo(receiver, 1) }),
    };
    const runs: Record<Kind, Run[]> = { off: [], metrics: [], some: [], all: [] };
    for (let round = -1; round < 12; round += 1) {
      // Each is in each place once in a while, so that none always pays for what is still done after another.
      for (const place of KINDS.keys()) {
        const kind = KINDS[(place + round + KINDS.length) % KINDS.length] ?? 'off';
        const run = await (kind === 'metrics' ? scraped(environments.metrics) : ours(environments[kind]));
        await environments[kind].callboard.query('vacuum'); // else it comes by itself, in a run of another
        if (round >= 0) runs[kind].push(run); // the first is for warming up
      }
    }
    if (receiver.requests.length === 0) throw new Error('No span has arrived');
    return findings(runs);
  },
};

function findings(runs: Readonly<Record<Kind, readonly Run[]>>): Finding[] {
  const off = series('without either', runs.off);
  return [
    ratio(
      { name: 'a message, metrics scraped every 5 s, of the same without', unit: 'µs', wanted: { atMost: 1.03 } },
      series('processor time of a message, metrics scraped', runs.metrics),
      off,
    ),
    ratio(
      { name: 'a message, traces at 1 %, of the same without', unit: 'µs', wanted: { atMost: 1.1 } },
      series('processor time of a message, 1 % in traces', runs.some),
      off,
    ),
    ratio(
      { name: 'a message, all in traces, of the same without', unit: 'µs' },
      series('processor time of a message, all in traces', runs.all),
      off,
    ),
  ];
}

/** Of the service and the database. */
const series = (of: string, runs: readonly Run[]): Series => ({
  of,
  values: runs.map(({ cost }) => cost.service + (cost.database ?? 0)),
});

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
