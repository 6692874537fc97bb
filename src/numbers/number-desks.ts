/** Where a tenant's numbers are rented. */
import { Inject, Injectable } from '@nestjs/common';
import {
  RequestFault,
  PROVIDERS_CONFIG,
  ProviderRegistry,
  type NumberDesk,
  type ProvidersConfig,
} from '../providers/index.js';
import {
  ProviderAccounts,
  SenderDirectory,
  usualProvider,
  type ProviderAccountSecrets,
  type ProviderName,
} from '../tenants/index.js';
import { NumbersNotRented, NumbersUnanswered, SearchRefused } from './numbers.errors.js';

export interface TenantsDesk {
  readonly provider: ProviderName;
  readonly desk: NumberDesk;
  readonly account: ProviderAccountSecrets;
}

@Injectable()
export class NumberDesks {
  constructor(
    @Inject(PROVIDERS_CONFIG) private readonly config: ProvidersConfig,
    private readonly providers: ProviderRegistry,
    private readonly accounts: ProviderAccounts,
    private readonly senders: SenderDirectory,
  ) {}

  /** The tenant's own account, else the platform's. Raises NumbersNotRented and ProviderNotConfigured. */
  async of(tenantId: string, wanted: ProviderName | undefined): Promise<TenantsDesk> {
    const tenant = await this.senders.tenant(tenantId);
    const usual = usualProvider(this.config, { channel: 'sms', category: undefined, tenant });
    const provider = wanted ?? ((await this.desk(usual)) ? usual : 'twilio');
    if (!(await this.desk(provider))) throw new NumbersNotRented();
    return this.at(provider, await this.accounts.idFor(tenantId, provider));
  }

  /** That of one account. Raises NumbersNotRented. */
  async at(provider: ProviderName, accountId: string): Promise<TenantsDesk> {
    const desk = await this.desk(provider);
    if (!desk) throw new NumbersNotRented();
    return { provider, desk, account: await this.accounts.load(accountId) };
  }

  private async desk(provider: ProviderName): Promise<NumberDesk | undefined> {
    return (await this.providers.adapter(provider)).numbers;
  }
}

/** A provider's fault in a call that a caller waits for. Raises SearchRefused and NumbersUnanswered. */
export async function askedNow<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof RequestFault)) throw error;
    throw error.kind === 'refused' ? new SearchRefused(error.code) : new NumbersUnanswered();
  }
}
