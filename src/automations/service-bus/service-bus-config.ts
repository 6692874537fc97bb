/** The message bus whose messages are events: a subscription to a topic of Azure Service Bus. */
import { isUuid, type EnvironmentReader } from '../../kernel/index.js';

export interface ServiceBusSettings {
  readonly connectionString: string;
  readonly topic: string;
  readonly subscription: string;
  /** Of messages that name none. */
  readonly tenantId?: string;
  /** `PACE`, but where a test has no time. */
  readonly pace: BusPace;
}

/** Milliseconds of what is waited for. */
export interface BusPace {
  /** Between renewals of a lock. */
  readonly renewMs: number;
  /** For the answer to a settlement. */
  readonly settleMs: number;
  /** For the end of a subscription, and of a connection. */
  readonly closeMs: number;
  /** Before the connection is made again for the first time. */
  readonly connectMs: number;
  /** Before a message is given back after an error that nobody foresaw, for the first time. */
  readonly giveBackMs: number;
}

/** Locks last five seconds at least; and a settlement takes milliseconds: one that is not answered in time never is. */
export const PACE: BusPace = { renewMs: 3_000, settleMs: 5_000, closeMs: 5_000, connectMs: 500, giveBackMs: 1_000 };

export interface ServiceBusConfig {
  /** Absent: no bus. */
  readonly serviceBus?: ServiceBusSettings;
}

/** The token of the settings, in processes that work on the bus. */
export const SERVICE_BUS = Symbol('SERVICE_BUS');

const NAMES = ['SERVICEBUS_TOPIC', 'SERVICEBUS_SUBSCRIPTION', 'SERVICEBUS_TENANT'] as const;
const CONNECTION = 'SERVICEBUS_CONNECTION_STRING';
/** Entity names: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftservicebus */
const TOPIC = /^[A-Za-z0-9](?:[\w./-]{0,258}[A-Za-z0-9_])?$/;
const SUBSCRIPTION = /^[A-Za-z0-9](?:[\w.-]{0,48}[A-Za-z0-9_])?$/;
const ENDPOINT = /^sb:\/\/[A-Za-z0-9.-]+(?::\d{1,5})?\/?$/;

/** Reads the variables of the bus. Reports their errors. */
export function readServiceBus(read: EnvironmentReader): ServiceBusConfig {
  const topic = read.matching('SERVICEBUS_TOPIC', TOPIC, 'the name of a topic');
  const subscription = read.matching('SERVICEBUS_SUBSCRIPTION', SUBSCRIPTION, 'the name of a subscription');
  const tenantId = read.parsed('SERVICEBUS_TENANT', (text) => {
    if (!isUuid(text)) throw new Error('SERVICEBUS_TENANT is not the id of a tenant');
  });
  const connectionString = read.parsed(CONNECTION, (text) => checkConnection(text, topic));
  for (const name of NAMES) {
    if (read.text(name)) read.require(CONNECTION, `${name} is of no use without it`);
  }
  if (!read.text(CONNECTION)) return {};
  read.require('SERVICEBUS_TOPIC', 'set the topic that services publish to');
  read.require('SERVICEBUS_SUBSCRIPTION', 'set the subscription that is ours');
  if (connectionString === undefined || topic === undefined || subscription === undefined) return {};
  return {
    serviceBus: { connectionString, topic, subscription, ...(tenantId !== undefined && { tenantId }), pace: PACE },
  };
}

/**
 * The SDK (7.9.5) is silent about most of this until it connects, and takes `UseDevelopmentEmulator=True` for false: TLS on port
 * 5671. Raises an Error that quotes nothing.
 */
function checkConnection(text: string, topic: string | undefined): void {
  const parts = new Map(text.split(';').flatMap((part) => pairOf(part.trim())));
  if (!ENDPOINT.test(parts.get('Endpoint') ?? '')) {
    throw new Error(`${CONNECTION} has no Endpoint of the form sb://NAMESPACE.servicebus.windows.net/`);
  }
  const hasKey = parts.has('SharedAccessKeyName') && parts.has('SharedAccessKey');
  if (!hasKey && !parts.get('SharedAccessSignature')?.startsWith('SharedAccessSignature ')) {
    throw new Error(`${CONNECTION} has no SharedAccessKeyName and SharedAccessKey: copy it whole`);
  }
  const emulator = parts.get('UseDevelopmentEmulator');
  if (emulator !== undefined && emulator !== 'true' && emulator !== 'false') {
    throw new Error(`${CONNECTION} must say UseDevelopmentEmulator=true or =false, in small letters`);
  }
  const entity = parts.get('EntityPath');
  if (entity !== undefined && topic !== undefined && entity !== topic) {
    throw new Error(`${CONNECTION} is for another EntityPath than SERVICEBUS_TOPIC`);
  }
}

function pairOf(part: string): [string, string][] {
  const at = part.indexOf('=');
  return at > 0 ? [[part.slice(0, at).trim(), part.slice(at + 1).trim()]] : [];
}
