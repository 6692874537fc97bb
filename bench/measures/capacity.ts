/** What a message takes of processors, log and disk, and whether the simulation foresees how fast a lane is. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Measure } from '../bench.js';
import { TWILIO } from '../callboard.config.js';
import { importAudience } from '../campaign.js';
import { medianCost, type Run } from '../cpu.js';
import { figure, ratio, seriesOf, type Finding } from '../findings.js';
import { costsOf, type MeasuredCost } from '../simulation/costs.js';
import type { LaneModel } from '../simulation/model.js';
import { CONNECTIONS } from '../simulation/measured.js';
import { simulate } from '../simulation/simulate.js';
import { median } from '../statistics.js';
import { ours, setUp, USUAL_PATH, type Terms, type ThroughputEnvironment } from '../throughput-environment.js';

/** Of a campaign in a slow lane, which takes some seconds. */
const FEW = 3_000;
/** After which the provider answers. */
const SHORT_MS = 200;
const LONG_MS = 1_000;
const RATE = 400;
const UNLIMITED = 10_000;
/** Of this machine, which the database shares with all else. */
const CORES = 2;
const ROUNDS = 3;
const POLL_MS = 100;
/** Callbacks under way, which come for so long. */
const CALLBACKS = 64;
const CALLBACKS_MS = 3_000;

export const capacity: Measure = {
  name: 'capacity',
  about:
    'what a text takes of processors, log and disk; and campaigns in slow lanes, beside what the simulation foresees',
  async run(bench) {
    const people = bench.full ? 50_000 : 20_000;
    const environment = await setUp(bench, USUAL_PATH.sms, people);
    const { callboard, tenant } = environment;
    const few = { ...environment, audienceId: await importAudience(callboard, tenant, 'sms', FEW) };
    await ours(few); // warms up
    const runs: Record<'fast' | 'limited' | 'slow' | 'slower', Sent[]> = {
      fast: [],
      limited: [],
      slow: [],
      slower: [],
    };
    const whole = await taking(environment, async () => {
      runs.fast.push(await batched(environment));
      return people;
    });
    for (let round = 0; round < ROUNDS; round += 1) {
      runs.limited.push(await batched(few, { rate: RATE }));
      await bench.provider.call('delay', SHORT_MS);
      runs.slow.push(await batched(few, { rate: UNLIMITED }));
      await bench.provider.call('delay', LONG_MS);
      runs.slower.push(await batched(few, { rate: UNLIMITED }));
      await bench.provider.call('delay', 0);
    }
    const fast = costOf(runs.fast);
    const costs = costsOf(fast, costOf(runs.limited), Math.max(0, whole.database - fast.database));
    const foreseen = (lane: Pick<LaneModel, 'rate' | 'latency'>): number => {
      const lanes = [{ name: 'measured', perCall: 1, campaign: FEW, ...lane }];
      return simulate({
        seed: 1,
        lanes,
        workers: 1,
        connections: CONNECTIONS,
        databaseCores: CORES,
        costs,
        seconds: 3_600,
      }).perSecond;
    };
    const after = (ms: number): LaneModel['latency'] => ({ shortest: ms, median: ms + 1 });
    return [
      ...figures('a text of a campaign, until it is counted', whole),
      ...batches('a campaign at once', runs.fast),
      ...batches(`a lane of ${RATE} a second`, runs.limited),
      compared(`a lane of ${RATE} a second`, runs.limited, foreseen({ rate: RATE, latency: after(1) })),
      compared(`answers after ${SHORT_MS} ms`, runs.slow, foreseen({ rate: UNLIMITED, latency: after(SHORT_MS) })),
      compared(`answers after ${LONG_MS} ms`, runs.slower, foreseen({ rate: UNLIMITED, latency: after(LONG_MS) })),
      ...figures('a delivery report, until it is counted', await taking(environment, () => callbacks(environment))),
    ];
  },
};

/** A campaign that was sent, in batches of so many messages on average. */
interface Sent extends Run {
  readonly batch: number;
}

