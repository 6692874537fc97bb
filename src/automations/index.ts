/** The public API of automations: what services say happened, and what follows from it. */
export { AutomationsModule } from './automations.module.js';
export { EVENTS } from './events/events.queue.js';
