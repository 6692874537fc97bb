/** The simulation of one provider: its routes, providers and faults. */
import type { Provider, Type } from '@nestjs/common';
import type { PlatformSettings } from '../providers/index.js';
import type { PostResult } from './callback-sender.js';
import type { SandboxMedium } from './people-media.js';
import type { OnlyByProvider, WebhookWriter } from './webhook-writer.js';
import type { WireFaults } from './wire.js';

/** An inbound message from a person to one of our numbers. */
export interface InboundText {
  readonly channel: 'sms' | 'whatsapp';
  /** The person, E.164; or the person's user id at WhatsApp, where the number is hidden. */
  readonly from: string;
  /** The user id, beside a number. */
  readonly userId?: string;
  /** Our number, E.164. */
  readonly to: string;
  readonly body: string;
  readonly media?: readonly SandboxMedium[];
}

/** A simulator that supports inbound messages. */
export interface Receiver {
  /** Posts the text to our webhook, once, and returns the response. */
  receive(text: InboundText): Promise<{ result: PostResult; providerMessageId: string }>;
}

export interface SandboxWire {
  /** The prefix of its routes, beneath the sandbox's base; they are called by SDKs, and not in the access log. */
  readonly paths: readonly string[];
  /** Bytes of a request body, if the provider takes more than this service. */
  readonly bodyLimit?: number;
  readonly controllers: readonly Type<object>[];
  /** The Nest providers of its controllers; they may inject Sandbox and SandboxAccounts. */
  readonly standIns: readonly Provider[];
  /** The one for inbound messages. */
  readonly receiver?: Type<Receiver>;
  /** The provider's response when it is overloaded or broken. */
  readonly faults: WireFaults;
  /** Its webhooks, one at a time. */
  readonly webhooks: WebhookWriter | OnlyByProvider;
  /**
   * The platform's account in sandbox mode. `derive` returns the same 64 hex digits for a name in every process of a
   * deployment. `tenantId`: of the tenant whose account it is instead, which shares nothing with others.
   */
  platform(derive: (name: string) => string, tenantId?: string): PlatformSettings;
}
