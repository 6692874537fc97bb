/** `npm run rehearse:upgrade`: the last release is replaced by this one, process by process, beside each other on one database. */
import { resolve } from 'node:path';
import { PostgresServer } from '../harness/postgres-server.js';
import { ReplicatedServers } from '../harness/replicated-servers.js';
import { areRight, compare, told, whenQuiet } from './books.js';
import { Deployment } from './deployment.js';
import { buildLastRelease } from './last-release.js';
import { failOver, play, say, type Step } from './steps.js';
import { Traffic } from './traffic.js';

const MIGRATE = resolve('dist', 'bundle', 'main.migrate.js');

export interface UpgradeOptions {
  /** The state to upgrade from, in git's words; the last release unless given. */
  readonly from: string | undefined;
  /** The database fails over to its standby between the two workers. */
  readonly failover: boolean;
}

/** True if nothing was lost, doubled or miscounted. Raises NoRelease where there is no release to upgrade from. */
export async function upgrade(messages: number, { from, failover }: UpgradeOptions): Promise<boolean> {
  const release = await buildLastRelease(from);
  say(`From ${release.name} to this state, while ${messages} messages are sent:`);
  const servers = failover ? await ReplicatedServers.open() : undefined;
  const primary = servers?.primary ?? (await PostgresServer.open());
  const record = await PostgresServer.open();
  let deployment: Deployment | undefined;
  try {
    deployment = await Deployment.open(primary, record, release.main);
    await deployment.start('worker', release.main);
    await deployment.start('worker', release.main);
    const traffic = new Traffic(deployment.url);
    await traffic.prepare();
    await play(stepsOf(deployment, servers), messages, traffic);
    const { url } = servers?.standby ?? primary;
    await whenQuiet(url);
    const books = await compare(url, deployment.url, traffic);
    say(told(books));
    return areRight(books);
  } finally {
    await deployment?.close();
    await (servers ?? primary).close();
    await record.close();
    await release.remove();
  }
}

function stepsOf(deployment: Deployment, servers: ReplicatedServers | undefined): Step[] {
  const migrate = async (): Promise<void> => {
    const { code, out } = await deployment.run(MIGRATE, []);
    if (code !== 0) throw new Error(`The migrations failed: ${out}`);
  };
  return [
    { name: 'the last release alone', work: () => Promise.resolve() },
    { name: 'this release migrates, the last one goes on', work: migrate },
    { name: 'the api is replaced', work: () => deployment.replace('api') },
    { name: 'a worker is replaced', work: () => deployment.replace('worker') },
    ...(servers ? [{ name: 'the database fails over', work: () => failOver(deployment, servers) }] : []),
    { name: 'the other worker is replaced', work: () => deployment.replace('worker') },
    { name: 'this release alone', work: () => Promise.resolve() },
  ];
}
