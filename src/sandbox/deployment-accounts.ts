/** The provider accounts of this deployment: the platform's and the tenants' own. */
import { Injectable } from '@nestjs/common';
import type { ProviderName } from '../providers/index.js';
import { ProviderAccounts, SenderDirectory } from '../tenants/index.js';
import { SandboxAccounts, type SandboxAccount } from './sandbox-accounts.js';

@Injectable()
export class DeploymentAccounts extends SandboxAccounts {
  constructor(
    private readonly accounts: ProviderAccounts,
    private readonly directory: SenderDirectory,
  ) {
    super();
  }

  findByExternalId(provider: ProviderName, externalId: string): Promise<SandboxAccount[]> {
    return this.accounts.findByExternalId(provider, externalId);
  }

  allAt(provider: ProviderName): Promise<SandboxAccount[]> {
    return this.accounts.allAt(provider);
  }

  async namesOf(tenantId: string): Promise<ReadonlySet<string>> {
    const own = await this.accounts.ownOf(tenantId);
    return new Set(own.flatMap(({ id, externalId }) => [id, externalId ?? id]));
  }

  /** That of the venue that uses the number; the platform's for a number of no venue. */
  async holderOf(provider: ProviderName, channel: 'sms' | 'whatsapp', number: string): Promise<SandboxAccount> {
    const [holder] = await this.directory.venuesOfNumber(channel, number);
    return this.accounts.load(holder?.accountId ?? (await this.accounts.platformId(provider)));
  }
}
