/** What is done to a deployment while it sends, one step after the other. */
import type { ReplicatedServers } from '../harness/replicated-servers.js';
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

/** The primary's machine dies, the standby is promoted, and the deployment's address leads to it. */
export async function failOver(deployment: Deployment, servers: ReplicatedServers): Promise<void> {
  await servers.killPrimary();
  deployment.cutDatabase();
  await servers.promoteStandby();
  deployment.moveTo(servers.standby);
}
