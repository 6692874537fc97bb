/** Whether all that was promised has arrived, once each: by the providers' own record, and by ours. */
import { query } from '../harness/query.js';
import { recordedMessages } from '../harness/sandbox-record.js';
import { until } from '../harness/until.js';
import type { Traffic } from './traffic.js';

/** No machine that does its work needs so long for 20,000 messages. */
const PATIENCE_MS = 15 * 60_000;

export interface Books {
  readonly promised: number;
  /** Calls that the providers took. */
  readonly taken: number;
  /** Recipients who were promised a message and got none. */
  readonly lost: readonly string[];
  /** Recipients who got more than one. */
  readonly doubled: readonly string[];
  /** Recipients who got one that nobody was promised. */
  readonly unasked: readonly string[];
  /** Messages in doubt, which only an operator could settle. */
  readonly unknown: number;
  /** By how much usage and the ledger's sent messages differ. */
  readonly usageOff: number;
}

/** Waits until nothing is under way. What a lost call leaves in doubt is looked at now, not in minutes. */
export async function whenQuiet(databaseUrl: string): Promise<void> {
  const isQuiet = async (): Promise<boolean> => {
    await query(databaseUrl, `update doubt set look_at = now() where look_at > now() and look_at < 'infinity'`);
    await query(databaseUrl, `update pending set ready_at = now() where claim is null and ready_at > now()`);
    const waiting = `select from pending union all select from campaign where frozen_at is null
      union all select from inbox where applied_at is null union all select from doubt where look_at < 'infinity' limit 1`;
    return (await query(databaseUrl, waiting)).length === 0;
  };
  await until(isQuiet, { what: 'Nothing is under way', withinMs: PATIENCE_MS, everyMs: 500 });
}

/** Compares them. Call it when nothing is under way. */
export async function compare(databaseUrl: string, url: string, traffic: Traffic): Promise<Books> {
  const taken = await recordedMessages(url);
  const times = new Map<string, number>();
  for (const { to } of taken) times.set(to, (times.get(to) ?? 0) + 1);
  const [row] = await query<{ unknown: number; sent: number }>(
    databaseUrl,
    `select (count(*) filter (where status = 'unknown'))::int as unknown,
       (count(*) filter (where sent_at is not null))::int as sent from message`,
  );
  const { unknown = NaN, sent = NaN } = row ?? {};
  return {
    promised: traffic.promised.size,
    taken: taken.length,
    lost: [...traffic.promised].filter((to) => !times.has(to)),
    doubled: [...times].filter(([, count]) => count > 1).map(([to]) => to),
    unasked: [...times.keys()].filter((to) => !traffic.promised.has(to)),
    unknown,
    usageOff: await usageOff(traffic, sent),
  };
}

/** Usage follows the facts by a moment. */
async function usageOff(traffic: Traffic, sent: number): Promise<number> {
  const deadline = performance.now() + 60_000;
  let off = NaN;
  await until(async () => {
    const { total } = await traffic.client.ask<{ total: { messages: number } }>('GET', '/api/usage');
    off = Math.abs(total.messages - sent);
    return off === 0 || performance.now() > deadline;
  });
  return off;
}

/** Nothing is lost, doubled or miscounted. */
export const areRight = ({ lost, doubled, unasked, unknown, usageOff: off }: Books): boolean =>
  lost.length + doubled.length + unasked.length + unknown + off === 0;

/** One line. */
export const told = ({ promised, taken, lost, doubled, unasked, unknown, usageOff: off }: Books): string =>
  `${promised} messages, ${taken} taken: lost ${lost.length}, doubled ${doubled.length}, unasked ${unasked.length}, ` +
  `unknown ${unknown}, usage off by ${off}`;
