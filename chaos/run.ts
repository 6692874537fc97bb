/** One run: an environment, a scenario, faults that are injected meanwhile, and a verdict. */
import { Monkey } from './monkey.js';
import { judge, type Verdict } from './oracle.js';
import { settle } from './settle.js';
import { ChaosEnvironment, type QueueKind } from './environment.js';
import { Random } from './random.js';
import { Scenario } from './scenario.js';
import { TenantEndpoint } from './tenant-endpoint.js';

export interface Plan {
  readonly queue: QueueKind;
  readonly seed: number;
  readonly singles: number;
  readonly readers: number;
  /** Instead of random actions, a worker is killed at this interval until everything is sent. */
  readonly killEveryMs: number | undefined;
}

export interface Report {
  readonly plan: Plan;
  readonly verdict: Verdict;
  /** The monkey's actions, in order. */
  readonly actions: readonly string[];
  readonly stops: number;
  /** Delivery reports that arrived after the run. */
  readonly late: number;
  readonly seconds: number;
}

/** The fields of a verdict that must be 0. */
export const VIOLATIONS = ['lost', 'duplicated', 'afterStop', 'usageOff', 'moneyOff'] as const;

export const hasViolations = ({ verdict }: Report): boolean => VIOLATIONS.some((violation) => verdict[violation] > 0);

export async function run(plan: Plan): Promise<Report> {
  const started = performance.now();
  const environment = await ChaosEnvironment.open(plan.queue);
  const endpoint = await TenantEndpoint.open(new Random(plan.seed ^ 0x2545f491));
  try {
    const scenario = new Scenario(environment.url, plan.seed, plan.singles, plan.readers, endpoint);
    await scenario.prepare();
    const monkey = new Monkey(environment, plan.seed, (faults) =>
      scenario.client.ask('PUT', '/sandbox/faults', faults),
    );
    const over = new AbortController();
    const breaking =
      plan.killEveryMs === undefined ? monkey.run(over.signal) : monkey.kill(plan.killEveryMs, over.signal);
    breaking.catch(() => undefined); // it is awaited below
    await play(environment, scenario, plan).finally(() => over.abort());
    await breaking;
    endpoint.heal();
    await settle(environment, scenario);
    const late = await environment.deliverWithheldReports();
    await settle(environment, scenario);
    return {
      plan,
      verdict: await judge(environment, scenario),
      actions: monkey.actions,
      stops: scenario.stops.length,
      late,
      seconds: (performance.now() - started) / 1_000,
    };
  } finally {
    await environment.close();
    await endpoint.close();
  }
}

/** Kills go on until everything is sent, random actions only while messages are accepted. */
async function play(environment: ChaosEnvironment, scenario: Scenario, { killEveryMs }: Plan): Promise<void> {
  await scenario.play();
  if (killEveryMs !== undefined) await environment.whenEmpty();
}
