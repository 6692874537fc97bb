/** Where the accounts at providers are kept: providers ask for them, and do not know how. */
import type { ProviderName } from './provider-catalog.js';
import type { ProviderAccount } from './provider-account.js';

/** Accounts with their credentials, decrypted. The module that keeps them provides it, as the kernel's Authenticator is provided. */
export abstract class AccountDirectory {
  /** Raises an error where there is no such account, or the environment no longer has it. */
  abstract load(accountId: string): Promise<ProviderAccount>;

  /** The platform's account at a provider; undefined where it has none. */
  abstract platformAccount(provider: ProviderName): Promise<ProviderAccount | undefined>;

  /** The account with this id, if it is one at this provider. */
  abstract find(provider: ProviderName, accountId: string): Promise<ProviderAccount | undefined>;

  /** The accounts with this public name at a provider, the oldest first. */
  abstract findByExternalId(provider: ProviderName, externalId: string): Promise<readonly ProviderAccount[]>;

  /** All accounts at a provider, the oldest first; the very same list for five seconds at most. */
  abstract allAt(provider: ProviderName): Promise<readonly ProviderAccount[]>;
}
