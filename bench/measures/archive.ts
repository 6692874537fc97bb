/** Queries over a month of millions of messages: a tenant's usage and its history. */
import { setTimeout as delay } from 'node:timers/promises';
import { encodeCursor } from '../../src/kernel/index.js';
import { Archive, type Reached } from '../archive.js';
import type { Bench, Measure } from '../bench.js';
import type { BenchTenant, Callboard } from '../callboard.js';
import { figure, ratio, type Finding } from '../findings.js';
import { guest, type BenchChannel } from '../people.js';
import { quantile } from '../statistics.js';

/** Shares of a hundred messages, by tenant. */
const MESSAGES: readonly (readonly [share: number, large: boolean, BenchChannel, Reached])[] = [
  [38, true, 'sms', 'delivered'],
  [30, true, 'email', 'sent'],
  [1, true, 'sms', 'undelivered'],
  [1, true, 'email', 'skipped_no_consent'],
  [20, false, 'sms', 'delivered'],
  [10, false, 'email', 'sent'],
];

interface Filled {
  readonly callboard: Callboard;
  readonly large: BenchTenant;
  readonly count: number;
}

export const archives: Measure = {
  name: 'archive',
  about: 'a month’s usage and pages of history, with many messages',
  async run(bench) {
    const few = await fill(bench, bench.full ? 50_000 : 5_000);
    const many = await fill(bench, bench.full ? 5_000_000 : 500_000);
    return [...(await usage(bench, few, many)), ...(await history(bench, many))];
  },
};

/** Fills the current month up to now; the product's own worker rolls its events up into usage. */
async function fill(bench: Bench, count: number): Promise<Filled> {
  const callboard = await bench.callboard();
  await callboard.start('api');
  const worker = await callboard.start('worker');
  const [large, small] = [await callboard.tenant(), await callboard.tenant()];
  const archive = new Archive(callboard);
  const until = new Date();
  const from = new Date(Date.UTC(until.getUTCFullYear(), until.getUTCMonth(), 1));
  let first = 1;
  for (const [share, isLarge, channel, status] of MESSAGES) {
    const patternId = await archive.live(isLarge ? large : small, channel, status, 1_000_000 + first);
    await archive.copy({ patternId, count: (count * share) / 100, first, from, until });
    first += 1;
  }
  await callboard.query('analyze message, message_event');
  bench.say(`${count} messages filled in`);
  const started = performance.now();
  const behind = `select from message_event, event_cursor as cursor where name = 'usage' and (message_event.tx, message_event.seq) > (cursor.tx, cursor.seq) limit 1`;
  while ((await callboard.query(behind)).length > 0) await delay(500);
  bench.say(`and rolled up, ${Math.round((performance.now() - started) / 1_000)} s later`);
  await expectBilled(callboard, large);
  await callboard.stop(worker);
  await callboard.query('checkpoint');
  return { callboard, large, count };
}

/** Verifies that usage has counted what the ledger holds: otherwise the figures mean nothing. */
async function expectBilled(callboard: Callboard, { id, key }: BenchTenant): Promise<void> {
  const month = new Date().toISOString().slice(0, 7);
  const { total } = await callboard.ask<{ total: { messages: number } }>(key, 'GET', `/api/usage?month=${month}`);
  const [sent] = await callboard.query<{ count: number }>(
    'select count(sent_at)::int as count from message where tenant_id = $1',
    [id],
  );
  if (total.messages !== sent?.count) throw new Error(`Usage says ${total.messages}, the ledger ${sent?.count}`);
}

async function usage(bench: Bench, few: Filled, many: Filled): Promise<Finding[]> {
  const rounds = bench.full ? 10 : 5;
  const month = new Date().toISOString().slice(0, 7);
  const waits: Record<'few' | 'many', number[]> = { few: [], many: [] };
  for (let round = -1; round < rounds; round += 1) {
    for (const [name, { callboard, large }] of Object.entries({ few, many }) as ['few' | 'many', Filled][]) {
      const p50 = await slowest(bench, { callboard, large }, [`/api/usage?month=${month}`], { count: 100, of: 0.5 });
      if (round >= 0) waits[name].push(p50);
    }
  }
  return [
    ratio(
      { name: 'a month’s usage, to a hundredth of the messages', unit: 'ms', wanted: { atMost: 2 } },
      { of: `GET /api/usage, ${many.count} messages`, values: waits.many },
      { of: `GET /api/usage, ${few.count} messages`, values: waits.few },
    ),
  ];
}

async function history(bench: Bench, filled: Filled): Promise<Finding[]> {
  const { callboard, large, count } = filled;
  const [deep] = await callboard.query<{ id: string; at: string; to: string }>(
    `select id, uuid_extract_timestamp(id)::text as at, recipient as to from message
     where tenant_id = $1 and channel = 'sms' order by id offset $2 limit 1`,
    [large.id, Math.round(count / 20)],
  );
  if (!deep) throw new Error('There is no history');
  const since = new Date(deep.at);
  const day = { since: since.toISOString(), until: new Date(since.getTime() + 86_400_000).toISOString() };
  const pages: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    'first page': {},
    'deep page': { cursor: encodeCursor(deep.id) },
    'one day': day,
    'of a channel': { channel: 'sms' },
    'of a channel, deep': { channel: 'email', cursor: encodeCursor(deep.id) },
    'of a frequent status': { status: 'delivered' },
    'of a rare status': { status: 'undelivered' },
    'of a status that no message has': { status: 'failed' },
    'of a channel that no message has': { channel: 'voice' },
    'of a recipient': { to: guest('sms', 4_711) },
    'of a reference that no message has': { reference: 'none' },
  };
  const findings: Finding[] = [];
  for (const [name, filters] of Object.entries(pages)) {
    const path = `/api/history?${new URLSearchParams(filters).toString()}`;
    const rounds = Array.from({ length: bench.full ? 5 : 3 });
    const waits: number[] = [];
    for (const _ of rounds) waits.push(await slowest(bench, filled, [path], { count: 40, of: 0.95 }));
    findings.push(
      figure(
        { name: `history, ${name}`, unit: 'ms', wanted: { atMost: 20 } },
        { of: 'p95 of a page of 50', values: waits },
      ),
    );
  }
  return findings;
}

/** A quantile of the latencies of these requests in milliseconds, one after the other. */
export async function slowest(
  { load }: Bench,
  { callboard, large }: Pick<Filled, 'callboard' | 'large'>,
  paths: readonly string[],
  { count, of }: { count: number; of: number },
): Promise<number> {
  const source = { kind: 'gets', origin: callboard.url, key: large.key, paths } as const;
  await load.call('prepare', { name: 'pages', source });
  return quantile(await load.call('oneByOne', { name: 'pages', count, ms: 1_000 }), of);
}
