/** One run: a stage, a story, something that breaks it, and a verdict. */
import { Monkey } from './monkey.js';
import { judge, type Verdict } from './oracle.js';
import { settle } from './settle.js';
import { Stage, type QueueKind } from './stage.js';
import { Story } from './story.js';

export interface Plan {
  readonly queue: QueueKind;
  readonly seed: number;
  readonly singles: number;
  readonly readers: number;
  /** Instead of all that the monkey does, a worker is killed this often until everything is sent. */
  readonly killEveryMs: number | undefined;
}

export interface Report {
  readonly plan: Plan;
  readonly verdict: Verdict;
  /** What was done, in order. */
  readonly deeds: readonly string[];
  readonly stops: number;
  /** Reports of providers that came when all was over. */
  readonly late: number;
  readonly seconds: number;
}

/** All that a run may be accused of. */
export const CRIMES = ['lost', 'duplicated', 'afterStop', 'usageOff'] as const;

export const isGuilty = ({ verdict }: Report): boolean => CRIMES.some((crime) => verdict[crime] > 0);

export async function run(plan: Plan): Promise<Report> {
  const started = performance.now();
  const stage = await Stage.open(plan.queue);
  try {
    const story = new Story(stage.url, plan.seed, plan.singles, plan.readers);
    await story.prepare();
    const monkey = new Monkey(stage, plan.seed, (faults) => story.client.ask('PUT', '/sandbox/faults', faults));
    const over = new AbortController();
    const rage = plan.killEveryMs === undefined ? monkey.rage(over.signal) : monkey.kill(plan.killEveryMs, over.signal);
    rage.catch(() => undefined); // told below
    await told(stage, story, plan).finally(() => over.abort());
    await rage;
    await settle(stage, story);
    const late = await stage.letReportsIn();
    await settle(stage, story);
    return {
      ...{ plan, verdict: await judge(stage, story), deeds: monkey.deeds, stops: story.stops.length, late },
      seconds: (performance.now() - started) / 1_000,
    };
  } finally {
    await stage.close();
  }
}

/** A killer goes on until all is sent; the monkey only while there is something to accept. */
async function told(stage: Stage, story: Story, { killEveryMs }: Plan): Promise<void> {
  await story.tell();
  if (killEveryMs !== undefined) await stage.whenEmpty();
}
