/** The descriptor of a provider: everything provider-specific that the rest of the service needs is derived from it. */
import type { Channel } from './channels.js';
import type { PictureRules } from './picture-rules.js';
import type { PictureZone } from './picture-zones.js';
import type { Capacity, ProviderAdapter } from './provider.port.js';
import type { WebhookDescription } from './provider.webhook.js';

/** The format of a value, and its description as the end of "must be …". */
export interface Form {
  readonly pattern: RegExp;
  readonly meaning: string;
}

/** One credential of an account. */
export interface CredentialRule extends Form {
  /** It may be omitted. Says what it is needed for, as in "where … are wanted". */
  readonly optionalFor?: string;
  /** It may also be omitted where this other one is set. */
  readonly unless?: string;
  /** It is of no use without this other one. */
  readonly needs?: string;
  /** Of the platform's own account alone: it is about the machine that the service runs on. */
  readonly platformOnly?: true;
  /** Up to twenty values, comma-separated; `pattern` is that of one. */
  readonly list?: true;
}

/** An environment variable, as in docs/configuration.md; texts are Markdown. */
interface VariableDescription {
  readonly name: string;
  /** Setting it means that the platform has an account here: the others become required, and the sandbox is off. */
  readonly configures?: true;
  readonly meaning: string;
  readonly example?: string;
  readonly defaultsTo?: string;
}

/** A variable sets a credential of the platform's account, or another of its settings. */
export type ProviderVariable = VariableDescription &
  (
    | { readonly credential: string }
    | { readonly setting: 'from' | 'whatsappFrom'; readonly form: Form }
    | { readonly setting: 'baseUrl' | 'webhookBaseUrl' }
  );

/** The platform's own account at a provider. */
export interface PlatformSettings {
  readonly credentials: Readonly<Record<string, string>>;
  /** The sender address of venues without their own, except on WhatsApp. */
  readonly from?: string;
  /** The same on WhatsApp, where only registered numbers send. */
  readonly whatsappFrom?: string;
  /** Points the SDK elsewhere; absent: the provider itself. */
  readonly baseUrl?: string;
  /** Where the provider reaches us; absent: at the public URL. */
  readonly webhookBaseUrl?: string;
}

/** The arguments of connecting an adapter, for all accounts at its provider. */
export interface ConnectOptions {
  /** Points the SDK elsewhere; absent: the provider itself. */
  readonly baseUrl?: string;
  /** The public address of the provider's webhooks. */
  readonly webhookUrl: string;
  /** The base URL of the sandbox, if it simulates the provider. */
  readonly sandboxUrl?: string;
}

export interface ProviderDescriptor<Name extends string = string> {
  /** As in the API, in tables and in paths. */
  readonly name: Name;
  /** The channels of its senders. */
  readonly channels: readonly Channel[];
  /** The channels that its adapter sends on. */
  readonly sends: readonly Channel[];
  readonly credentials: Readonly<Record<string, CredentialRule>>;
  /** The credential that is the provider's public id of an account: webhooks, or calls to it, name the account by it. */
  readonly externalId?: string;
  readonly variables: readonly ProviderVariable[];
  /** `account`: all senders of an account share one rate. `sender`: each has its own. */
  readonly laneScope: 'account' | 'sender';
  /** The provider's published rate for a sender, before our own configuration. */
  capacity(channel: Channel, address: string): Capacity;
  /** Of email: the bytes of a whole message, as it is sent, that it takes. */
  readonly mailBytes?: number;
  /** The ids of its pools of numbers, which are senders too. */
  readonly pools?: RegExp;
  /** Where it sends MMS, if it does. */
  readonly pictureZones?: readonly PictureZone[];
  /** Which pictures it takes as MMS; absent: any. */
  readonly pictureRules?: PictureRules;
  /** Codes that mean that this picture, or any, cannot be brought to this phone, which takes texts. */
  readonly pictureFaults?: readonly string[];
  /** Codes of reports, as a pattern for JavaScript and PostgreSQL, after which the same message may arrive later: a phone that is off. */
  readonly passingFaults?: RegExp;
  /** Codes of reports, as a pattern, of an address that takes nothing for now: a full mailbox, a phone that is off. They are counted. */
  readonly softBounces?: RegExp;
  /** Codes of answers and reports, up to a space or a slash, that metrics tell apart; statuses of HTTP always are. Never an address or an id. */
  readonly errorCodes?: readonly string[];
  readonly webhook: WebhookDescription;
  connect(options: ConnectOptions): ProviderAdapter;
}

/** A number that the platform sends from. */
export const PHONE_NUMBER: Form = { pattern: /^\+[1-9]\d{6,14}$/, meaning: 'a number as +15551234567' };
/** Addresses that the platform sends email from. */
export const EMAIL_ADDRESS = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
