/** A Service Bus in its own process, and the messages that are published to it. */
import { jsonMessage } from '../harness/amqp.js';
import { PACE } from '../src/automations/index.js';
import { ServiceBusPeer, SUBSCRIPTION, TOPIC } from '../harness/service-bus-peer.js';
import { until } from '../harness/until.js';
import { cpuMs, serve } from './remote.js';
import type { AppConfig } from '../src/app.config.js';

/** Messages to one subscription. */
interface Publication {
  readonly to: string;
  readonly tenantId: string;
  readonly count: number;
}

const peers = new Map<string, ServiceBusPeer>();
let published = 0;

function peerOf(name: string): ServiceBusPeer {
  const peer = peers.get(name);
  if (!peer) throw new Error(`There is no subscription ${name}`);
  return peer;
}

const broker = {
  /** Opens a subscription under a name. */
  open: async (name: string): Promise<NonNullable<AppConfig['serviceBus']>> => {
    const peer = await ServiceBusPeer.listen();
    peers.set(name, peer);
    return { connectionString: peer.connectionString, topic: TOPIC, subscription: SUBSCRIPTION, pace: PACE };
  },
  /** Publishes events, each new, and answers how many were completed once all are. Raises an Error when one was not at its first delivery. */
  publish: async ({ to, tenantId, count }: Publication): Promise<number> => {
    const peer = peerOf(to);
    const before = peer.delivered.length;
    const of = { subject: 'order.confirmed', application_properties: { tenantId } };
    const messages = Array.from({ length: count }, (_, index) =>
      jsonMessage(
        { orderId: `o-${index}`, customerId: `c-${index}`, total: 4_200 },
        { ...of, message_id: `bench-${(published += 1)}` },
      ),
    );
    peer.publish(...messages);
    await until(() => peer.waiting === 0, { everyMs: 5 });
    if (peer.delivered.length !== before + count) throw new Error('Messages were delivered again');
    return count;
  },
  /** Milliseconds of CPU that this process has used. */
  cpu: () => Promise.resolve(cpuMs()),
};
export type Broker = typeof broker;
serve(broker);
