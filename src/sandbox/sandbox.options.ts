/** What the sandbox needs to know of the service. */
import type { Mode } from '../kernel/index.js';
import { DESCRIPTORS, type ProviderName, type ProvidersConfig } from '../providers/index.js';

export const SANDBOX_PROVIDERS: readonly ProviderName[] = DESCRIPTORS.map(({ name }) => name);
/** Those with inbound messages. */
export const HEARING_PROVIDERS: readonly ProviderName[] = DESCRIPTORS.filter(({ webhook }) => webhook.inbound).map(
  ({ name }) => name,
);

export interface SandboxOptions {
  /** In test mode its own routes need a key, and show a tenant what is the tenant's. Live, if absent. */
  readonly mode?: Mode;
  /** The public URL of our service: webhooks are posted to `${publicUrl}/webhook/…`. No trailing slash. */
  readonly publicUrl: string;
  /** The base URL of this module's routes, such as `http://127.0.0.1:3000/sandbox`. No trailing slash. */
  readonly sandboxUrl: string;
  /** The platform's accounts. */
  readonly platform: ProvidersConfig['platform'];
  /** SMS segments of a body, for Twilio's `num_segments`. */
  readonly countSegments: (body: string) => { readonly segments: number };
  /** Time between two events of a message's life, in ms; 50 by default. The fault plan may override it. */
  readonly callbackDelayMs?: number;
  /** Messages kept in the record; 200,000 by default. */
  readonly recordLimit?: number;
}
