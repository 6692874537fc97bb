/** The public API of webhooks: provider events. */
export { Inbox } from './inbox.js';
export { INBOX } from './inbox.queue.js';
export { WebhooksModule } from './webhooks.module.js';
