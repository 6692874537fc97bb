/** The adapters of a deployment, each connected to its provider or to the sandbox. */
import type { ProviderDescriptor } from './provider.descriptor.js';
import type { ProviderAdapter } from './provider.port.js';
import type { ProviderName } from './provider-catalog.js';
import { DESCRIPTORS } from './provider-list.js';
import type { ProvidersConfig } from './providers-config.js';

export type Adapters = Readonly<Record<ProviderName, ProviderAdapter>>;

/** The public URL of a provider's webhooks, for a deployment with this public address. */
export const webhookUrlOf = (
  { platform }: Pick<ProvidersConfig, 'platform'>,
  name: ProviderName,
  base: string,
): string => `${platform[name]?.webhookBaseUrl ?? base}/webhook/${name}`;

/** `base`: the public address of the deployment. Connects to nothing yet. */
export function connectAdapters(config: Pick<ProvidersConfig, 'platform' | 'sandbox'>, base: string): Adapters {
  const sandboxUrl = config.sandbox ? `${base}/sandbox` : undefined;
  const connected = DESCRIPTORS.map((descriptor: ProviderDescriptor<ProviderName>) => {
    const { name } = descriptor;
    const adapter = descriptor.connect({
      baseUrl: sandboxUrl === undefined ? config.platform[name]?.baseUrl : `${sandboxUrl}/${name}`,
      webhookUrl: webhookUrlOf(config, name, base),
      sandboxUrl,
    });
    return [name, adapter] as const;
  });
  return Object.fromEntries(connected) as Record<ProviderName, ProviderAdapter>;
}
