/** Derived from the list of descriptors, for everyone who names a provider. */
import { CHANNELS, type Channel } from './channels.js';
import type { ProviderDescriptor } from './provider.descriptor.js';
import { DESCRIPTORS } from './provider-list.js';

export type ProviderName = (typeof DESCRIPTORS)[number]['name'];

const firstChannel = ({ channels: [first] }: ProviderDescriptor): number =>
  first === undefined ? CHANNELS.length : CHANNELS.indexOf(first);

/** By channel, in the order of the channels. */
export const PROVIDERS: readonly ProviderName[] = [...DESCRIPTORS]
  .sort((left, right) => firstChannel(left) - firstChannel(right))
  .map(({ name }) => name);

const BY_NAME: ReadonlyMap<string, ProviderDescriptor> = new Map(
  DESCRIPTORS.map((descriptor) => [descriptor.name, descriptor]),
);

/** Raises an Error for a name from the database of a provider that is no longer plugged in. */
export function descriptorOf(name: ProviderName): ProviderDescriptor {
  const descriptor = BY_NAME.get(name);
  if (!descriptor) throw new Error(`No provider "${name}" is plugged in`);
  return descriptor;
}

/** Those that support a channel, the default first. */
export const carriersOf = (channel: Channel): ProviderName[] =>
  PROVIDERS.filter((name) => descriptorOf(name).channels.includes(channel));

/** The channels that messages can be sent on. */
export const CARRIED_CHANNELS: readonly Channel[] = CHANNELS.filter((channel) =>
  DESCRIPTORS.some(({ sends }: ProviderDescriptor) => sends.includes(channel)),
);

/** The provider's public id of an account with these credentials; null if it has none. */
export function externalIdOf(name: ProviderName, credentials: Readonly<Record<string, string>>): string | null {
  const { externalId } = descriptorOf(name);
  return (externalId === undefined ? undefined : credentials[externalId]) ?? null;
}
