/** Reports over a month of millions of messages of many campaigns. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Archive, type Reached } from '../archive.js';
import type { Measure } from '../bench.js';
import type { BenchTenant, Callboard } from '../callboard.js';
import { figure, type Finding } from '../findings.js';
import type { BenchChannel } from '../people.js';
import { slowest } from './archive.js';

const CAMPAIGNS = 50;
/** Shares of a hundred messages of each campaign. */
const MESSAGES: readonly (readonly [share: number, BenchChannel, Reached])[] = [
  [50, 'sms', 'delivered'],
  [2, 'sms', 'undelivered'],
  [48, 'email', 'sent'],
];
const ALLOWED_MS = 200;

export const reports: Measure = {
  name: 'reports',
  about: 'reports by campaign and day, with many messages',
  async run(bench) {
    const count = bench.full ? 5_000_000 : 200_000;
    const callboard = await bench.callboard();
    await callboard.start('api');
    const worker = await callboard.start('worker');
    const tenant = await callboard.tenant();
    const since = await fill(callboard, tenant, count);
    bench.say(`${count} messages filled in`);
    for (const consumer of ['usage', 'reports']) await taken(callboard, consumer);
    await expectReported(callboard, tenant, since);
    await callboard.stop(worker);
    await callboard.query('analyze');
    const findings: Finding[] = [];
    for (const [name, by] of [
      ['delivery', 'campaign,day'],
      ['engagement', 'campaign,day'],
      ['cost', 'campaign,day'],
      ['failures', 'campaign,day,code'],
      ['latency', 'channel,day'],
    ] as const) {
      const path = `/api/reports/${name}?since=${since}&by=${by}&limit=500`;
      const waits: number[] = [];
      for (let round = -1; round < (bench.full ? 5 : 3); round += 1) {
        const p95 = await slowest(bench, { callboard, large: tenant }, [path], { count: 40, of: 0.95 });
        if (round >= 0) waits.push(p95); // the first is for warming up
      }
      const of = `p95 of a page of 500, ${count} messages`;
      findings.push(
        figure({ name: `${name} by ${by}`, unit: 'ms', wanted: { atMost: ALLOWED_MS } }, { of, values: waits }),
      );
    }
    return findings;
  },
};

/** Fills the last month up to now, and answers its first day. */
async function fill(callboard: Callboard, tenant: BenchTenant, count: number): Promise<string> {
  const archive = new Archive(callboard);
  const until = new Date();
  const from = new Date(Date.UTC(until.getUTCFullYear(), until.getUTCMonth(), 1));
  let first = 1;
  for (const [share, channel, status] of MESSAGES) {
    const patternId = await archive.live(tenant, channel, status, 1_000_000 + first);
    for (let campaign = 0; campaign < CAMPAIGNS; campaign += 1) {
      await callboard.query('update message set campaign_id = $2 where id = $1', [patternId, randomUUID()]);
      const of = Math.round((count * share) / 100 / CAMPAIGNS);
      await archive.copy({ patternId, count: of, first, from, until });
      first += of;
    }
  }
  await callboard.query('analyze message, message_event');
  return from.toISOString().slice(0, 10);
}

/** Waits until a consumer has taken all events. */
async function taken(callboard: Callboard, name: string): Promise<void> {
  const behind = `select from message_event, event_cursor as cursor
    where name = $1 and (message_event.tx, message_event.seq) > (cursor.tx, cursor.seq) limit 1`;
  while ((await callboard.query(behind, [name])).length > 0) await delay(500);
}

/** Verifies that the reports have counted what the ledger holds: otherwise the figures mean nothing. */
async function expectReported(callboard: Callboard, { id, key }: BenchTenant, since: string): Promise<void> {
  const ask = <Total>(name: string): Promise<{ total: Total }> =>
    callboard.ask<{ total: Total }>(key, 'GET', `/api/reports/${name}?since=${since}`);
  const { total: sent } = await ask<{ messages: number }>('delivery');
  const { total: failed } = await ask<{ messages: number }>('failures');
  const [ledger] = await callboard.query<{ sent: number; failed: number }>(
    `select count(sent_at)::int as sent, count(*) filter (where status = 'undelivered')::int as failed from message where tenant_id = $1`,
    [id],
  );
  if (sent.messages !== ledger?.sent || failed.messages !== ledger.failed)
    throw new Error(`Reports say ${sent.messages} and ${failed.messages}, the ledger ${JSON.stringify(ledger)}`);
}
