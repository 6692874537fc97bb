/** Which credentials a provider account holds, as data; how they are checked, and how they are sealed for storage. */
import { InvalidRequest, type FieldError, type KeyRing, type ReadyConfig } from '../../kernel/index.js';
import { PROVIDERS, type ProviderName } from '../channels.js';

export type Credentials = Readonly<Record<string, string>>;

interface Rule {
  readonly pattern: RegExp;
  /** What the pattern means, as the end of "must be …". */
  readonly meaning: string;
  readonly optional?: true;
}

const TOPIC_ARN = 'arn:aws[a-z-]*:sns:[a-z0-9-]+:\\d{12}:[\\w-]{1,256}';

const BASE64 = '(?:[A-Za-z0-9+/]{4}){4,64}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?';

/** The names and forms of the credentials of each provider. */
export const CREDENTIALS: Readonly<Record<ProviderName, Readonly<Record<string, Rule>>>> = {
  twilio: {
    accountSid: { pattern: /^AC[0-9a-zA-Z]{32}$/, meaning: 'AC and 32 characters, from the Twilio console' },
    authToken: { pattern: /^\S{8,256}$/, meaning: 'the auth token of that account' },
  },
  resend: {
    apiKey: { pattern: /^re_\S{8,256}$/, meaning: 're_ and what follows it, from the Resend dashboard' },
    webhookSecret: {
      pattern: new RegExp(`^whsec_${BASE64}$`),
      meaning: 'the signing secret of its webhook, whsec_ and what follows it',
      optional: true,
    },
  },
  ses: {
    region: { pattern: /^[a-z]{2}(-[a-z]+)+-\d$/, meaning: 'an AWS region such as eu-central-1' },
    accessKeyId: { pattern: /^\w{4,128}$/, meaning: 'an AWS access key id' },
    secretAccessKey: { pattern: /^\S{8,256}$/, meaning: 'the secret of that access key' },
    configurationSet: { pattern: /^[\w-]{1,64}$/, meaning: 'the name of a configuration set', optional: true },
    topicArns: {
      pattern: new RegExp(`^${TOPIC_ARN}(, *${TOPIC_ARN}){0,19}$`),
      meaning: 'the ARNs of the SNS topics that its events come from, comma-separated',
      optional: true,
    },
  },
};

/** The credentials if the provider can use them. Raises InvalidRequest naming each missing, unknown or malformed one. */
export function checkCredentials(provider: ProviderName, given: Readonly<Record<string, unknown>>): Credentials {
  const rules = CREDENTIALS[provider];
  const credentials: Record<string, string> = {};
  const errors: FieldError[] = Object.keys(given)
    .filter((name) => !Object.hasOwn(rules, name))
    .map((name) => fieldError(name, `is no credential of ${provider}: it takes ${Object.keys(rules).join(', ')}`));
  for (const [name, { pattern, meaning, optional }] of Object.entries(rules)) {
    const value = given[name] ?? undefined;
    if (typeof value === 'string' && pattern.test(value)) credentials[name] = value;
    else if (value !== undefined || !optional) errors.push(fieldError(name, `must be ${meaning}`));
  }
  if (errors.length > 0) throw new InvalidRequest(errors);
  return credentials;
}

const fieldError = (name: string, fault: string): FieldError => ({
  path: `credentials.${name}`,
  message: `credentials.${name} ${fault}`,
});

/** The provider's own, public name of the account: what its webhooks, or the calls to it, name it by. */
export const externalIdOf = ({ accountSid, accessKeyId }: Credentials): string | null =>
  accountSid ?? accessKeyId ?? null;

/** The platform's credentials at a provider, from the environment; undefined where it has none. */
export function platformCredentials(
  { twilio, ses, resend }: ReadyConfig,
  provider: ProviderName,
): Credentials | undefined {
  switch (provider) {
    case 'twilio':
      return twilio && { accountSid: twilio.accountSid, authToken: twilio.authToken };
    case 'resend':
      return (
        resend && {
          apiKey: resend.apiKey,
          ...(resend.webhookSecret && { webhookSecret: resend.webhookSecret }),
        }
      );
    case 'ses':
      return (
        ses && {
          region: ses.region,
          accessKeyId: ses.accessKeyId,
          secretAccessKey: ses.secretAccessKey,
          ...(ses.configurationSet && { configurationSet: ses.configurationSet }),
          topicArns: ses.topicArns.join(','),
        }
      );
  }
}

/** The providers that the platform has an account at. */
export const configuredProviders = (config: ReadyConfig): ProviderName[] =>
  PROVIDERS.filter((provider) => platformCredentials(config, provider) !== undefined);

/** Credentials encrypted for the row of this account, and for no other. */
export const sealed = (keys: KeyRing, accountId: string, credentials: Credentials): string =>
  keys.encrypt(JSON.stringify(credentials), contextOf(accountId));

/** The credentials in a sealed text. Raises an Error when the ring lacks its key, or it was sealed for another account. */
export const opened = (keys: KeyRing, accountId: string, text: string): Credentials =>
  JSON.parse(keys.decrypt(text, contextOf(accountId))) as Credentials;

const contextOf = (accountId: string): string => `provider_account:${accountId}`;
