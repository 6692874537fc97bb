/** What rehearsals stand on: copies of a running server that follow it, take over from it, or restore a moment of it. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PostgresServer } from '../../harness/postgres-server.js';
import { query } from '../../harness/query.js';
import { ReplicatedServers } from '../../harness/replicated-servers.js';
import { until } from '../../harness/until.js';

const numbers = async (url: string): Promise<number[]> =>
  (await query<{ number: number }>(url, 'select number from note order by number')).map(({ number }) => number);

test('a standby has every commit that was answered, refuses to write, and takes over when the primary dies', async () => {
  const servers = await ReplicatedServers.open();
  try {
    const { primary, standby } = servers;
    await query(primary.url, 'create table note (number int)');
    await query(primary.url, 'insert into note values (1), (2)');
    await expect(query(standby.url, 'insert into note values (3)')).rejects.toThrow('read-only transaction');
    await servers.killPrimary();
    await servers.promoteStandby();
    expect(await numbers(standby.url)).toEqual([1, 2]);
    await query(standby.url, 'insert into note values (3)');
    expect(await numbers(standby.url)).toEqual([1, 2, 3]);
  } finally {
    await servers.close();
  }
});

test('a base backup and the archived log restore the moment that is asked for', async () => {
  const archive = mkdtempSync(join(tmpdir(), 'callboard-archive-'));
  chmodSync(archive, 0o777); // started by root, the server runs as another user
  const logged = { wal_level: 'replica', max_wal_senders: '10' };
  const archiving = { archive_mode: 'on', archive_command: `cp %p ${archive}/%f` };
  const primary = await PostgresServer.open({ settings: { ...logged, ...archiving } });
  let restored: PostgresServer | undefined;
  try {
    await query(primary.url, 'create table note (number int)');
    const backup = await primary.backUp();
    await query(primary.url, 'insert into note values (1)');
    const [moment] = await query<{ now: string }>(primary.url, 'select clock_timestamp()::text as now');
    await query(primary.url, 'insert into note values (2)');
    const [last] = await query<{ file: string }>(primary.url, 'select pg_walfile_name(pg_switch_wal()) as file');
    const isArchived = `select from pg_stat_archiver where last_archived_wal >= '${last?.file}'`;
    await until(async () => (await query(primary.url, isArchived)).length === 1);
    await primary.crash();
    restored = await PostgresServer.restore(backup, 'recovery', {
      ...logged,
      restore_command: `cp ${archive}/%f %p`,
      recovery_target_time: moment?.now ?? '',
      recovery_target_action: 'promote',
    });
    await backup.remove();
    const { url } = restored;
    await until(async () => (await query(url, 'select where not pg_is_in_recovery()')).length === 1);
    expect(await numbers(url)).toEqual([1]);
  } finally {
    await restored?.close();
    await primary.close();
    rmSync(archive, { recursive: true, force: true });
  }
});