/** Each batch is recorded in a transaction of its own. */
async function batched(environment: ThroughputEnvironment, terms: Terms = {}): Promise<Sent> {
  const recorded = async (): Promise<{ messages: number; batches: number }> => {
    const [row] = await environment.callboard.query<{ messages: number; batches: number }>(
      `select count(*)::int as messages, count(distinct tx)::int as batches from message_event where kind = 'sent'`,
    );
    return row ?? { messages: 0, batches: 0 };
  };
  const before = await recorded();
  const run = await ours(environment, terms);
  const after = await recorded();
  return { ...run, batch: (after.messages - before.messages) / (after.batches - before.batches) };
}

const costOf = (sent: readonly Sent[]): MeasuredCost => {
  const { service, database = 0 } = medianCost(sent);
  return { batch: median(sent.map(({ batch }) => batch)), service, database };
};

const batches = (of: string, sent: readonly Sent[]): Finding[] => [
  figure(
    { name: `a batch of ${of}`, unit: 'messages' },
    { ...seriesOf(of, sent), values: sent.map(({ batch }) => batch) },
  ),
];

/** What one takes. */
interface Takes {
  /** Microseconds. */
  readonly service: number;
  readonly database: number;
  /** Bytes. */
  readonly log: number;
  readonly disk: number;
}

/** Measures work that answers how many it did, until nothing is left to be done for them. */
async function taking(environment: ThroughputEnvironment, work: () => Promise<number>): Promise<Takes> {
  const before = await totals(environment);
  const count = await work();
  await quiet(environment);
  const after = await totals(environment);
  const each = (of: keyof Takes): number => (after[of] - before[of]) / count;
  return { service: each('service'), database: each('database'), log: each('log'), disk: each('disk') };
}

async function totals({ bench, callboard, process }: ThroughputEnvironment): Promise<Takes> {
  await callboard.query('vacuum'); // else it gives space back while it is measured
  await callboard.query('checkpoint');
  const [sizes] = await callboard.query<{ log: number; disk: number }>(
    `select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 as log, pg_database_size(current_database())::float8 as disk`,
  );
  const [service, database = 0] = [await process.call('cpu'), bench.infrastructure.cpu()];
  return { service: service * 1_000, database: database * 1_000, log: sizes?.log ?? 0, disk: sizes?.disk ?? 0 };
}

/** Waits until usage and reports have counted everything, and all reports of providers are applied. */
async function quiet({ callboard }: ThroughputEnvironment): Promise<void> {
  const left = `select from event_cursor as cursor where name in ('usage', 'reports') and exists (
      select from message_event where (message_event.tx, message_event.seq) > (cursor.tx, cursor.seq))
    union all (select from inbox where applied_at is null limit 1)`;
  while ((await callboard.query(left)).length > 0) await delay(POLL_MS);
}

/** Delivery reports of what was sent. Answers how many. */
async function callbacks({ bench: { load }, callboard }: ThroughputEnvironment): Promise<number> {
  const source = { kind: 'callbacks', origin: callboard.url, databaseUrl: callboard.databaseUrl, ...TWILIO } as const;
  await load.call('prepare', { name: 'callbacks', source });
  return load.call('asFastAs', { name: 'callbacks', connections: CALLBACKS, ms: CALLBACKS_MS });
}

const figures = (of: string, { service, database, log, disk }: Takes): Finding[] => [
  figure({ name: `processor time of ${of}`, unit: 'µs' }, { of: 'of the service', values: [service] }),
  figure({ name: `processor time of ${of}`, unit: 'µs' }, { of: 'of PostgreSQL', values: [database] }),
  figure({ name: `log of ${of}`, unit: 'bytes' }, { of: 'WAL', values: [log] }),
  figure({ name: `disk of ${of}`, unit: 'bytes' }, { of: 'all tables and indexes', values: [disk] }),
];

/** The rate that was measured, of the one that was foreseen. */
const compared = (name: string, runs: readonly Run[], foreseen: number): Finding =>
  ratio({ name: `${name}, of the simulated one`, unit: '/s', wanted: { atLeast: 0.85 } }, seriesOf('measured', runs), {
    of: 'simulated',
    values: [foreseen],
  });
