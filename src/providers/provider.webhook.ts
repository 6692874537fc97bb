/** How a provider tells us of messages later: the routes that it calls, what it must prove, and what it is answered. */
import type { DomainError } from '../kernel/index.js';
import type { ProviderAccount } from './provider-account.js';
import type { ProviderEvent } from './provider.events.js';

/** A webhook as it came in: bytes as received, the exact public URL it was posted to. */
export interface WebhookRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly rawBody: Buffer;
  /** The provider account that the path names, on a route that is `ofAccount`: whose it is, is not proven. */
  readonly accountId?: string;
}

/** The accounts at one provider that a webhook may speak for. */
export interface WebhookAccounts {
  /** The platform's own; undefined where it has none. */
  platform(): Promise<ProviderAccount | undefined>;
  /** The account with this id of ours; undefined where there is none at this provider. */
  find(accountId: string): Promise<ProviderAccount | undefined>;
  /**
   * Those that the provider knows by this public name, the oldest first. There may be several: such a name is no secret, and anyone
   * may enter it beside a secret of their own. So a signature that proves true under one of them speaks only for that one.
   */
  findByExternalId(externalId: string): Promise<readonly ProviderAccount[]>;
  /** Every account, the oldest first: the very same list for as long as nothing is known to have changed, five seconds at most. */
  all(): Promise<readonly ProviderAccount[]>;
}

export interface WebhookAnswer {
  readonly status: number;
  readonly type?: string;
  readonly body?: string;
}

/** Proven events, and the provider accounts that can have signed them: they speak for messages of these accounts only. */
export interface ProvenEvents {
  readonly events: readonly ProviderEvent[];
  readonly accountIds: readonly string[];
}

export interface VerifiedWebhook extends ProvenEvents {
  /** What the provider is answered once the events are kept. */
  readonly answer: WebhookAnswer;
}

/** A route under `/webhook/<provider>`, as the API document shows it. */
export interface WebhookRoute {
  /** It ends with the id of a provider account, `/webhook/<provider>/{accountId}`. */
  readonly ofAccount?: true;
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  /** What it refuses a webhook with, each an example. */
  readonly problems: readonly DomainError[];
}

/** All that is said of a provider's webhooks beforehand. How one is verified, its adapter says. */
export interface WebhookDescription {
  readonly routes: readonly WebhookRoute[];
  /** Content types of a body, where it may be another than JSON. */
  readonly consumes?: readonly string[];
  readonly answers: readonly { readonly status: number; readonly description: string }[];
  /** People can write to us through this provider. It waits for our answer up to this long, which an answer to a STOP needs. */
  readonly inbound?: { readonly answerWithinMs: number };
}
