/** Which provider speaks where no sender says so: the tenant's choice, else the deployment's, else the first that it has. */
import {
  carriersOf,
  type PlatformSettings,
  type ProviderChoices,
  type ProvidersConfig,
} from '../../providers/index.js';
import { consentChannel, type Category, type Channel, type ProviderName } from '../channels.js';

/** The platform's own sender address, and its provider. */
export interface PlatformVoice {
  readonly provider: ProviderName;
  readonly address: string;
}

/** What a choice depends on. `category` is undefined for a sender, which speaks for any. */
export interface ChoiceContext {
  readonly channel: Channel;
  readonly category?: Category;
  /** The tenant's own choices come first. */
  readonly tenant: ProviderChoices;
}

/** The provider of a new sender that names none. */
export function usualProvider(config: ProvidersConfig, context: ChoiceContext): ProviderName {
  const carriers = carriersOf(context.channel);
  const [chosen] = chosenBy(config, context);
  const usual = chosen ?? carriers.find((provider) => config.platform[provider] !== undefined) ?? carriers[0];
  if (usual === undefined) throw new Error(`no provider that is plugged in carries ${context.channel}`);
  return usual;
}

/** The platform's own sender address for venues without a sender: at the chosen provider, if the platform has one there. */
export function platformVoice(config: ProvidersConfig, context: ChoiceContext): PlatformVoice | undefined {
  for (const provider of [...chosenBy(config, context), ...carriersOf(context.channel)]) {
    const address = addressOf(config.platform[provider], context.channel);
    if (address) return { provider, address };
  }
  return undefined;
}

/** All of the platform's own addresses on a channel. */
export const platformAddresses = ({ platform }: ProvidersConfig, channel: Channel): string[] =>
  carriersOf(channel).flatMap((provider) => addressOf(platform[provider], channel) ?? []);

/** A number that texts is no WhatsApp sender until it is registered as one. */
const addressOf = (settings: PlatformSettings | undefined, channel: Channel): string | undefined =>
  (channel === 'whatsapp' ? settings?.whatsappFrom : settings?.from)?.toLowerCase();

/** The choices that carry the channel, the first before the others. */
function chosenBy(config: ProvidersConfig, { channel, category, tenant }: ChoiceContext): ProviderName[] {
  const key = consentChannel(channel);
  const carriers = carriersOf(channel);
  return [tenant, config]
    .flatMap(({ defaultProviders, marketingProviders }) => [
      category === 'marketing' ? marketingProviders[key] : undefined,
      defaultProviders[key],
    ])
    .filter((provider): provider is ProviderName => provider !== undefined && carriers.includes(provider));
}
