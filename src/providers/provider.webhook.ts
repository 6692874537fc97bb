/** A provider's webhooks: routes, verification and responses. */
import type { DomainError } from '../kernel/index.js';
import type { ProviderAccount } from './provider-account.js';
import type { ProviderEvent } from './provider.events.js';

/** A webhook as received: raw bytes, and the exact public URL it was posted to. */
export interface WebhookRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly rawBody: Buffer;
  /** The provider account named in the path, on a route that is `ofAccount`: its ownership is not verified. */
  readonly accountId?: string;
}

/** The accounts at one provider that a webhook may count for. */
export interface WebhookAccounts {
  /** The platform's own; undefined if there is none. */
  platform(): Promise<ProviderAccount | undefined>;
  /** The account with our id; undefined if there is none at this provider. */
  find(accountId: string): Promise<ProviderAccount | undefined>;
  /**
   * Those with this public id at the provider, oldest first. There may be several: the id is no secret, and anyone may enter it
   * with a secret of their own. So a signature that matches one of them counts only for that one.
   */
  findByExternalId(externalId: string): Promise<readonly ProviderAccount[]>;
  /** Every account, oldest first: the same list object while no change is known, at most five seconds. */
  all(): Promise<readonly ProviderAccount[]>;
}

export interface WebhookAnswer {
  readonly status: number;
  readonly type?: string;
  readonly body?: string;
}

/** Verified events, and the provider accounts that may have signed them: they count for messages of these accounts only. */
export interface ProvenEvents {
  readonly events: readonly ProviderEvent[];
  readonly accountIds: readonly string[];
}

export interface VerifiedWebhook extends ProvenEvents {
  /** The response to the provider once the events are stored. */
  readonly answer: WebhookAnswer;
}

/** Verified: a provider asks what a call is to say, or tells which key the person pressed. */
export interface SpeechRequest {
  /** Ours, of the call. */
  readonly messageId: string;
  readonly providerMessageId: string;
  /** As in VerifiedWebhook. */
  readonly accountIds: readonly string[];
  /** Absent at first. */
  readonly key?: string;
  /** A machine listens: it presses no key. */
  readonly toMachine: boolean;
  /** Where the next key is told. */
  readonly url: string;
}

/** A route under `/webhook/<provider>`, as shown in OpenAPI. */
export interface WebhookRoute {
  /** What follows the provider's name, if anything. */
  readonly path?: string;
  /** The provider asks there what a call is to say. */
  readonly speech?: true;
  /** It ends with a provider account's id, `/webhook/<provider>/{accountId}`. */
  readonly ofAccount?: true;
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  /** Its errors, as examples. */
  readonly problems: readonly DomainError[];
}

/** The static description of a provider's webhooks. The adapter verifies them. */
export interface WebhookDescription {
  readonly routes: readonly WebhookRoute[];
  /** Content types of the body, if other than JSON. */
  readonly consumes?: readonly string[];
  readonly answers: readonly { readonly status: number; readonly description: string }[];
  /** People can reply through this provider. How long it waits for our response, since answering a STOP may have to wait. */
  readonly inbound?: { readonly answerWithinMs: number };
}
