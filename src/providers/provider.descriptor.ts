/** All that the rest of the service knows of one provider, in one place: everything that is said per provider is derived from these. */
import type { Channel } from './channels.js';
import type { Capacity, ProviderAdapter } from './provider.port.js';
import type { WebhookDescription } from './provider.webhook.js';

/** The form of a value, and what it means as the end of "must be …". */
export interface Form {
  readonly pattern: RegExp;
  readonly meaning: string;
}

/** One credential of an account. */
export interface CredentialRule extends Form {
  /** It may be left out. Says what it is needed for, as in "where … are wanted". */
  readonly optionalFor?: string;
  /** Up to twenty values, comma-separated; `pattern` is that of one. */
  readonly list?: true;
}

/** An environment variable, as docs/configuration.md shows it; texts are Markdown. */
interface VariableDescription {
  readonly name: string;
  /** Set by itself it says that the platform has an account here: the others are asked for, and the sandbox is off. */
  readonly configures?: true;
  readonly meaning: string;
  readonly example?: string;
  readonly defaultsTo?: string;
}

/** A variable sets a credential of the platform's account, or one of its other settings. */
export type ProviderVariable = VariableDescription &
  (
    | { readonly credential: string }
    | { readonly setting: 'from'; readonly form: Form }
    | { readonly setting: 'baseUrl' | 'webhookBaseUrl' }
  );

/** The platform's own account at a provider. */
export interface PlatformSettings {
  readonly credentials: Readonly<Record<string, string>>;
  /** The address that venues without a sender of their own send from. */
  readonly from?: string;
  /** Points the SDK elsewhere; absent: the provider itself. */
  readonly baseUrl?: string;
  /** Where the provider reaches us; absent: at the public URL. */
  readonly webhookBaseUrl?: string;
}

/** What an adapter is connected with, for all accounts at its provider. */
export interface ConnectOptions {
  /** Points the SDK elsewhere; absent: the provider itself. */
  readonly baseUrl?: string;
  /** The public address of the provider's webhooks. */
  readonly webhookUrl: string;
  /** The base under which the sandbox is served, where that stands in for the provider. */
  readonly sandboxUrl?: string;
}

export interface ProviderDescriptor<Name extends string = string> {
  /** In the API, in tables, in paths. */
  readonly name: Name;
  /** What senders may speak on through it. */
  readonly channels: readonly Channel[];
  /** Those of the channels that its adapter sends on. */
  readonly sends: readonly Channel[];
  readonly credentials: Readonly<Record<string, CredentialRule>>;
  /** The credential that is the provider's own, public name of an account: webhooks, or calls to it, name it by that. */
  readonly externalId?: string;
  readonly variables: readonly ProviderVariable[];
  /** `account`: all senders of an account share one rate. `sender`: each has its own. */
  readonly laneScope: 'account' | 'sender';
  /** The provider's published rate for a sender, before any configuration of our own. */
  capacity(channel: Channel, address: string): Capacity;
  readonly webhook: WebhookDescription;
  connect(options: ConnectOptions): ProviderAdapter;
}

/** Addresses that the platform sends email from. */
export const EMAIL_ADDRESS = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
