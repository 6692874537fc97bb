/** Where throughput is measured: one service with one lane, and the three ways to send the same messages. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Bench } from './bench.js';
import { Campaign, importAudience } from './campaign.js';
import type { Run } from './cpu.js';
import type { BenchTenant, Desk } from './desk.js';
import type { Desk as DeskCalls } from './desk.process.js';
import type { BenchChannel } from './people.js';
import type { RawLoop } from './raw-loop.js';
import type { Remote } from './remote.js';

const POLL_MS = 10;

export interface Stage {
  readonly bench: Bench;
  readonly desk: Desk;
  readonly process: Remote<DeskCalls>;
  readonly tenant: BenchTenant;
  readonly channel: BenchChannel;
  readonly laneId: string;
  /** Of all who have opted in. */
  readonly audienceId: string;
  readonly loop: Omit<RawLoop, 'count' | 'concurrency'>;
}

/** One service, one tenant with an audience of `people` who have all opted in, and one lane without a limit. */
export async function setUp(bench: Bench, channel: BenchChannel, people: number, queueUrl?: string): Promise<Stage> {
  const desk = await bench.desk(queueUrl === undefined ? {} : { queueUrl });
  const process = await desk.start('all');
  const tenant = await desk.tenant();
  await desk.optIn(tenant, channel, people);
  const audienceId = await importAudience(desk, tenant, channel, people);
  await desk.accept(tenant, channel, 1);
  const [lane] = await desk.query<{ id: string; provider: 'ses' | 'twilio'; account: string; version: string }>(
    `select lane.id, lane.provider, lane.provider_account_id as account, template_version_id as version
     from message join lane on lane.id = lane_id`,
  );
  if (!lane) throw new Error('The message has no lane');
  await settle(desk, lane.id);
  const loop = {
    ...{ channel, provider: lane.provider, accountId: lane.account, versionId: lane.version },
    ...{ from: tenant.from[channel], batchSize: channel === 'email' ? 50 : 1 },
  };
  return { bench, desk, process, tenant, channel, laneId: lane.id, audienceId, loop };
}

/** Until the lane is empty and, where the provider says how much it grants, has heard of it. */
async function settle(desk: Desk, laneId: string): Promise<void> {
  const sql = `select 1 from lane where id = $1 and rate_per_second >= 10000
    and not exists (select from pending where lane_id = lane.id)`;
  while ((await desk.query(sql, [laneId])).length === 0) await delay(100);
}

/** Rendered and given to the provider, and nothing else. */
export function raw({ bench, process, loop }: Stage, count: number, concurrency: number): Promise<Run> {
  return bench.run(process, () => process.call('raw', { ...loop, count, concurrency }));
}

/** Whole messages of a campaign that is frozen already: the clock runs from its resumption until the last outcome is recorded. */
export async function ours({ bench, desk, process, tenant, channel, laneId, audienceId }: Stage): Promise<Run> {
  await openLane(desk, laneId, false);
  const campaign = await Campaign.launched(desk, tenant, channel, audienceId);
  await campaign.act('pause');
  await campaign.frozen();
  await openLane(desk, laneId, true);
  await desk.query('checkpoint');
  const { messages: count } = (await campaign.state()).progress;
  const { messages: before } = await bench.provider.call('taken');
  const run = await bench.run(process, async () => {
    await campaign.act('resume');
    while ((await bench.provider.call('taken')).messages < before + count) await delay(POLL_MS);
    while ((await desk.query('select 1 from pending limit 1')).length > 0) await delay(POLL_MS);
    return count;
  });
  await expectAllSent(desk);
  return run;
}

/** The same work, one job a message. The clock runs while the worker does. */
export async function jobs(stage: Stage, count: number, concurrency: number): Promise<Run> {
  const { bench, desk, process, tenant, channel, laneId } = stage;
  await openLane(desk, laneId, false);
  await desk.accept(tenant, channel, count);
  await process.call('enqueue', laneId);
  await desk.query('checkpoint');
  const run = await bench.run(process, () => process.call('work', concurrency));
  await expectAllSent(desk);
  return run;
}

const openLane = (desk: Desk, laneId: string, open: boolean): Promise<object[]> =>
  desk.query('update lane set state = $2 where id = $1', [laneId, open ? 'active' : 'stopped']);

async function expectAllSent(desk: Desk): Promise<void> {
  const others = await desk.query<{ status: string; count: string }>(
    `select status, count(*) from message where status <> 'sent' group by status`,
  );
  if (others.length > 0) throw new Error(`Not all messages were sent: ${JSON.stringify(others)}`);
}
