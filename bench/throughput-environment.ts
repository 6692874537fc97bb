/** The environment of the throughput measures: one service with one lane, and the three ways to send the same messages. */
import { setTimeout as delay } from 'node:timers/promises';
import type { AppConfig } from '../src/app.config.js';
import { concurrencyFor } from '../src/dispatch/index.js';
import type { ProviderName } from '../src/tenants/index.js';
import type { Bench } from './bench.js';
import { Campaign, importAudience, type BenchBudget } from './campaign.js';
import type { Run } from './cpu.js';
import type { BenchTenant, Callboard } from './callboard.js';
import type { CallboardProcess } from './callboard.process.js';
import type { BenchChannel } from './people.js';
import type { RawLoop } from './raw-loop.js';
import type { Remote } from './remote.js';

const POLL_MS = 10;

/** How messages go out. */
export interface Path {
  readonly channel: BenchChannel;
  readonly provider: ProviderName;
  /** Messages in one call. */
  readonly batchSize: number;
}

/** The usual one of each channel. */
export const USUAL_PATH = {
  sms: { channel: 'sms', provider: 'twilio', batchSize: 1 },
  email: { channel: 'email', provider: 'ses', batchSize: 50 },
} as const satisfies Record<BenchChannel, Path>;

export interface ThroughputEnvironment {
  readonly bench: Bench;
  readonly callboard: Callboard;
  readonly process: Remote<CallboardProcess>;
  readonly tenant: BenchTenant;
  readonly channel: BenchChannel;
  readonly laneId: string;
  /** Everybody in it has opted in. */
  readonly audienceId: string;
  readonly loop: Omit<RawLoop, 'count' | 'concurrency'>;
}

/** One service, one tenant with an audience of `people` who have all opted in, and one lane without a limit. */
export async function setUp(
  bench: Bench,
  { channel, provider, batchSize }: Path,
  people: number,
  { queueUrl, ...more }: { readonly queueUrl?: string } & Pick<AppConfig, 'otlp'> = {},
): Promise<ThroughputEnvironment> {
  const callboard = await bench.callboard(queueUrl === undefined ? {} : { queueUrl });
  const process = await callboard.start('all', more);
  const tenant = await callboard.tenant({ [channel]: provider });
  await callboard.optIn(tenant, channel, people);
  const audienceId = await importAudience(callboard, tenant, channel, people);
  await callboard.accept(tenant, channel, 1);
  const [lane] = await callboard.query<{ id: string; account: string; version: string }>(
    `select lane.id, lane.provider_account_id as account, template_version_id as version
     from message join lane on lane.id = lane_id`,
  );
  if (!lane) throw new Error('The message has no lane');
  await settle(callboard, lane.id);
  const loop = {
    channel,
    provider,
    accountId: lane.account,
    versionId: lane.version,
    from: tenant.from[channel],
    batchSize,
  };
  return { bench, callboard, process, tenant, channel, laneId: lane.id, audienceId, loop };
}

/** Waits until the lane is empty and knows the rate that the provider grants. */
async function settle(callboard: Callboard, laneId: string): Promise<void> {
  const sql = `select 1 from lane where id = $1 and rate_per_second >= 10000
    and not exists (select from pending where lane_id = lane.id)`;
  while ((await callboard.query(sql, [laneId])).length === 0) await delay(100);
}

/** Renders messages and calls the provider, and nothing else. */
export function raw({ bench, process, loop }: ThroughputEnvironment, count: number, concurrency: number): Promise<Run> {
  return bench.run(process, () => process.call('raw', { ...loop, count, concurrency }));
}

/** What a campaign is sent under. */
export interface Terms {
  readonly budget?: BenchBudget | undefined;
  /** Of its lane, in messages a second. */
  readonly rate?: number;
}

/** Sends the whole messages of an expanded campaign, under these terms. The clock runs from its resumption until the last outcome is recorded. */
export async function ours(
  { bench, callboard, process, tenant, channel, laneId, audienceId }: ThroughputEnvironment,
  { budget, rate }: Terms = {},
): Promise<Run> {
  await openLane(callboard, laneId, false);
  const campaign = await Campaign.launched(callboard, tenant, channel, audienceId, budget);
  await campaign.act('pause');
  await campaign.frozen();
  if (rate !== undefined) await limitLane(callboard, laneId, rate);
  await openLane(callboard, laneId, true);
  await callboard.query('checkpoint');
  const { messages: count } = (await campaign.state()).progress;
  const { messages: before } = await bench.provider.call('taken');
  const run = await bench.run(process, async () => {
    await campaign.act('resume');
    while ((await bench.provider.call('taken')).messages < before + count) await delay(POLL_MS);
    while ((await callboard.query('select 1 from pending limit 1')).length > 0) await delay(POLL_MS);
    return count;
  });
  await expectAllSent(callboard);
  return run;
}

/** The same work with one job per message. The clock runs while the worker does. */
export async function jobs(environment: ThroughputEnvironment, count: number, concurrency: number): Promise<Run> {
  const { bench, callboard, process, tenant, channel, laneId } = environment;
  await openLane(callboard, laneId, false);
  await callboard.accept(tenant, channel, count);
  await process.call('enqueue', laneId);
  await callboard.query('checkpoint');
  const run = await bench.run(process, () => process.call('work', concurrency));
  await expectAllSent(callboard);
  return run;
}

const limitLane = (callboard: Callboard, laneId: string, rate: number): Promise<object[]> =>
  callboard.query('update lane set rate_per_second = $2, concurrency = $3 where id = $1', [
    laneId,
    rate,
    concurrencyFor(rate),
  ]);

const openLane = (callboard: Callboard, laneId: string, open: boolean): Promise<object[]> =>
  callboard.query('update lane set state = $2 where id = $1', [laneId, open ? 'active' : 'stopped']);

async function expectAllSent(callboard: Callboard): Promise<void> {
  const others = await callboard.query<{ status: string; count: string }>(
    `select status, count(*) from message where status <> 'sent' group by status`,
  );
  if (others.length > 0) throw new Error(`Not all messages were sent: ${JSON.stringify(others)}`);
}
