/** A port to the provider accounts: providers use it without knowing the storage. */
import type { ProviderName } from './provider-catalog.js';
import type { ProviderAccount } from './provider-account.js';

/** Accounts with decrypted credentials. Implemented by the module that stores them, like the kernel's Authenticator. */
export abstract class AccountDirectory {
  /** Raises an error if there is no such account, or the environment no longer has it. */
  abstract load(accountId: string): Promise<ProviderAccount>;

  /** The platform's account at a provider; undefined if there is none. */
  abstract platformAccount(provider: ProviderName): Promise<ProviderAccount | undefined>;

  /** The account with this id, if it is one at this provider. */
  abstract find(provider: ProviderName, accountId: string): Promise<ProviderAccount | undefined>;

  /** The accounts with this public id at a provider, oldest first. */
  abstract findByExternalId(provider: ProviderName, externalId: string): Promise<readonly ProviderAccount[]>;

  /** All accounts at a provider, oldest first; the same list object for at most five seconds. */
  abstract allAt(provider: ProviderName): Promise<readonly ProviderAccount[]>;
}
