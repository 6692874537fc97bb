/** `npm run chaos -- --odd`: some recipients are refused for a reason that no table lists. Nobody else is to be late for them. */
import { setTimeout as delay } from 'node:timers/promises';
import { recordedMessages } from '../harness/sandbox-record.js';
import { ChaosEnvironment, type QueueKind } from './environment.js';
import { Scenario, type Mixed } from './scenario.js';

const BATCH = 20;
/** A lane that is refused rests for 7.5 seconds at least: no rest falls between two looks. */
const PAUSE_MS = 500;
const ODD_SHARE = 0.1;
/** Longer than three attempts. */
const DEADLINE_MS = 5 * 60_000;

export interface OddRun {
  readonly seed: number;
  readonly good: number;
  readonly odd: number;
  /** Others that waited in a lane at rest for what odd ones were answered. However slow the machine is, nobody is one of them. */
  readonly late: number;
  /** Others that were not taken exactly once. */
  readonly notOnce: number;
  /** Odd ones that have not failed by themselves, after three attempts. */
  readonly notFailed: number;
  readonly longestMs: number;
}

/** The fields that must be 0. */
export const ODD_VIOLATIONS = ['late', 'notOnce', 'notFailed'] as const;

/** Sends so many messages through every provider, a tenth of them to odd recipients, and goes on until those have failed. */
export async function oddOnes(queue: QueueKind, seed: number, messages: number): Promise<OddRun> {
  const environment = await ChaosEnvironment.open(queue);
  try {
    const scenario = new Scenario(environment.url, seed, messages, 0);
    await scenario.prepare();
    const sent: Mixed = { good: [], odd: [] };
    const held = new Set<string>();
    const deadline = Date.now() + DEADLINE_MS;
    const isOver = async (): Promise<boolean> =>
      Date.now() > deadline || (sent.good.length + sent.odd.length >= messages && !(await anyWaits(environment, sent)));
    while (!(await isOver())) {
      const { good, odd } = await scenario.sendMixed(BATCH, sent.odd.length < messages * ODD_SHARE ? ODD_SHARE : 0);
      sent.good.push(...good);
      sent.odd.push(...odd);
      for (const id of await waitingInRest(environment)) held.add(id);
      await delay(PAUSE_MS);
    }
    await environment.whenEmpty(DEADLINE_MS);
    return { seed, ...(await judgeOdd(environment, sent, held)) };
  } finally {
    await environment.close();
  }
}

async function anyWaits(environment: ChaosEnvironment, { odd }: Mixed): Promise<boolean> {
  const rows = await environment.query(`select from pending where message_id = any($1) limit 1`, [odd]);
  return rows.length > 0;
}

/** What waits in lanes that are refused. */
async function waitingInRest(environment: ChaosEnvironment): Promise<string[]> {
  const rows = await environment.query<{ id: string }>(
    `select message_id as id from pending join lane on lane.id = lane_id
     where rest_until > clock_timestamp() and rest_reason = 'config'`,
  );
  return rows.map(({ id }) => id);
}

async function judgeOdd(
  environment: ChaosEnvironment,
  { good, odd }: Mixed,
  held: ReadonlySet<string>,
): Promise<Omit<OddRun, 'seed'>> {
  const taken = Map.groupBy(await recordedMessages(environment.url), ({ messageId = 'of nobody' }) => messageId);
  const rows = await environment.query<{ id: string; at: number }>(
    `select id, (extract(epoch from uuid_extract_timestamp(id)) * 1000)::float8 as at from message where id = any($1)`,
    [good],
  );
  const waits = rows.map(({ id, at }) => Date.parse(taken.get(id)?.[0]?.acceptedAt ?? '') - at);
  const failed = await environment.query(
    `select from message where id = any($1) and status = 'failed' and reason = 'provider_refused' and attempts >= 3`,
    [odd],
  );
  return {
    good: good.length,
    odd: odd.length,
    late: good.filter((id) => held.has(id)).length,
    notOnce: good.filter((id) => taken.get(id)?.length !== 1).length,
    notFailed: odd.length - failed.length,
    longestMs: Math.round(Math.max(...waits)),
  };
}
