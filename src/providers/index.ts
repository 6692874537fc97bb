/** The public API of providers: how messages leave, and what comes back. */
export type { DeliveryStatus, ProviderEvent, WebhookRequest } from './provider.events.js';
export type {
  Capacity,
  Content,
  Envelope,
  Outcome,
  ProviderAccount,
  ProviderAdapter,
  RefusalClass,
  Trace,
} from './provider.port.js';
export { ProviderRegistry } from './provider.registry.js';
export { ProvidersModule } from './providers.module.js';
export { parseResendWebhook } from './resend/resend.webhook.js';
export { parseSesEvent } from './ses/ses.webhook.js';
export { fetchText } from './ses/sns.fetch.js';
export { SnsVerifier } from './ses/sns.signature.js';
export { confirmSubscription } from './ses/sns.subscription.js';
export { accountSidOf, isTwilioSignature } from './twilio/twilio.signature.js';
export { parseTwilioWebhook } from './twilio/twilio.webhook.js';
export { MalformedWebhook, UncheckedWebhook, UntrustedWebhook } from './webhook.errors.js';
