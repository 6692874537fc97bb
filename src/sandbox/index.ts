/** The public API of the sandbox. */
export { SandboxAccounts, type SandboxAccount } from './sandbox-accounts.js';
export { sandboxPlatform } from './sandbox-platform.js';
export { Sandbox } from './sandbox.js';
export type { SandboxMessage } from './sandbox.dto.js';
export { SandboxModule } from './sandbox.module.js';
export { TestSandboxModule } from './test-mode/test-sandbox.module.js';
export type { SandboxOptions } from './sandbox.options.js';
export { webhooksOf } from './webhooks-of.js';
export type { OnlyByProvider, WebhookEvent, WebhookWriter, WrittenWebhook } from './webhook-writer.js';
