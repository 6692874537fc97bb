/** How one provider is stood in for: what it serves, what it knows, and how it fails. */
import type { Provider, Type } from '@nestjs/common';
import type { PlatformSettings } from '../providers/index.js';
import type { PostResult } from './callback-sender.js';
import type { WireFaults } from './wire.js';

/** A person writes to one of our numbers. */
export interface InboundText {
  readonly channel: 'sms' | 'whatsapp';
  /** The person, E.164. */
  readonly from: string;
  /** Our number, E.164. */
  readonly to: string;
  readonly body: string;
}

/** A stand-in through which people can write to us. */
export interface Receiver {
  /** Passes the text on to our webhook, once, and says what came back. */
  receive(text: InboundText): Promise<{ result: PostResult; providerMessageId: string }>;
}

export interface SandboxWire {
  /** What its routes begin with, beneath the sandbox's base; they are called by SDKs, and not in the access log. */
  readonly paths: readonly string[];
  /** Bytes of a request body, where the provider takes more than this service. */
  readonly bodyLimit?: number;
  readonly controllers: readonly Type<object>[];
  /** What its controllers ask for; these may ask for Sandbox and SandboxAccounts. */
  readonly standIns: readonly Provider[];
  /** The one of them that people write through. */
  readonly receiver?: Type<Receiver>;
  /** What the provider answers when it is overloaded or broken. */
  readonly faults: WireFaults;
  /** The platform's account in sandbox mode. `derive` gives the same 64 hex digits for a name in every process of a deployment. */
  platform(derive: (name: string) => string): PlatformSettings;
}
