/** How long alerts by phone wait behind the rate of their numbers, while other calls wait in the same lanes. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Bench, Measure } from '../bench.js';
import type { BenchTenant, Callboard } from '../callboard.js';
import type { Cost } from '../cpu.js';
import { epochMs } from '../clock.js';
import { figure, ratio, type Finding } from '../findings.js';
import { guest, ticketHolder } from '../people.js';
import type { CallArrival } from '../provider.process.js';
import { mostWithin, waitsAtRate } from '../queueing.js';
import { quantile } from '../statistics.js';

const ALERTS = 10_000;
/** More than are called while the alerts are accepted. */
const OTHERS = 5_000;
const SENDERS = 10;
/** Of each sender. */
const PER_SECOND = 20;
/** Messages of one request. */
const BATCH = 1_000;
const WITHIN_MS = 4 * (ALERTS / SENDERS / PER_SECOND) * 1_000;

interface Sender {
  readonly id: string;
  readonly address: string;
}

/** An alert: its sender, when it was accepted, and when the provider took the call. */
interface Alert {
  readonly from: string;
  readonly to: string;
  readonly acceptedAt: number;
  readonly calledAt: number;
}

export const calls: Measure = {
  name: 'calls',
  about: `${ALERTS} alerts by phone, from ${SENDERS} numbers at ${PER_SECOND} calls a second each, while other calls wait there`,
  async run(bench) {
    const callboard = await bench.callboard();
    await callboard.start('api');
    const worker = await callboard.start('worker');
    const tenant = await callboard.tenant();
    const senders = await voiceSenders(callboard, tenant);
    await bench.provider.call('watch', true);
    bench.finally(() => bench.provider.call('watch', false));
    await accept(callboard, tenant, senders, { category: 'transactional', count: OTHERS, to: otherPerson });
    let alerts: Alert[] = [];
    let arrivals: CallArrival[] = [];
    const { cost } = await bench.run(worker, async () => {
      const terms = { category: 'emergency', count: ALERTS, to: alerted };
      const acceptedAt = await accept(callboard, tenant, senders, terms);
      arrivals = await whenCalled(bench);
      alerts = alertsOf(senders, acceptedAt, arrivals);
      return ALERTS;
    });
    return [...waits(alerts), throughput(alerts, cost), ...peaks(arrivals), outranked(alerts, arrivals)];
  },
};

const alerted = (number: number): string => guest('sms', number);
const otherPerson = (number: number): string => ticketHolder('sms', number);

function voiceSenders(callboard: Callboard, { key, venueId }: BenchTenant): Promise<Sender[]> {
  return Promise.all(
    Array.from({ length: SENDERS }, async (_, index) => {
      const address = `+1628555${1_000 + index}`;
      const sender = { venueId, channel: 'voice', address, ratePerSecond: PER_SECOND };
      const { id } = await callboard.ask<{ id: string }>(key, 'POST', '/api/senders', sender);
      return { id, address };
    }),
  );
}

/** Accepts calls from each sender in turn, and answers when each was answered with 202. */
async function accept(
  callboard: Callboard,
  { key }: BenchTenant,
  senders: readonly Sender[],
  { category, count, to }: { category: string; count: number; to: (number: number) => string },
): Promise<number[]> {
  const acceptedAt: number[] = [];
  while (acceptedAt.length < count) {
    const messages = Array.from({ length: Math.min(BATCH, count - acceptedAt.length) }, (_, index) => {
      const number = acceptedAt.length + index;
      const senderId = senders[number % SENDERS]?.id;
      const content = { body: 'Gate 4 is closed. Please go to gate 5.' };
      return { channel: 'voice', category, to: to(number), senderId, content };
    });
    const path = '/api/messages/batch';
    const { items } = await callboard.ask<{ items: { error?: object }[] }>(key, 'POST', path, { messages });
    const refused = items.find(({ error }) => error);
    if (refused) throw new Error(`A call was refused: ${JSON.stringify(refused.error)}`);
    const now = epochMs();
    acceptedAt.push(...messages.map(() => now));
  }
  return acceptedAt;
}

