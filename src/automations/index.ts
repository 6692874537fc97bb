/** The public API of automations: what services say happened, and what follows from it. */
export { AutomationsModule } from './automations.module.js';
export { EVENTS } from './events/events.queue.js';
export { EventEntrances, type EntrancesState } from './events/event-entrances.js';
export { SHARED_EVENTS } from './events/shared-queue.processor.js';
export type { LinkState } from './service-bus/bus-status.js';
export { PACE, readServiceBus, type ServiceBusConfig } from './service-bus/service-bus-config.js';
export { ServiceBusModule } from './service-bus/service-bus.module.js';
