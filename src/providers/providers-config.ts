/** The provider part of the configuration: the platform's accounts, or the sandbox instead. */
import type { EnvironmentReader, Mode } from '../kernel/index.js';
import type { PlatformSettings, ProviderDescriptor, ProviderVariable } from './provider.descriptor.js';
import { CHANNELS, type Channel } from './channels.js';
import { carriersOf, type ProviderName } from './provider-catalog.js';
import { DESCRIPTORS } from './provider-list.js';

/** A provider by channel; that of `sms` is for MMS too. */
export type ProviderChoice = Readonly<Partial<Record<Channel, ProviderName>>>;

/** Who speaks where no sender says so, as a tenant or the deployment has chosen. */
export interface ProviderChoices {
  readonly defaultProviders: ProviderChoice;
  /** For marketing, in place of the others. */
  readonly marketingProviders: ProviderChoice;
}

export interface ProvidersConfig extends ProviderChoices {
  /** In test mode the sandbox simulates them, and each tenant has accounts of its own there. */
  readonly mode: Mode;
  /** The sandbox simulates the providers. */
  readonly sandbox: boolean;
  /** CALLBOARD_SANDBOX=on was set, so the sandbox is intended. */
  readonly sandboxAsked: boolean;
  /** The platform's own account at each provider, if any. */
  readonly platform: Readonly<Partial<Record<ProviderName, PlatformSettings>>>;
}

/** Injection token of the ProvidersConfig. */
export const PROVIDERS_CONFIG = Symbol('providers config');

const WEB = ['http:', 'https:'];

/** Every variable that implies real providers: any of them turns the sandbox off. */
export const configuringVariables = (): string[] => DESCRIPTORS.flatMap((descriptor) => configuring(descriptor));

/** Reads the variables of all providers, and reports their errors. */
export function readProviders(read: EnvironmentReader): Omit<ProvidersConfig, 'mode'> {
  return {
    sandbox: sandboxMode(read),
    sandboxAsked: read.text('CALLBOARD_SANDBOX') === 'on',
    defaultProviders: providerChoice(read, ''),
    marketingProviders: providerChoice(read, 'MARKETING_'),
    platform: Object.fromEntries(
      DESCRIPTORS.flatMap((descriptor) => {
        const settings = platformSettings(read, descriptor);
        return settings ? [[descriptor.name, settings]] : [];
      }),
    ),
  };
}

/** The channels on which there is a choice; MMS follows SMS. */
const CHOICE_CHANNELS: readonly Channel[] = CHANNELS.filter(
  (channel) => channel !== 'mms' && carriersOf(channel).length > 1,
);

/** The variables by which the deployment chooses. */
export const choiceVariables = (): string[] =>
  CHOICE_CHANNELS.flatMap((channel) => [choiceVariable(channel, ''), choiceVariable(channel, 'MARKETING_')]);

const choiceVariable = (channel: Channel, kind: '' | 'MARKETING_'): string =>
  `CALLBOARD_${channel.toUpperCase()}_${kind}PROVIDER`;

function providerChoice(read: EnvironmentReader, kind: '' | 'MARKETING_'): ProviderChoice {
  const chosen = CHOICE_CHANNELS.map((channel) => {
    const carriers = carriersOf(channel);
    return [channel, read.oneOf<ProviderName | ''>(choiceVariable(channel, kind), [...carriers, ''], '')] as const;
  });
  return Object.fromEntries(chosen.filter(([, provider]) => provider !== ''));
}

/** The platform's account at one provider; undefined if none of its configuring variables is set. */
export function platformSettings(
  read: EnvironmentReader,
  descriptor: ProviderDescriptor,
): PlatformSettings | undefined {
  if (!read.anyOf(...configuring(descriptor))) return undefined;
  const credentials: Record<string, string> = {};
  const settings: Record<string, string> = {};
  for (const variable of descriptor.variables) {
    const [target, key] = 'credential' in variable ? [credentials, variable.credential] : [settings, variable.setting];
    const value = valueOf(read, variable, descriptor);
    if (value) target[key] = value;
  }
  return { credentials, ...settings };
}

/** The sandbox is only for a deployment without real providers. */
function sandboxMode(read: EnvironmentReader): boolean {
  const configured = configuringVariables().filter((name) => read.text(name) !== undefined);
  const wanted = read.oneOf('CALLBOARD_SANDBOX', ['on', 'off', ''] as const, '');
  const isTest = read.text('CALLBOARD_MODE') === 'test';
  if ((wanted === 'on' || isTest) && configured.length > 0) {
    const setting = isTest ? 'CALLBOARD_MODE=test' : 'CALLBOARD_SANDBOX=on';
    read.complain(`${setting} cannot stand beside real providers: unset ${configured.join(', ')}, or turn it off`);
  }
  if (isTest && wanted === 'off')
    read.complain('CALLBOARD_SANDBOX=off leaves CALLBOARD_MODE=test no provider: unset it');
  if (isTest) return true;
  return wanted === '' ? configured.length === 0 : wanted === 'on';
}

const configuring = ({ variables }: ProviderDescriptor): string[] =>
  variables.filter(({ configures }) => configures).map(({ name }) => name);

function valueOf(
  read: EnvironmentReader,
  variable: ProviderVariable,
  descriptor: ProviderDescriptor,
): string | undefined {
  if ('credential' in variable) return credentialOf(read, variable.name, variable.credential, descriptor);
  if ('form' in variable) return read.matching(variable.name, variable.form.pattern, variable.form.meaning);
  return read.url(variable.name, WEB)?.replace(/\/+$/, '');
}

function credentialOf(
  read: EnvironmentReader,
  name: string,
  credential: string,
  { credentials, variables }: ProviderDescriptor,
): string | undefined {
  const rule = credentials[credential];
  if (!rule) throw new Error(`${name} sets a credential that its provider does not have`);
  const { pattern, meaning, optionalFor, unless, needs, list } = rule;
  const variableOf = (other: string): string =>
    variables.find((each) => 'credential' in each && each.credential === other)?.name ?? other;
  if (needs !== undefined && read.text(name) !== undefined) {
    read.require(variableOf(needs), `${name} is of no use without it`);
  }
  if (list) return read.list(name, pattern, meaning).join(',');
  const isOptional = optionalFor !== undefined || (unless !== undefined && read.anyOf(variableOf(unless)));
  return isOptional ? read.matching(name, pattern, meaning) : read.required(name, pattern, meaning);
}
