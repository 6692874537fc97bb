/** What hard budgets cost a campaign, and whether they stop it exactly and let it go on, by the provider's own record. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Measure } from '../bench.js';
import { ADMIN_KEY } from '../callboard.config.js';
import { Campaign, type BenchBudget } from '../campaign.js';
import type { Callboard } from '../callboard.js';
import type { Run } from '../cpu.js';
import { figure, ratio, seriesOf } from '../findings.js';
import { ours, setUp, USUAL_PATH, type ThroughputEnvironment } from '../throughput-environment.js';

const POLL_MS = 10;
/** More than any of these campaigns uses. */
const MONEY = { limit: 10 ** 12, currency: 'USD' };

export const budget: Measure = {
  name: 'budget',
  about: 'a campaign by SMS with hard budgets, of the same without; and what is sent beyond one',
  async run(bench) {
    const people = bench.full ? 50_000 : 10_000;
    const environment = await setUp(bench, USUAL_PATH.sms, people);
    await putPrices(environment.callboard);
    await ours(environment);
    const budgets: Readonly<Record<'none' | 'messages' | 'both', BenchBudget | undefined>> = {
      none: undefined,
      messages: { messages: 10 * people, hard: true },
      both: { messages: 10 * people, money: MONEY, hard: true },
    };
    const runs: Record<keyof typeof budgets, Run[]> = { none: [], messages: [], both: [] };
    const stops: Stop[] = [];
    for (let round = 0; round < (bench.full ? 5 : 3); round += 1) {
      for (const kind of ['none', 'messages', 'both'] as const) {
        runs[kind].push(await ours(environment, { budget: budgets[kind] }));
        await counted(environment.callboard); // else usage is taken up in a run of the other
      }
      stops.push(await stopAndGoOn(environment, people));
    }
    const without = seriesOf('whole messages of a campaign without a budget', runs.none);
    return [
      ratio(
        { name: 'with a hard budget of messages, of the same without', unit: '/s', wanted: { atLeast: 0.8 } },
        seriesOf('whole messages of a campaign with a hard budget of messages', runs.messages),
        without,
      ),
      ratio(
        { name: 'with one of money, too', unit: '/s', wanted: { atLeast: 0.8 } },
        seriesOf('whole messages of a campaign with hard budgets of messages and money', runs.both),
        without,
      ),
      figure(
        { name: `sent beyond a budget of half of ${people}`, unit: 'messages', wanted: { atMost: 0 } },
        { of: 'messages that the provider took beyond it', values: stops.map(({ beyond }) => beyond) },
      ),
      figure(
        { name: 'from the last message to held', unit: 'ms' },
        { of: 'until the campaign says what it waits for', values: stops.map(({ heldMs }) => heldMs) },
      ),
      figure(
        { name: 'from a raised budget to the next message', unit: 'ms', wanted: { atMost: 5_000 } },
        { of: 'until the provider takes it', values: stops.map(({ resumedMs }) => resumedMs) },
      ),
    ];
  },
};

interface Stop {
  readonly beyond: number;
  readonly heldMs: number;
  readonly resumedMs: number;
}

async function putPrices(callboard: Callboard): Promise<void> {
  await callboard.ask(ADMIN_KEY, 'PUT', '/api/prices?kind=plan&name=standard', [
    { channel: 'sms', country: 'US', unit: 'segment', price: '0.01', currency: 'USD' },
    { channel: 'sms', unit: 'segment', price: '0.08', currency: 'USD' },
  ]);
}

/** A campaign with a budget for half of it: until it is held, and, once that is raised, to its end. */
async function stopAndGoOn(environment: ThroughputEnvironment, people: number): Promise<Stop> {
  const { bench, callboard, tenant, channel, audienceId } = environment;
  const taken = async (): Promise<number> => (await bench.provider.call('taken')).messages;
  const [before, limit] = [await taken(), people / 2];
  const campaign = await Campaign.launched(callboard, tenant, channel, audienceId, { messages: limit, hard: true });
  await until(async () => (await taken()) >= before + limit);
  const last = performance.now();
  await until(async () => (await campaign.state()).waitsFor === 'over_budget');
  const heldMs = performance.now() - last;
  await until(async () => (await campaign.state()).budget?.messages?.used === limit);
  const beyond = (await taken()) - before - limit;
  await campaign.limit({ messages: people, hard: true });
  const raised = performance.now();
  await until(async () => (await taken()) > before + limit);
  const resumedMs = performance.now() - raised;
  await campaign.sent(POLL_MS);
  if ((await taken()) !== before + people) throw new Error('Each person of the campaign has one message');
  await counted(callboard);
  return { beyond, heldMs, resumedMs };
}

/** Waits until usage has counted all that was sent: no message holds any budget. */
const counted = (callboard: Callboard): Promise<void> =>
  until(async () => {
    const behind = `select from message_event, event_cursor as cursor
      where name = 'usage' and (message_event.tx, message_event.seq) > (cursor.tx, cursor.seq) limit 1`;
    return (await callboard.query(behind)).length === 0;
  });

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await delay(POLL_MS);
}
