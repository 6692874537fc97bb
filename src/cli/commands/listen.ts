/** `listen` and `trigger`: what a tenant is told, in a developer's terminal. */
import { once } from 'node:events';
import { isWebAddress } from '../../kernel/index.js';
import { countOf, JSON_ANSWER } from '../answers.js';
import type { ApiClient } from '../api-client.js';
import { command, UsageError, type CliCommand } from '../command-line.js';
import { connectFor, TENANT } from '../connection.js';
import { CommandFailed, type CliContext } from '../context.js';
import { EventReceiver, type Arrival } from './event-receiver.js';

interface Endpoint {
  readonly id: string;
  readonly enabled: boolean;
  readonly secret: string;
}

interface Delivery {
  readonly id: string;
}

const PATH = '/api/webhook-endpoints';
const LAST_PORT = 65_535;

const LISTEN = command({
  name: 'listen',
  summary: 'prints what a tenant is told, as it happens, each event verified',
  details: `It listens on this machine and makes a webhook endpoint of the tenant that leads here, which is removed when it ends: with Ctrl-C, or after --count
events. The service must reach this machine: one in sandbox mode on the same machine does; else give --url the address of a tunnel.`,
  options: {
    ...TENANT,
    events: {
      type: 'string',
      value: 'types',
      meaning: 'only these, comma-separated, such as message.failed; by default all',
    },
    forward: { type: 'string', value: 'url', meaning: 'post each event there too, as it came, and answer as it does' },
    test: { type: 'boolean', meaning: 'ask for a test event, to see whether events arrive' },
    count: { type: 'string', value: 'number', meaning: 'end after so many events' },
    port: { type: 'string', value: 'number', meaning: 'of this machine; by default any' },
    url: { type: 'string', value: 'url', meaning: 'at which the service reaches that port; by default 127.0.0.1' },
    json: { type: 'boolean', meaning: 'each event as it was posted, a line each; it may name people' },
  },
  examples: [
    'listen --tenant riverside --test --count 1',
    'listen --tenant riverside --events message.delivered,message.failed --test --count 1 --json',
  ],
  async run({ tenant, events, forward, test, count, port, url, json }, context) {
    const most = count === undefined ? Infinity : countOf('count', count, 1);
    for (const [name, address] of Object.entries({ forward, url }))
      if (address !== undefined && !isWebAddress(address))
        throw new UsageError(`--${name} is an address with http or https.`);
    const api = await connectFor(context, tenant);
    const arrivals = new Arrivals(most);
    const receiver = await EventReceiver.open(portOf(port), forward, (arrival) => {
      print(context, arrival, json);
      arrivals.add(arrival);
    });
    try {
      const leads = url ?? `http://127.0.0.1:${receiver.port}`;
      await during(
        api,
        { url: leads, events: events?.split(',') ?? null, description: 'callboard listen' },
        async ({ id, secret }) => {
          receiver.knowBy(secret);
          context.complain(`Listening: events of the tenant are posted to ${leads}. Ctrl-C ends it.`);
          if (test) await api.post(`${PATH}/${id}/test`, {});
          await arrivals.ended();
        },
      );
    } finally {
      await receiver.close();
    }
    return arrivals.areAllOurs ? 0 : 1;
  },
});

/** Makes an endpoint for the time of some work. */
async function during(api: ApiClient, body: object, work: (endpoint: Endpoint) => Promise<void>): Promise<void> {
  const endpoint = await api.post<Endpoint>(PATH, body);
  try {
    await work(endpoint);
  } finally {
    await api.delete(`${PATH}/${endpoint.id}`);
  }
}

/** Counts what arrives, until it is enough or somebody ends it. */
class Arrivals {
  areAllOurs = true;
  private readonly enough = new AbortController();
  private count = 0;

  constructor(private readonly most: number) {}

  add({ event }: Arrival): void {
    if (!event) this.areAllOurs = false;
    this.count += 1;
    if (this.count >= this.most) this.enough.abort();
  }

  async ended(): Promise<void> {
    const { signal } = this.enough;
    const asked = ['SIGINT', 'SIGTERM'].map((name) => once(process, name, { signal }));
    try {
      await Promise.race(asked);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    this.enough.abort(); // whoever else listens for a signal is rid of it
    await Promise.allSettled(asked);
  }
}

/** Without the addresses of people. */
function print({ say, complain }: CliContext, { id, event, status }: Arrival, json: boolean): void {
  if (!event)
    return complain(
      `What came as ${id || 'nothing'} is not signed by this endpoint’s secret: it was answered ${status}.`,
    );
  if (json) return say(JSON.stringify(event));
  const { messageId, venueId, status: after, reason } = event.data;
  const what = [messageId ?? venueId, after, reason].filter((part) => typeof part === 'string').join(' ');
  const marks = [event.test && 'test', status >= 300 && `answered ${status}`].filter((mark) => mark !== false);
  say(
    [event.timestamp, event.type.padEnd(18), what, ...marks.map((mark) => `(${mark})`)]
      .filter((part) => part !== '')
      .join('  '),
  );
}

function portOf(port: string | undefined): number {
  const number = port === undefined ? 0 : Number(port);
  if (!Number.isInteger(number) || number < 0 || number > LAST_PORT)
    throw new UsageError(`--port is a number up to ${LAST_PORT}.`);
  return number;
}

const TRIGGER = command({
  name: 'trigger',
  summary: 'has a tenant’s webhook endpoints told an event that did not happen',
  details: 'With the data of an example, and `test: true`. `listen`, in another terminal, prints it.',
  arguments: { type: 'type of the event, such as message.delivered' },
  options: {
    ...TENANT,
    endpoint: { type: 'string', value: 'id', meaning: 'only this endpoint; by default all that are enabled' },
    ...JSON_ANSWER,
  },
  examples: [
    'trigger message.delivered --tenant riverside',
    'trigger endpoint.test --tenant riverside --endpoint $ENDPOINT',
  ],
  async run({ type, tenant, endpoint, json }, context) {
    const api = await connectFor(context, tenant);
    const ids = endpoint === undefined ? await enabled(api) : [endpoint];
    for (const id of ids) {
      const delivery = await api.post<Delivery>(`${PATH}/${encodeURIComponent(id)}/test`, { type });
      context.say(json ? JSON.stringify(delivery) : `${id} is told ${type}, as ${delivery.id}.`);
    }
    return 0;
  },
});

/** Raises CommandFailed if there are none. */
async function enabled(api: ApiClient): Promise<string[]> {
  const { items } = await api.list<Endpoint>(PATH, {}, Infinity);
  const ids = items.filter((one) => one.enabled).map(({ id }) => id);
  if (ids.length === 0)
    throw new CommandFailed('The tenant has no webhook endpoint that is enabled: `listen` makes one.');
  return ids;
}

export const LISTENING: readonly CliCommand[] = [LISTEN];
export const TRIGGERING: readonly CliCommand[] = [TRIGGER];
