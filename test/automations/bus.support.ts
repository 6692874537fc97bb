/** A Callboard that listens to a message bus on loopback. */
import { SUBSCRIPTION, TOPIC, type ServiceBusPeer } from '../../harness/service-bus-peer.js';
import type { AppConfig } from '../../src/app.config.js';
import { PACE, type BusPace } from '../../src/automations/service-bus/service-bus-config.js';
import { openTestApp, type TestApp } from '../support/test-app.js';

export interface StoredEvent {
  readonly external_id: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly origin: string;
  readonly correlation_id: string | null;
  readonly occurred_at: string;
}

export const busAt = (peer: ServiceBusPeer, pace: Partial<BusPace> = {}): Pick<AppConfig, 'serviceBus'> => ({
  serviceBus: {
    connectionString: peer.connectionString,
    topic: TOPIC,
    subscription: SUBSCRIPTION,
    pace: { ...PACE, ...pace },
  },
});

export const openOnBus = (peer: ServiceBusPeer, overrides: Partial<AppConfig> = {}): Promise<TestApp> =>
  openTestApp({ ...busAt(peer), ...overrides });

/** The events of a tenant, in the order of acceptance. */
export const eventsOf = ({ database }: Pick<TestApp, 'database'>, tenantId: string): Promise<StoredEvent[]> =>
  database.query<StoredEvent>(
    `select external_id, type, data, origin, correlation_id, occurred_at from inbound_event where tenant_id = $1 order by id`,
    [tenantId],
  );
