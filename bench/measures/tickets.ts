/** How long a small tenant's ticket takes from the request to the provider, with another tenant's campaign beside it and without. */
import { setTimeout as delay } from 'node:timers/promises';
import { Archive } from '../archive.js';
import { Campaign, importAudience } from '../campaign.js';
import type { Bench, Measure } from '../bench.js';
import type { BenchTenant, Callboard } from '../callboard.js';
import { figure, ratio } from '../findings.js';
import { CHANNELS, type BenchChannel } from '../people.js';
import { quantile } from '../statistics.js';

/** Tickets a second on each channel. */
const PER_SECOND = 10;
const WITHIN_MS = 30_000;
/** Recipients of the campaign. */
const BULK = 100_000;

type Waits = Record<BenchChannel, number[]>;

export const tickets: Measure = {
  name: 'tickets',
  about: 'a ticket from request to provider, while the campaign of another tenant runs on the same lane and on another',
  async run(bench) {
    const rounds = bench.full ? 9 : 3;
    const ms = 8_000; // a campaign gives way from the first ticket on: that one is to be among the slowest twentieth
    const callboard = await bench.callboard();
    await callboard.start('api');
    await callboard.start('worker');
    const [small, large] = [await callboard.tenant(), await callboard.tenant()];
    for (const channel of CHANNELS) {
      const source = { kind: 'tickets', origin: callboard.url, key: small.key, channel, count: 10_000 } as const;
      await bench.load.call('prepare', { name: channel, source });
    }
    await bench.provider.call('watch', true);
    bench.finally(() => bench.provider.call('watch', false));
    const bulk = new Bulk(callboard, large);
    await bulk.prepare();
    await ticketWaits(bench, 2_000); // warms up

    const idle: Waits = { email: [], sms: [] };
    const busy: Waits = { email: [], sms: [] };
    const rates: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      add(idle, await ticketWaits(bench, ms));
      await bulk.begin();
      add(busy, await ticketWaits(bench, ms));
      rates.push(await bulk.end());
    }
    const wanted = { atMost: 2 };
    const compare = (name: string, channel: BenchChannel): ReturnType<typeof ratio> =>
      ratio(
        { name, unit: 'ms', wanted },
        { of: `p95 from request to provider, ${channel}, beside a campaign of email`, values: busy[channel] },
        { of: `the same while nothing else runs`, values: idle[channel] },
      );
    return [
      compare('ticket, p95 on the lane of a campaign, to idle', 'email'),
      compare('ticket, p95 on another lane, to idle', 'sms'),
      figure(
        { name: 'the campaign meanwhile', unit: '/s' },
        { of: 'messages a second of a campaign by email beside tickets', values: rates },
      ),
    ];
  },
};

/** The large tenant's campaign by email, on the lane that all email shares. */
class Bulk {
  private campaign: Campaign | undefined;
  private audienceId = '';
  private resumedAt = 0;

  constructor(
    private readonly callboard: Callboard,
    private readonly tenant: BenchTenant,
  ) {}

  /** Opts all its people in, imports them as an audience, and waits until the lane knows its rate. */
  async prepare(): Promise<void> {
    const archive = new Archive(this.callboard);
    await archive.live(this.tenant, 'email', 'sent');
    await archive.optIn(this.tenant, 'email', BULK);
    this.audienceId = await importAudience(this.callboard, this.tenant, 'email', BULK);
    const granted = `select from lane where provider = 'ses' and rate_per_second > 1000`;
    while ((await this.callboard.query(granted)).length === 0) await delay(100);
  }

  async begin(): Promise<void> {
    const campaign = await Campaign.launched(this.callboard, this.tenant, 'email', this.audienceId);
    await campaign.act('pause');
    await campaign.frozen();
    await this.callboard.query('checkpoint');
    this.resumedAt = performance.now();
    await campaign.act('resume');
    this.campaign = campaign;
  }

  /**
   * Cancels what is left of it, and answers how many of its messages were sent per second. Raises an Error when none is left: then
   * the tickets had the lane to themselves.
   */
  async end(): Promise<number> {
    const seconds = (performance.now() - this.resumedAt) / 1000;
    const left = (await this.campaign?.state())?.progress.remaining ?? 0;
    if (left === 0) throw new Error('The campaign was over before the tickets were');
    await this.campaign?.act('cancel');
    while ((await this.callboard.query('select from pending limit 1')).length > 0) await delay(50);
    return (BULK - left) / seconds;
  }
}

/** Sends tickets at a constant rate on both channels, and answers the 95th percentile of their latencies. */
async function ticketWaits({ load, provider }: Bench, ms: number): Promise<Record<BenchChannel, number>> {
  await provider.call('arrivals');
  const runs = await Promise.all(CHANNELS.map((name) => load.call('atRate', { name, perSecond: PER_SECOND, ms })));
  const wanted = runs.reduce((sum, { intended }) => sum + intended.length, 0);
  const arrivals = new Map<string, number>();
  const deadline = Date.now() + WITHIN_MS;
  while (arrivals.size < wanted) {
    if (Date.now() > deadline) throw new Error(`${wanted - arrivals.size} of ${wanted} tickets did not arrive`);
    for (const { channel, key, at } of await provider.call('arrivals')) arrivals.set(`${channel} ${key}`, at);
    await delay(20);
  }
  const p95 = CHANNELS.map((channel, place): [BenchChannel, number] => {
    const { first = 0, intended = [] } = runs[place] ?? {};
    const waits = intended.map((due, index) => (arrivals.get(`${channel} ${first + index}`) ?? Infinity) - due);
    return [channel, quantile(waits, 0.95)];
  });
  return Object.fromEntries(p95) as Record<BenchChannel, number>;
}

function add(waits: Waits, p95: Record<BenchChannel, number>): void {
  for (const channel of CHANNELS) waits[channel].push(p95[channel]);
}
