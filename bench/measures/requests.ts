/** Requests a second of the API and of the webhooks, against a bare route with one INSERT, and how long they take below that. */
import { Archive } from '../archive.js';
import type { Bare } from '../bare.process.js';
import type { Bench, Measure } from '../bench.js';
import type { BenchTenant, Desk } from '../desk.js';
import { POOL_SIZE, TWILIO } from '../desk.config.js';
import { figure, ratio, type Finding } from '../findings.js';
import { Remote } from '../remote.js';
import type { Source } from '../requests.js';
import { median, quantile } from '../statistics.js';

/** As many requests at once as keep two cores busy. */
const CONNECTIONS = 32;
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
    const { desk, tenant, bare } = await setUp(bench);
    const { url: origin } = desk;
    const against = (idempotent: boolean): Promise<Finding[]> =>
      compare(
        bench,
        desk,
        { bare, ours: { kind: 'messages', origin, key: tenant.key, idempotent } },
        {
          name: idempotent ? 'POST /api/messages with an Idempotency-Key' : 'POST /api/messages',
          ...(!idempotent && { share: 0.5, p99: 50 }),
        },
      );
    return [...(await against(false)), ...(bench.full ? await against(true) : [])];
  },
};

export const webhookRequests: Measure = {
  name: 'webhooks',
  about: 'POST /webhook/twilio: signed callbacks a second, and how long they take',
  async run(bench) {
    const { desk, tenant, bare } = await setUp(bench);
    await sentMessages(bench, desk, tenant);
    const ours: Source = { kind: 'callbacks', origin: desk.url, databaseUrl: desk.databaseUrl, ...TWILIO };
    return compare(bench, desk, { bare, ours }, { name: 'POST /webhook/twilio', share: 0.5, p99: 100 });
  },
};

interface Wanted {
  readonly name: string;
  readonly share?: number;
  readonly p99?: number;
}

async function compare(
  bench: Bench,
  desk: Desk,
  sources: { readonly bare: Source; readonly ours: Source },
  { name, share, p99 }: Wanted,
): Promise<Finding[]> {
  const { load } = bench;
  const { rounds, roundMs: ms, atRateMs } = sizesOf(bench);
  const rates: Record<'ours' | 'bare', number[]> = { ours: [], bare: [] };
  await load.call('prepare', { name: 'ours', source: sources.ours });
  await load.call('prepare', { name: 'bare', source: sources.bare });
  bench.say(name);
  for (let round = -1; round < rounds; round += 1) {
    for (const one of ['bare', 'ours'] as const) {
      const rate = await load.call('asFastAs', { name: one, connections: CONNECTIONS, ms });
      if (round >= 0) rates[one].push(rate); // the first is for warming up
    }
    await desk.query('checkpoint');
  }
  const perSecond = median(rates.ours) * SHARE_OF_THE_RATE;
  const slowest: number[] = [];
  for (let round = 0; round < 2; round += 1) {
    slowest.push(quantile((await load.call('atRate', { name: 'ours', perSecond, ms: atRateMs })).latencies, 0.99));
  }
  return [
    ratio(
      { name: `${name}, of a bare route`, unit: '/s', ...(share !== undefined && { wanted: { atLeast: share } }) },
      { of: `requests, ${CONNECTIONS} connections`, values: rates.ours },
      { of: 'requests to a bare route with one INSERT', values: rates.bare },
    ),
    figure(
      { name: `${name}, p99 at 80 % of its rate`, unit: 'ms', ...(p99 !== undefined && { wanted: { atMost: p99 } }) },
      { of: `p99 at ${Math.round(perSecond)} requests a second`, values: slowest },
    ),
  ];
}

/** An api process and the bare one, each alone with the database while it is asked. */
async function setUp(bench: Bench): Promise<{ desk: Desk; tenant: BenchTenant; bare: Source }> {
  const desk = await bench.desk();
  await desk.start('api');
  const process = Remote.start<Bare>('bare.process.js');
  bench.finally(() => process.end());
  const origin = await process.call('listen', { databaseUrl: desk.databaseUrl, poolSize: POOL_SIZE });
  return { desk, tenant: await desk.tenant(), bare: { kind: 'bare', origin } };
}

/** Messages that the provider took, for callbacks to speak of: one as the product makes it, and copies. */
async function sentMessages(bench: Bench, desk: Desk, tenant: BenchTenant): Promise<void> {
  const worker = await desk.start('worker');
  const archive = new Archive(desk);
  const patternId = await archive.live(tenant, 'sms', 'sent');
  await desk.stop(worker);
  const until = new Date();
  const from = new Date(until.getTime() - 60_000);
  await archive.copy({ patternId, count: bench.full ? 400_000 : 40_000, first: 1, from, until });
}
