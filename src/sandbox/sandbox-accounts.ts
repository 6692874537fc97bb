/** The accounts that the "providers" know, with their secrets. */
import type { ProviderAccount, ProviderName } from '../providers/index.js';

/** An account as this deployment has it; `tenantId` is null for the platform's. */
export interface SandboxAccount extends ProviderAccount {
  readonly tenantId: string | null;
}

export abstract class SandboxAccounts {
  /** The accounts with this public name at a provider, the oldest first. */
  abstract findByExternalId(provider: ProviderName, externalId: string): Promise<readonly SandboxAccount[]>;

  /** All accounts at a provider, the oldest first. */
  abstract allAt(provider: ProviderName): Promise<readonly SandboxAccount[]>;

  /** The account at a provider that one of our numbers belongs to. */
  abstract holderOf(provider: ProviderName, channel: 'sms' | 'whatsapp', number: string): Promise<SandboxAccount>;
}

/** A credential of an account; empty where it has none. */
export const credential = ({ credentials }: ProviderAccount, name: string): string => credentials[name] ?? '';
