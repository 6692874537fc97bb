/** The public API of outbound: what tenants are told by webhooks of their own. */
export { EVENT_WEBHOOKS } from './event-webhooks.js';
export { OutboundModule } from './outbound.module.js';
