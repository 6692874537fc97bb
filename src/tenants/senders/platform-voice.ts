/** The platform's defaults, if a venue or a tenant has chosen nothing. */
import { carriersOf, type ProvidersConfig } from '../../providers/index.js';
import type { Channel, ProviderName } from '../channels.js';

export interface PlatformVoice {
  readonly provider: ProviderName;
  readonly address: string;
}

/** The default provider of a channel: the first that supports it and at which the platform has an account. */
export function usualProvider({ platform }: ProvidersConfig, channel: Channel): ProviderName {
  const carriers = carriersOf(channel);
  const usual = carriers.find((provider) => platform[provider] !== undefined) ?? carriers[0];
  if (usual === undefined) throw new Error(`no provider that is plugged in carries ${channel}`);
  return usual;
}

/** The platform's own sender address for venues without a sender, and its provider. */
export function platformVoice({ platform }: ProvidersConfig, channel: Channel): PlatformVoice | undefined {
  for (const provider of carriersOf(channel)) {
    const from = platform[provider]?.from;
    if (from) return { provider, address: from.toLowerCase() };
  }
  return undefined;
}
