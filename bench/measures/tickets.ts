/** How long a small tenant's ticket takes from the request to the provider, while another tenant's bulk runs and while nothing does. */
import { setTimeout as delay } from 'node:timers/promises';
import { Archive } from '../archive.js';
import type { Bench, Measure } from '../bench.js';
import type { BenchTenant, Desk } from '../desk.js';
import { ratio } from '../findings.js';
import { CHANNELS, type BenchChannel } from '../people.js';
import { quantile } from '../statistics.js';

/** Tickets a second on each channel. */
const PER_SECOND = 10;
const WITHIN_MS = 30_000;

type Waits = Record<BenchChannel, number[]>;

export const tickets: Measure = {
  name: 'tickets',
  about: 'a ticket from request to provider, while the bulk of another tenant runs on the same lane and on another',
  async run(bench) {
    const rounds = bench.full ? 6 : 3;
    const ms = bench.full ? 12_000 : 4_000;
    const desk = await bench.desk();
    await desk.start('api');
    await desk.start('worker');
    const [small, large] = [await desk.tenant(), await desk.tenant()];
    for (const channel of CHANNELS) {
      const source = { kind: 'tickets', origin: desk.url, key: small.key, channel, count: 10_000 } as const;
      await bench.load.call('prepare', { name: channel, source });
    }
    await bench.provider.call('watch', true);
    bench.finally(() => bench.provider.call('watch', false));
    const bulk = new Bulk(desk, large, bench.full ? 100_000 : 50_000);
    await bulk.prepare();
    await ticketWaits(bench, 2_000); // warms up

    const idle: Waits = { email: [], sms: [] };
    const busy: Waits = { email: [], sms: [] };
    for (let round = 0; round < rounds; round += 1) {
      add(idle, await ticketWaits(bench, ms));
      await bulk.begin();
      add(busy, await ticketWaits(bench, ms));
      await bulk.end();
    }
    const wanted = { atMost: 2 };
    const compare = (name: string, channel: BenchChannel): ReturnType<typeof ratio> =>
      ratio(
        { name, unit: 'ms', wanted },
        { of: `p95 from request to provider, ${channel}, beside a bulk of email`, values: busy[channel] },
        { of: `the same while nothing else runs`, values: idle[channel] },
      );
    return [
      compare('ticket, p95 on the lane of a bulk, to idle', 'email'),
      compare('ticket, p95 on another lane, to idle', 'sms'),
    ];
  },
};

/** The large tenant's mails, on the lane that all email shares. */
class Bulk {
  private readonly archive: Archive;
  private patternId = '';
  private laneId = '';

  constructor(
    private readonly desk: Desk,
    private readonly tenant: BenchTenant,
    private readonly size: number,
  ) {
    this.archive = new Archive(desk);
  }

  /** All its people opt in; the lane learns its rate. */
  async prepare(): Promise<void> {
    await this.archive.live(this.tenant, 'email', 'sent');
    await this.archive.optIn(this.tenant, 'email', this.size);
    const granted = `select id from lane where provider = 'ses' and rate_per_second > 1000`;
    for (;;) {
      const [lane] = await this.desk.query<{ id: string }>(granted);
      if (lane) {
        this.laneId = lane.id;
        break;
      }
      await delay(100);
    }
    await this.open(false);
    this.patternId = await this.archive.live(this.tenant, 'email', 'queued');
    await this.desk.query(`update pending set ready_at = 'infinity' where message_id = $1`, [this.patternId]);
    await this.open(true);
  }

  async begin(): Promise<void> {
    await this.open(false);
    const now = new Date();
    await this.archive.copy({ patternId: this.patternId, count: this.size, first: 0, from: now, until: now });
    await this.desk.query(`update pending set ready_at = now() where message_id <> $1`, [this.patternId]);
    await this.desk.query('checkpoint');
    await this.open(true);
    await delay(1_500); // the sweep finds it within a second
  }

  /** What is left of it is taken out of the line. Raises an Error when nothing is: then the tickets had the lane to themselves. */
  async end(): Promise<void> {
    const left = await this.desk.query(
      'delete from pending where tenant_id = $1 and message_id <> $2 and claim is null returning message_id',
      [this.tenant.id, this.patternId],
    );
    if (left.length === 0) throw new Error('The bulk was over before the tickets were');
    while ((await this.desk.query('select from pending where message_id <> $1 limit 1', [this.patternId])).length > 0)
      await delay(50);
  }

  private async open(open: boolean): Promise<void> {
    await this.desk.query('update lane set state = $2 where id = $1', [this.laneId, open ? 'active' : 'stopped']);
  }
}

/** Sends tickets at a constant rate on both channels, and answers how long each was on its way. */
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
