/** `npm run chaos -- --storm`: throughput while 30 % of the calls fail in different ways, and so do the reports. */
import { setTimeout as delay } from 'node:timers/promises';
import { PROVIDERS } from './monkey.js';
import { judge, type Verdict } from './oracle.js';
import { settle } from './settle.js';
import { ChaosEnvironment, type QueueKind } from './environment.js';
import { Scenario } from './scenario.js';

/** Every kind of fault at once: 30 % of the calls. */
const CALLS = {
  tooMany: 0.06,
  serverError: 0.06,
  badGateway: 0.06,
  resetBefore: 0.06,
  resetAfter: 0.05,
  hangAfter: 0.01,
};
const CALLBACKS = { drop: 0.3, duplicate: 0.3, copies: 10, shuffle: true };
const DEADLINE_MS = 30 * 60_000;

interface Weather {
  readonly messages: number;
  /** From the launch until the queue is empty. */
  readonly seconds: number;
  /** In doubt at that moment, before reconciliation. */
  readonly unknown: number;
  readonly verdict: Verdict;
}

export interface Storm {
  readonly clean: Weather;
  readonly stormy: Weather;
}

/** A campaign of `messages` by email, and a tenth as many texts, without faults and with them. */
export async function storm(queue: QueueKind, seed: number, messages: number): Promise<Storm> {
  const plan = { seed, calls: PROVIDERS.map((provider) => ({ provider, rates: CALLS })), callbacks: CALLBACKS };
  return { clean: await weather(queue, seed, messages, {}), stormy: await weather(queue, seed, messages, plan) };
}

async function weather(queue: QueueKind, seed: number, messages: number, faults: object): Promise<Weather> {
  const environment = await ChaosEnvironment.open(queue);
  try {
    const scenario = new Scenario(environment.url, seed, Math.ceil(messages / 10), messages);
    await scenario.prepare();
    await scenario.client.ask('PUT', '/sandbox/faults', faults);
    const started = performance.now();
    await scenario.play({ withoutPauses: true });
    await environment.whenEmpty(DEADLINE_MS);
    const seconds = (performance.now() - started) / 1_000;
    const [found] = await environment.query<{ all: number; unknown: number }>(
      `select count(*)::int as all, (count(*) filter (where status = 'unknown'))::int as unknown from message`,
    );
    await scenario.client.ask('PUT', '/sandbox/faults', {});
    await delay(1_000); // reports under way
    await settle(environment, scenario);
    return {
      messages: found?.all ?? 0,
      seconds,
      unknown: found?.unknown ?? 0,
      verdict: await judge(environment, scenario),
    };
  } finally {
    await environment.close();
  }
}
