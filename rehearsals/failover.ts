/** `npm run rehearse:failover`: the database's machine dies, and its standby takes over. */
import { PostgresServer } from '../harness/postgres-server.js';
import { ReplicatedServers } from '../harness/replicated-servers.js';
import { areRight, compare, told, whenQuiet } from './books.js';
import { Deployment } from './deployment.js';
import { failOver, play, say } from './steps.js';
import { Traffic } from './traffic.js';

/** True if nothing was lost, doubled or miscounted. */
export async function failover(messages: number): Promise<boolean> {
  say(`The primary is killed while ${messages} messages are sent:`);
  const servers = await ReplicatedServers.open();
  const record = await PostgresServer.open();
  let deployment: Deployment | undefined;
  try {
    const running = (deployment = await Deployment.open(servers.primary, record));
    await running.start('worker');
    await running.start('worker');
    const traffic = new Traffic(running.url);
    await traffic.prepare();
    const steps = [
      { name: 'as on any day', work: () => Promise.resolve() },
      { name: 'the database fails over', work: () => failOver(running, servers) },
      { name: 'on the former standby', work: () => Promise.resolve() },
    ];
    await play(steps, messages, traffic);
    await whenQuiet(servers.standby.url);
    const books = await compare(servers.standby.url, running.url, traffic);
    say(told(books));
    return areRight(books);
  } finally {
    await deployment?.close();
    await servers.close();
    await record.close();
  }
}
