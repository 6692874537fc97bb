/** What the platform itself sends with, where a venue or a tenant has chosen nothing. */
import type { ReadyConfig } from '../../kernel/index.js';
import { CARRIED_BY, type Channel, type ProviderName } from '../channels.js';
import { configuredProviders } from '../provider-accounts/provider-credentials.js';

export interface PlatformVoice {
  readonly provider: ProviderName;
  readonly address: string;
}

/** The provider of a channel where nobody chose another: the first that carries it and that the platform has an account at. */
export function usualProvider(config: ReadyConfig, channel: Channel): ProviderName {
  const here = configuredProviders(config).find((provider) => CARRIED_BY[provider].includes(channel));
  return here ?? (channel === 'email' ? 'ses' : 'twilio');
}

/** The address the platform itself sends from where a venue has no sender of its own, and through whom. */
export function platformVoice({ ses, resend, twilio }: ReadyConfig, channel: Channel): PlatformVoice | undefined {
  if (channel !== 'email') return twilio?.phoneNumber ? { provider: 'twilio', address: twilio.phoneNumber } : undefined;
  if (ses?.from) return { provider: 'ses', address: ses.from.toLowerCase() };
  return resend?.from ? { provider: 'resend', address: resend.from.toLowerCase() } : undefined;
}
