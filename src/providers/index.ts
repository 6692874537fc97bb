/** The public API of providers: the list, the adapters, and the events they report. */
export { AttachmentGone, type Attachment, type MailHeader } from './mail/mail-parts.js';
export { AccountDirectory } from './account-directory.js';
export { connectAdapters, webhookUrlOf, type Adapters } from './connect-adapters.js';
export { clockFinding, type Finding, type FindingResult, type SetUp } from './examination.js';
export { inParallel } from './in-parallel.js';
export { CHANNELS, type Channel } from './channels.js';
export type { CredentialRule, PlatformSettings, ProviderDescriptor } from './provider.descriptor.js';
export type { DeliveryStatus, Lookup, Price, ProviderEvent } from './provider.events.js';
export type {
  Acknowledgement,
  Capacity,
  Content,
  EmailContent,
  Envelope,
  Outcome,
  ProviderAccount,
  ProviderAdapter,
  RefusalClass,
  Speech,
  SpeechContent,
  Trace,
} from './provider.port.js';
export type { CallReport } from './provider.events.js';
export type {
  ProvenEvents,
  SpeechRequest,
  VerifiedWebhook,
  WebhookAnswer,
  WebhookRequest,
  WebhookRoute,
} from './provider.webhook.js';
export type { Days, ProviderRecord, RecordPage, UsageTotal } from './provider.records.js';
export { accountFaultOf } from './client-cache.js';
export { ACCOUNT_FAULTS, type AccountFault } from './verdict.js';
export { retryAfterMs } from './retry-after.js';
export type { InboundMedia, MediaRequest } from './media/inbound-media.js';
export { RequestFault } from './request-fault.js';
export { APPROVAL_STATUSES, type Approval, type ApprovalStatus } from './provider.port.js';
export {
  NUMBER_CHANNELS,
  NUMBER_TYPES,
  type AvailableNumber,
  type NumberChannel,
  type NumberDesk,
  type NumberType,
  type OwnedNumber,
} from './provider.numbers.js';
export { takesPictures, type Picture } from './picture-rules.js';
export { pictureRecipients, type PictureZone } from './picture-zones.js';
export {
  CARRIED_CHANNELS,
  carriersOf,
  descriptorOf,
  externalIdOf,
  ERROR_LABELS,
  errorLabel,
  PROVIDERS,
  type ProviderName,
} from './provider-catalog.js';
export { DESCRIPTORS } from './provider-list.js';
export { ProviderRegistry } from './provider.registry.js';
export {
  choiceVariables,
  configuringVariables,
  PROVIDERS_CONFIG,
  readProviders,
  type ProviderChoice,
  type ProviderChoices,
  type ProvidersConfig,
} from './providers-config.js';
export { ProvidersModule } from './providers.module.js';
export { MalformedWebhook, UncheckedWebhook, UntrustedWebhook } from './webhook.errors.js';
