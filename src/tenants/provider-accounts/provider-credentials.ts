/** Validation of a provider account's credentials, and their encryption for storage. */
import { InvalidRequest, type FieldError, type KeyRing } from '../../kernel/index.js';
import { DESCRIPTORS, descriptorOf, type CredentialRule, type ProviderDescriptor } from '../../providers/index.js';
import type { ProviderName } from '../channels.js';

export type Credentials = Readonly<Record<string, string>>;

/** The credentials, if the provider can use them. Raises InvalidRequest naming each missing, unknown or malformed one. */
export function checkCredentials(provider: ProviderName, given: Readonly<Record<string, unknown>>): Credentials {
  const rules = ofTenants(descriptorOf(provider));
  const credentials: Record<string, string> = {};
  const errors: FieldError[] = Object.keys(given)
    .filter((name) => !Object.hasOwn(rules, name))
    .map((name) => fieldError(name, `is no credential of ${provider}: it takes ${Object.keys(rules).join(', ')}`));
  for (const [name, rule] of Object.entries(rules)) {
    const value = given[name] ?? undefined;
    if (typeof value === 'string' && formOf(rule).test(value)) credentials[name] = value;
    else if (value !== undefined || rule.optionalFor === undefined) {
      errors.push(fieldError(name, `${value === undefined ? 'is missing: it ' : ''}must be ${rule.meaning}`));
    }
    const { needs } = rule;
    if (value !== undefined && needs !== undefined && (given[needs] ?? undefined) === undefined) {
      errors.push(fieldError(needs, `is missing: ${name} is of no use without it`));
    }
  }
  if (errors.length > 0) throw new InvalidRequest(errors);
  return credentials;
}

/** The credentials of accounts that tenants enter. */
const ofTenants = ({ credentials }: ProviderDescriptor): Readonly<Record<string, CredentialRule>> =>
  Object.fromEntries(Object.entries(credentials).filter(([, { platformOnly }]) => !platformOnly));

/** The credentials of each provider, one sentence each, the shortest first. */
export const credentialsTaken = (): string =>
  DESCRIPTORS.map(takenBy)
    .sort((left, right) => left.length - right.length)
    .join(' ');

function takenBy(descriptor: ProviderDescriptor): string {
  const { name: provider } = descriptor;
  const named = Object.entries(ofTenants(descriptor)).map(([name, rule]) => ({
    text: rule.list ? `${name} (comma-separated)` : name,
    purpose: rule.optionalFor,
  }));
  const needed = named.filter(({ purpose }) => purpose === undefined).map(({ text }) => text);
  const optional = Map.groupBy(
    named.filter(({ purpose }) => purpose !== undefined),
    ({ purpose }) => purpose,
  );
  const clauses = [...optional].map(
    ([purpose, some]) => ` and, where ${purpose} are wanted, ${some.map(({ text }) => text).join(' and ')}`,
  );
  return `For ${provider}: ${needed.join(', ')}${clauses.join('')}.`;
}

/** The pattern of a whole value: of a list, up to twenty of its items. */
function formOf({ pattern, list }: CredentialRule): RegExp {
  if (!list) return pattern;
  const item = pattern.source.replace(/^\^|\$$/g, '');
  return new RegExp(`^${item}(, *${item}){0,19}$`);
}

const fieldError = (name: string, fault: string): FieldError => ({
  path: `credentials.${name}`,
  message: `credentials.${name} ${fault}`,
});

/** Credentials encrypted for the row of this account only. */
export const sealed = (keys: KeyRing, accountId: string, credentials: Credentials): string =>
  keys.encrypt(JSON.stringify(credentials), contextOf(accountId));

/** The decrypted credentials. Raises an Error if the ring lacks the key, or they were encrypted for another account. */
export const opened = (keys: KeyRing, accountId: string, text: string): Credentials =>
  JSON.parse(keys.decrypt(text, contextOf(accountId))) as Credentials;

const contextOf = (accountId: string): string => `provider_account:${accountId}`;
