/** What the platform itself sends with, where a venue or a tenant has chosen nothing. */
import { carriersOf, type ProvidersConfig } from '../../providers/index.js';
import type { Channel, ProviderName } from '../channels.js';

export interface PlatformVoice {
  readonly provider: ProviderName;
  readonly address: string;
}

/** The provider of a channel where nobody chose another: the first that carries it and that the platform has an account at. */
export function usualProvider({ platform }: ProvidersConfig, channel: Channel): ProviderName {
  const carriers = carriersOf(channel);
  const usual = carriers.find((provider) => platform[provider] !== undefined) ?? carriers[0];
  if (usual === undefined) throw new Error(`no provider that is plugged in carries ${channel}`);
  return usual;
}

/** The address the platform itself sends from where a venue has no sender of its own, and through whom. */
export function platformVoice({ platform }: ProvidersConfig, channel: Channel): PlatformVoice | undefined {
  for (const provider of carriersOf(channel)) {
    const from = platform[provider]?.from;
    if (from) return { provider, address: from.toLowerCase() };
  }
  return undefined;
}
