/** `npm run rehearse:restore`: the database is lost, and restored to a moment from a base backup and the archived log. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { BaseBackup } from '../harness/base-backup.js';
import { PostgresServer } from '../harness/postgres-server.js';
import { query } from '../harness/query.js';
import { recordedMessages } from '../harness/sandbox-record.js';
import { until } from '../harness/until.js';
import { compare, told, whenQuiet } from './books.js';
import { Deployment } from './deployment.js';
import { play, say } from './steps.js';
import { Traffic } from './traffic.js';

/** A server reads only a log that was written with no more of these than it has itself. */
const LOGGED = { wal_level: 'replica', max_wal_senders: '10' };
/** Messages that wait at the moment which is restored. */
const ENOUGH = 20;
const CLI = resolve('dist', 'bundle', 'main.cli.js');

/** True if what went again is exactly what was foreseen, nothing is lost, and usage goes on. */
export async function restore(messages: number): Promise<boolean> {
  say(`The database is lost after ${messages} messages, and restored to a moment in between:`);
  const archive = await mkdtemp(join(tmpdir(), 'callboard-archive-'));
  await chmod(archive, 0o777); // started by root, the server runs as another user
  const command = `test ! -f ${archive}/%f && cp %p ${archive}/%f`;
  const primary = await PostgresServer.open({
    settings: { ...LOGGED, archive_mode: 'on', archive_command: command },
  });
  const servers = [primary, await PostgresServer.open()] as [PostgresServer, PostgresServer];
  let deployment: Deployment | undefined;
  try {
    deployment = await Deployment.open(...servers);
    const traffic = new Traffic(deployment.url);
    const { backup, moment } = await untilItIsLost(deployment, primary, traffic, messages);
    const restored = await PostgresServer.restore(backup, 'recovery', {
      ...LOGGED,
      restore_command: `cp ${archive}/%f %p`,
      recovery_target_time: moment,
      recovery_target_action: 'promote',
    });
    servers.push(restored);
    await backup.remove();
    const isWritable = async (): Promise<boolean> =>
      (await query(restored.url, 'select where not pg_is_in_recovery()')).length === 1;
    await until(isWritable, { what: 'The database is restored' });
    say(`  restored to ${moment}`);
    deployment.moveTo(restored);
    return await goOn(deployment, restored, traffic);
  } finally {
    await deployment?.close();
    for (const server of servers) await server.close();
    await rm(archive, { recursive: true, force: true });
  }
}

/** Everything up to the loss: a backup, a moment at which messages wait, and all of them sent afterwards. */
async function untilItIsLost(
  deployment: Deployment,
  primary: PostgresServer,
  traffic: Traffic,
  messages: number,
): Promise<{ readonly backup: BaseBackup; readonly moment: string }> {
  await deployment.start('worker');
  await deployment.start('worker');
  await traffic.prepare();
  let backup: BaseBackup | undefined;
  let moment = '';
  const steps = [
    { name: 'before the backup', work: () => Promise.resolve() },
    { name: 'the backup is taken', work: async () => void (backup = await primary.backUp()) },
    { name: 'the moment to restore', work: async () => void (moment = await whileMessagesWait(primary.url)) },
    { name: 'after that moment', work: () => Promise.resolve() },
  ];
  await play(steps, messages, traffic);
  await whenQuiet(primary.url);
  await archived(primary.url);
  await deployment.lose();
  await primary.crash();
  if (!backup) throw new Error('There is no backup');
  return { backup, moment };
}

/** The time at which messages wait and no campaign is being expanded, so that what will be sent again can be counted. */
async function whileMessagesWait(url: string): Promise<string> {
  const now = `select clock_timestamp()::text as now where (select count(*) from pending where claim is null) >= ${ENOUGH}
    and not exists (select from campaign where frozen_at is null)`;
  const [row] = await until(
    async () => {
      const rows = await query<{ now: string }>(url, now);
      return rows.length > 0 && rows;
    },
    { what: 'Messages wait', everyMs: 5 },
  );
  return row?.now ?? '';
}

/** The log up to now is in the archive. */
async function archived(url: string): Promise<void> {
  const [row] = await query<{ file: string }>(url, 'select pg_walfile_name(pg_switch_wal()) as file');
  const isThere = async (): Promise<boolean> =>
    (await query(url, 'select from pg_stat_archiver where last_archived_wal >= $1', [row?.file])).length === 1;
  await until(isThere, { what: 'The log is archived' });
}

/** First an api alone, which sends nothing: what workers would send again is counted. Then the workers. */
async function goOn(deployment: Deployment, restored: PostgresServer, traffic: Traffic): Promise<boolean> {
  await deployment.start('api');
  const { out } = await deployment.run(CLI, ['doctor', '--json']);
  const { checks } = JSON.parse(out) as { checks: { name: string; result: string }[] };
  const unwell = checks.filter(({ name, result }) => name.startsWith('database') && result !== 'ok');
  say(`  doctor: ${unwell.length === 0 ? 'the database is well' : JSON.stringify(unwell)}`);
  const foreseen = await sentSince(restored.url, deployment.url, 'queued');
  const begun = await sentSince(restored.url, deployment.url, 'sending');
  const [row] = await query<{ count: number }>(restored.url, 'select count(*)::int as count from message');
  const forgotten = traffic.promised.size - (row?.count ?? NaN);
  say(`  ${foreseen.length} queued then and sent since: workers send them again unless they are cancelled`);
  say(`  ${begun.length} calls under way then: in doubt until their provider tells, they do not go again`);
  say(`  ${forgotten} accepted after it: they were sent, and the ledger knows nothing of them`);
  await deployment.start('worker');
  await deployment.start('worker');
  await whenQuiet(restored.url);
  await traffic.during(1_000, () => Promise.resolve());
  await whenQuiet(restored.url);
  const books = await compare(restored.url, deployment.url, traffic);
  say(told(books));
  const doubled = (await takenTwice(deployment.url)).toSorted();
  const asForeseen = JSON.stringify(doubled) === JSON.stringify(foreseen.toSorted());
  say(`What went again is ${asForeseen ? 'exactly' : 'NOT'} what was foreseen.`);
  return asForeseen && unwell.length + books.lost.length + books.unasked.length + books.usageOff === 0;
}

/** Ids of messages of this status that a provider has. */
async function sentSince(databaseUrl: string, url: string, status: string): Promise<string[]> {
  const taken = new Set((await recordedMessages(url)).map(({ messageId }) => messageId));
  const found = await query<{ id: string }>(databaseUrl, 'select id from message where status = $1', [status]);
  return found.map(({ id }) => id).filter((id) => taken.has(id));
}

async function takenTwice(url: string): Promise<string[]> {
  const taken = Map.groupBy(await recordedMessages(url), ({ messageId }) => messageId ?? 'of nobody');
  return [...taken].filter(([, all]) => all.length > 1).map(([id]) => id);
}
