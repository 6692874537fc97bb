/** What the sandbox must know of the service it stands in for providers to. */
import { DESCRIPTORS, type ProviderName, type ProvidersConfig } from '../providers/index.js';

export const SANDBOX_PROVIDERS: readonly ProviderName[] = DESCRIPTORS.map(({ name }) => name);
/** Those through which people write to us. */
export const HEARING_PROVIDERS: readonly ProviderName[] = DESCRIPTORS.filter(({ webhook }) => webhook.inbound).map(
  ({ name }) => name,
);

export interface SandboxOptions {
  /** Where the "providers" reach our own service: webhooks are posted to `${publicUrl}/webhook/…`. No trailing slash. */
  readonly publicUrl: string;
  /** The base under which this module's routes are served, such as `http://127.0.0.1:3000/sandbox`. No trailing slash. */
  readonly sandboxUrl: string;
  /** The platform's accounts. */
  readonly platform: ProvidersConfig['platform'];
  /** SMS segments of a body, for Twilio's `num_segments`. */
  readonly countSegments: (body: string) => { readonly segments: number };
  /** Time between two happenings of a message's life, in ms; 50 by default. The fault plan may replace it. */
  readonly callbackDelayMs?: number;
  /** Messages kept in the record before the oldest is forgotten; 200,000 by default. */
  readonly recordLimit?: number;
}
