/** What is done to a deployment while it sends, one step after the other, and the standby that takes over. */
import { query } from '../harness/query.js';
import { PostgresServer } from '../harness/postgres-server.js';
import { until } from '../harness/until.js';
import type { Deployment } from './deployment.js';
import type { Traffic } from './traffic.js';

export interface Step {
  readonly name: string;
  readonly work: () => Promise<void>;
}

export const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Does each while an equal share of `messages` is sent. */
export async function play(steps: readonly Step[], messages: number, traffic: Traffic): Promise<void> {
  const share = Math.ceil(messages / steps.length);
  for (const { name, work } of steps) {
    const started = performance.now();
    await traffic.during(Math.min(share, messages - traffic.promised.size), work);
    say(`  ${name}: ${traffic.promised.size} messages sent for, ${Math.round(performance.now() - started)} ms`);
  }
}

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

  /** The primary's machine dies, the standby is promoted, and the deployment's address leads to it. */
  async failOver(deployment: Deployment): Promise<void> {
    await this.primary.crash();
    deployment.cutDatabase();
    await query(this.standby.url, 'select pg_promote(true, 60)');
    deployment.moveTo(this.standby);
  }

  async close(): Promise<void> {
    await this.standby.close();
    await this.primary.close();
  }
}
