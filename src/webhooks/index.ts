/** The public API of webhooks: what providers tell us. */
export { Inbox } from './inbox.js';
export { WebhooksModule } from './webhooks.module.js';
