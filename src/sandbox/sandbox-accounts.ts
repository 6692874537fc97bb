/** The accounts of the simulated providers, with their secrets. */
import type { ProviderAccount, ProviderName } from '../providers/index.js';

/** An account of this deployment; `tenantId` is null for the platform's. */
export interface SandboxAccount extends ProviderAccount {
  readonly tenantId: string | null;
}

export abstract class SandboxAccounts {
  /** The accounts with this public id at a provider, oldest first. */
  abstract findByExternalId(provider: ProviderName, externalId: string): Promise<readonly SandboxAccount[]>;

  /** All accounts at a provider, oldest first. */
  abstract allAt(provider: ProviderName): Promise<readonly SandboxAccount[]>;

  /** What the record calls the accounts of a tenant: our ids of them, and the providers'. */
  abstract namesOf(tenantId: string): Promise<ReadonlySet<string>>;

  /** The account at a provider that owns one of our numbers. */
  abstract holderOf(provider: ProviderName, channel: 'sms' | 'whatsapp', number: string): Promise<SandboxAccount>;
}

/** A credential of an account; empty if it has none. */
export const credential = ({ credentials }: ProviderAccount, name: string): string => credentials[name] ?? '';
