/** The door of webhooks: what providers tell us. */
export { WebhooksModule } from './webhooks.module.js';
