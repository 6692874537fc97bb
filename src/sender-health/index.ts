/** The public API of senders' health: rates of bounces and complaints, and marketing that waits for them. */
export { readSenderHealth, type SenderHealthConfig } from './sender-health-config.js';
export { SenderHealthModule } from './sender-health.module.js';
