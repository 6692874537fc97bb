/** The webhooks of all providers, one at a time. */
import type { ProviderName } from '../providers/index.js';
import { SANDBOX_WIRES } from './sandbox-wires.js';
import type { OnlyByProvider, WebhookWriter } from './webhook-writer.js';

/** Writes a provider's webhooks; or why nobody but the provider can. */
export const webhooksOf = (provider: ProviderName): WebhookWriter | OnlyByProvider => SANDBOX_WIRES[provider].webhooks;
