/** A primary and its synchronous standby, made from a base backup. */
import { PostgresServer } from './postgres-server.js';
import { query } from './query.js';
import { until } from './until.js';

const REPLICATED = { wal_level: 'replica', max_wal_senders: '10', wal_keep_size: '2GB' };

/** A primary whose every commit is on its standby before it is answered. */
export class ReplicatedServers {
  private constructor(
    readonly primary: PostgresServer,
    readonly standby: PostgresServer,
  ) {}

  static async open(): Promise<ReplicatedServers> {
    const primary = await PostgresServer.open({ settings: REPLICATED });
    const backup = await primary.backUp();
    const { hostname, port, username, password } = new URL(primary.url);
    const source = `host=${hostname} port=${port} user=${username} password=${password} application_name=standby`;
    const settings = { ...REPLICATED, primary_conninfo: source };
    const standby = await PostgresServer.restore(backup, 'standby', settings);
    await backup.remove();
    await query(primary.url, `alter system set synchronous_standby_names = 'standby'`);
    await query(primary.url, 'select pg_reload_conf()');
    await until(
      async () => (await query(primary.url, `select from pg_stat_replication where sync_state = 'sync'`)).length > 0,
      {
        what: 'The standby follows',
      },
    );
    return new ReplicatedServers(primary, standby);
  }

  /** Its machine dies. */
  killPrimary(): Promise<void> {
    return this.primary.crash();
  }

  /** Makes the standby a primary. */
  async promoteStandby(): Promise<void> {
    await query(this.standby.url, 'select pg_promote(true, 60)');
  }

  async close(): Promise<void> {
    await this.standby.close();
    await this.primary.close();
  }
}
