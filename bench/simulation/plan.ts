/** What a day's messages need at their peak: the fewest workers and processors with which a simulation of it keeps up. */
import { costsOf } from './costs.js';
import { CONNECTIONS, MEASURED } from './measured.js';
import type { LaneModel, Result } from './model.js';
import { simulate } from './simulate.js';

/** The busiest minutes have three times as many as others. */
const PEAK = 3;
/** A lane is given no more than this share of its rate, a processor no more than this share of its time. */
const FULL = 0.8;
const BUSY = 0.6;
/** Of the messages; somebody waits for these. */
const TICKETS = 0.05;
const TICKET_P95_MS = 1_000;
/** Delivery reports of a message: some providers tell of the carrier too. */
const REPORTS = 1.5;
/** Simulated at a time. */
const MESSAGES = 20_000;
const LONGEST_SECONDS = 60;
const LATENCY = { shortest: 80, median: 150 };
const GIGA = 1e9;
const DATABASE_CORES = [2, 4, 8, 16, 32, 64];

/** Messages a day in docs/scaling.md. */
export const VOLUMES = [1_000_000, 10_000_000, 100_000_000];

export interface Wish {
  readonly messagesADay: number;
  /** Of each lane, in messages a second. */
  readonly laneRate: number;
  readonly seed: number;
}

export interface Plan {
  readonly messagesADay: number;
  readonly peakPerSecond: number;
  readonly lanes: number;
  readonly workers: number;
  readonly apis: number;
  readonly databaseCores: number;
  /** How many of them are in use. */
  readonly databaseBusy: number;
  readonly ticketP95Ms: number;
  readonly logGbADay: number;
  readonly diskGbAMonth: number;
}

/** Raises an Error if no size that is tried keeps up. */
export function planFor(wish: Wish): Plan {
  const { messagesADay, laneRate } = wish;
  const peak = (messagesADay / 86_400) * PEAK;
  const lanes = Math.ceil(peak / (laneRate * FULL));
  const { workers, databaseCores, result } = smallest(wish, peak, lanes);
  const { text, report } = MEASURED;
  return {
    messagesADay,
    peakPerSecond: Math.round(peak),
    lanes,
    workers,
    apis: Math.max(2, Math.ceil((peak * REPORTS * report.service) / 1e6 / BUSY)),
    databaseCores,
    databaseBusy: result.databaseLoad * databaseCores,
    ticketP95Ms: Math.round(Math.max(...result.lanes.map(({ ticketMs }) => ticketMs?.p95 ?? 0))),
    logGbADay: (messagesADay * (text.log + REPORTS * report.log)) / GIGA,
    diskGbAMonth: (messagesADay * 30 * (text.disk + REPORTS * report.disk)) / GIGA,
  };
}

interface Tried {
  readonly workers: number;
  readonly databaseCores: number;
  readonly result: Result;
}

/** Two workers at least: one may die. Fewer than have the connections for what is under way are not tried. */
function smallest(wish: Wish, peak: number, lanes: number): Tried {
  for (const databaseCores of DATABASE_CORES)
    for (let workers = Math.max(2, underWay(peak)); workers <= lanes + 2; workers += 1) {
      const result = atPeak(wish, peak, lanes, { workers, databaseCores });
      if (result.databaseLoad > BUSY) break; // more workers would not help
      if (keepsUp(result, peak)) return { workers, databaseCores, result };
    }
  throw new Error(`Nothing that was tried keeps up with ${Math.round(peak)} messages a second`);
}

const secondsOf = (peak: number): number => Math.min(LONGEST_SECONDS, MESSAGES / peak);

const underWay = (peak: number): number => Math.floor((peak * LATENCY.median) / 1_000 / CONNECTIONS);

const keepsUp = ({ lanes, workerLoad }: Result, peak: number): boolean =>
  workerLoad <= BUSY &&
  lanes.reduce((sum, { sent }) => sum + sent, 0) >= peak * secondsOf(peak) * 0.95 &&
  lanes.every(({ ticketMs }) => (ticketMs?.p95 ?? 0) <= TICKET_P95_MS);

/** Some seconds of it: campaigns as large as what comes in that time, and tickets beside. */
function atPeak(
  { laneRate, seed }: Wish,
  peak: number,
  count: number,
  size: { readonly workers: number; readonly databaseCores: number },
): Result {
  const [each, seconds] = [peak / count, secondsOf(peak)];
  const lanes: LaneModel[] = Array.from({ length: count }, (_, place) => ({
    name: `lane ${place + 1}`,
    rate: laneRate,
    perCall: 1,
    campaign: Math.round(each * seconds * (1 - TICKETS)),
    tickets: each * TICKETS,
    latency: LATENCY,
  }));
  const { fast, limited, text, report } = MEASURED;
  const afterwards = text.database - fast.database + REPORTS * report.database;
  return simulate({
    seed,
    lanes,
    ...size,
    connections: CONNECTIONS,
    costs: costsOf(fast, limited, afterwards),
    seconds,
  });
}

/** A table for people, in Markdown. */
export function planTable(plans: readonly Plan[]): string {
  const rows: readonly (readonly [string, (plan: Plan) => string])[] = [
    ['messages a second at the peak', ({ peakPerSecond }) => whole(peakPerSecond)],
    ['lanes', ({ lanes }) => whole(lanes)],
    ['workers', ({ workers }) => whole(workers)],
    ['api processes', ({ apis }) => whole(apis)],
    ['processors of PostgreSQL', ({ databaseCores }) => whole(databaseCores)],
    ['of which are in use', ({ databaseBusy }) => databaseBusy.toFixed(1)],
    ['a ticket waits, p95', ({ ticketP95Ms }) => `${whole(ticketP95Ms)} ms`],
    ['WAL a day', ({ logGbADay }) => `${whole(Math.ceil(logGbADay))} GB`],
    ['disk a month', ({ diskGbAMonth }) => `${whole(Math.ceil(diskGbAMonth))} GB`],
  ];
  const head = ['messages a day', ...plans.map(({ messagesADay }) => whole(messagesADay))];
  const lines = [head, head.map(() => '---'), ...rows.map(([name, of]) => [name, ...plans.map(of)])];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const whole = (value: number): string => value.toLocaleString('en');
