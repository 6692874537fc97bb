/** Requests per second of the API and of the webhooks against a bare route with one INSERT, and their latency below that rate. */
import { Archive } from '../archive.js';
import type { Bare } from '../bare.process.js';
import type { Bench, Measure } from '../bench.js';
import type { Run } from '../cpu.js';
import type { BenchTenant, Callboard } from '../callboard.js';
import { POOL_SIZE, TWILIO } from '../callboard.config.js';
import type { CallboardProcess } from '../callboard.process.js';
import { figure, ratio, seriesOf, type Finding } from '../findings.js';
import { Remote } from '../remote.js';
import type { Source } from '../requests.js';
import { median, quantile } from '../statistics.js';

/** Enough concurrent requests to keep two cores busy. */
const CONNECTIONS = 64;
const SHARE_OF_THE_RATE = 0.8;

interface Sizes {
  readonly rounds: number;
  readonly roundMs: number;
  readonly atRateMs: number;
}

const sizesOf = ({ full }: Bench): Sizes =>
  full ? { rounds: 9, roundMs: 5_000, atRateMs: 20_000 } : { rounds: 4, roundMs: 2_000, atRateMs: 4_000 };

export const apiRequests: Measure = {
  name: 'api',
  about: 'POST /api/messages: requests a second, and how long they take',
  async run(bench) {
    const environment = await setUp(bench);
    const { callboard, tenant } = environment;
    const messages = { kind: 'messages', origin: callboard.url, key: tenant.key } as const;
    const plain = { name: 'POST /api/messages', share: 0.5, p99: 50 };
    const findings = await compare(environment, { ...messages, idempotent: false }, plain);
    if (!bench.full) return findings;
    const withKeys = { name: 'POST /api/messages with an Idempotency-Key' };
    return [...findings, ...(await compare(environment, { ...messages, idempotent: true }, withKeys))];
  },
};

export const eventRequests: Measure = {
  name: 'events',
  about: 'POST /api/events: events a second, each new, and how long they take',
  async run(bench) {
    const environment = await setUp(bench);
    const { callboard, tenant } = environment;
    const events = { kind: 'events', origin: callboard.url, key: tenant.key } as const;
    return compare(environment, events, { name: 'POST /api/events', share: 0.5, p99: 50 });
  },
};

export const webhookRequests: Measure = {
  name: 'webhooks',
  about: 'POST /webhook/twilio: signed callbacks a second, and how long they take',
  async run(bench) {
    const environment = await setUp(bench);
    const { callboard } = environment;
    await sentMessages(environment);
    const callbacks = {
      kind: 'callbacks',
      origin: callboard.url,
      databaseUrl: callboard.databaseUrl,
      ...TWILIO,
    } as const;
    return compare(environment, callbacks, { name: 'POST /webhook/twilio', share: 0.5, p99: 100 });
  },
};

interface Wanted {
  readonly name: string;
  readonly share?: number;
  readonly p99?: number;
}

interface RequestEnvironment {
  readonly bench: Bench;
  readonly callboard: Callboard;
  readonly tenant: BenchTenant;
  readonly processes: { readonly ours: Remote<CallboardProcess>; readonly bare: Remote<Bare> };
}

async function compare(
  { bench, callboard, processes }: RequestEnvironment,
  source: Source,
  { name, share, p99 }: Wanted,
): Promise<Finding[]> {
  const { load } = bench;
  const { rounds, roundMs: ms, atRateMs } = sizesOf(bench);
  const runs: Record<'ours' | 'bare', Run[]> = { ours: [], bare: [] };
  await load.call('prepare', { name: 'ours', source });
  for (let round = -1; round < rounds; round += 1) {
    for (const one of ['bare', 'ours'] as const) {
      const ask = (): Promise<number> => load.call('asFastAs', { name: one, connections: CONNECTIONS, ms });
      const run = await bench.run(processes[one], ask);
      if (round >= 0) runs[one].push(run); // the first is for warming up
    }
    await callboard.query('checkpoint');
  }
  const perSecond = median(runs.ours.map((run) => run.perSecond)) * SHARE_OF_THE_RATE;
  const slowest: number[] = [];
  for (let round = 0; round < 2; round += 1) {
    slowest.push(quantile((await load.call('atRate', { name: 'ours', perSecond, ms: atRateMs })).latencies, 0.99));
  }
  return [
    ratio(
      { name: `${name}, of a bare route`, unit: '/s', ...(share !== undefined && { wanted: { atLeast: share } }) },
      seriesOf(`requests, ${CONNECTIONS} connections`, runs.ours),
      seriesOf('requests to a bare route with one INSERT', runs.bare),
    ),
    figure(
      { name: `${name}, p99 at 80 % of its rate`, unit: 'ms', ...(p99 !== undefined && { wanted: { atMost: p99 } }) },
      { of: `p99 at ${Math.round(perSecond)} requests a second`, values: slowest },
    ),
  ];
}

/** An api process and the bare one, each alone with the database while it is measured. */
async function setUp(bench: Bench): Promise<RequestEnvironment> {
  const callboard = await bench.callboard();
  const ours = await callboard.start('api');
  const bare = Remote.start<Bare>('bare.process.js');
  bench.finally(() => bare.end());
  const origin = await bare.call('listen', { databaseUrl: callboard.databaseUrl, poolSize: POOL_SIZE });
  await bench.load.call('prepare', { name: 'bare', source: { kind: 'bare', origin } });
  return { bench, callboard, tenant: await callboard.tenant(), processes: { ours, bare } };
}

/** Messages that the provider has accepted, for callbacks to refer to: one from the product, and copies of it. */
async function sentMessages({ bench, callboard, tenant }: RequestEnvironment): Promise<void> {
  const worker = await callboard.start('worker');
  const archive = new Archive(callboard);
  const patternId = await archive.live(tenant, 'sms', 'sent');
  await callboard.stop(worker);
  const until = new Date();
  const from = new Date(until.getTime() - 60_000);
  await archive.copy({ patternId, count: bench.full ? 600_000 : 150_000, first: 1, from, until });
}
