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

/** Codes that are ours, whatever the provider. */
const OWN_CODES: readonly string[] = [
  'none',
  'aborted',
  'not_called',
  'no_outcome',
  'not_found',
  'no-answer',
  'unsupported-content',
  'connect-timeout',
  'TimeoutError',
  'ETIMEDOUT',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
];
const STATUSES: readonly string[] = Array.from({ length: 200 }, (_, place) => `http-${400 + place}`);

/** All labels of error codes: those that we know, and no others. */
export const ERROR_LABELS: readonly string[] = [
  ...new Set([
    ...OWN_CODES,
    ...STATUSES,
    ...DESCRIPTORS.flatMap(({ errorCodes = [] }: ProviderDescriptor) => errorCodes),
  ]),
];

/** An error code without its details: `http-400` of `http-400 personalizations.to`, `Permanent` of `Permanent/General`. */
export const errorLabel = (code: string | null): string => (code === null ? 'none' : code.replace(/[ /].*/s, ''));

/** The provider's public id of an account with these credentials; null if it has none. */
export function externalIdOf(name: ProviderName, credentials: Readonly<Record<string, string>>): string | null {
  const { externalId } = descriptorOf(name);
  return (externalId === undefined ? undefined : credentials[externalId]) ?? null;
}