/** All calls so far, once every alert is among them. */
async function whenCalled({ provider }: Bench): Promise<CallArrival[]> {
  const seen: CallArrival[] = [];
  const left = new Set(Array.from({ length: ALERTS }, (_, number) => alerted(number)));
  const deadline = Date.now() + WITHIN_MS;
  while (left.size > 0) {
    if (Date.now() > deadline) throw new Error(`${left.size} of ${ALERTS} alerts were not called`);
    const calledNow = await provider.call('calls');
    for (const { to } of calledNow) left.delete(to);
    seen.push(...calledNow);
    await delay(100);
  }
  return seen;
}

function alertsOf(
  senders: readonly Sender[],
  acceptedAt: readonly number[],
  arrivals: readonly CallArrival[],
): Alert[] {
  const times = new Map(arrivals.map(({ to, at }) => [to, at]));
  return acceptedAt.map((at, number) => {
    const to = alerted(number);
    return { from: senders[number % SENDERS]?.address ?? '', to, acceptedAt: at, calledAt: times.get(to) ?? Infinity };
  });
}

/** From acceptance to the call, each beside what the rate alone makes of it. */
function waits(alerts: readonly Alert[]): Finding[] {
  const ours = alerts.map(({ acceptedAt, calledAt }) => seconds(calledAt - acceptedAt));
  const bySender = [...Map.groupBy(alerts, ({ from }) => from).values()];
  const alone = bySender.flatMap((queue) =>
    waitsAtRate(
      queue.map(({ acceptedAt }) => acceptedAt),
      PER_SECOND,
    ).map(seconds),
  );
  return [['p50', 0.5] as const, ['p95', 0.95] as const, ['p99', 0.99] as const, ['longest', 1] as const].map(
    ([name, of]) =>
      ratio(
        { name: `${ALERTS} alerts, ${name} from accept to call`, unit: 's', wanted: { atMost: 1.1 } },
        { of: `${name} of calls behind a rate, other calls beside them`, values: [quantile(ours, of)] },
        { of: 'the rate alone', values: [quantile(alone, of)] },
      ),
  );
}

function throughput(alerts: readonly Alert[], cost: Cost): Finding {
  const begun = Math.min(...alerts.map(({ acceptedAt }) => acceptedAt));
  const took = Math.max(...alerts.map(({ calledAt }) => calledAt)) - begun;
  return ratio(
    { name: 'alerts a second, of the rate', unit: '/s', wanted: { atLeast: 0.95 } },
    { of: `alert by phone, ${SENDERS} senders`, values: [ALERTS / seconds(took)], cost },
    { of: 'the rate of all senders', values: [SENDERS * PER_SECOND] },
  );
}

/** What the provider saw of the busiest sender. A lane may save up a tenth of a second, and calls do not all take equally long to leave. */
function peaks(arrivals: readonly CallArrival[]): Finding[] {
  const bySender = [...Map.groupBy(arrivals, ({ from }) => from).values()].map((made) => made.map(({ at }) => at));
  return [
    { period: 1, atMost: 1.2 },
    { period: 10, atMost: 1.05 },
  ].map(({ period, atMost }) =>
    ratio(
      { name: `most calls of a sender within ${period} s, of its rate`, unit: '', wanted: { atMost } },
      {
        of: 'calls of the busiest sender',
        values: [Math.max(...bySender.map((times) => mostWithin(period * 1_000, times)))],
      },
      { of: 'the rate of a sender', values: [PER_SECOND * period] },
    ),
  );
}

/** How many calls that are no alerts were made while an alert waited in their lane. */
function outranked(alerts: readonly Alert[], arrivals: readonly CallArrival[]): Finding {
  const isAlert = new Set(alerts.map(({ to }) => to));
  const queues = Map.groupBy(alerts, ({ from }) => from);
  const before = arrivals.filter(
    ({ to, from, at }) =>
      !isAlert.has(to) && queues.get(from)?.some(({ acceptedAt, calledAt }) => acceptedAt < at && at < calledAt),
  );
  return figure(
    { name: 'other calls made while an alert waited', unit: `of ${OTHERS}`, wanted: { atMost: SENDERS * 2 } },
    { of: 'transactional calls in the same lanes', values: [before.length] },
  );
}

const seconds = (ms: number): number => ms / 1_000;
