/** Where a tenant's numbers are rented. */
import { Inject, Injectable } from '@nestjs/common';
import { InvalidRequest, type FieldError } from '../kernel/index.js';
import {
  descriptorOf,
  RequestFault,
  PROVIDERS_CONFIG,
  ProviderRegistry,
  type NumberChannel,
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

/** What a number is for. */
export interface NumberUse {
  readonly channels: readonly NumberChannel[];
  /** The pool of the provider's that it is to join. */
  readonly pool?: string | undefined;
}

@Injectable()
export class NumberDesks {
  constructor(
    @Inject(PROVIDERS_CONFIG) private readonly config: ProvidersConfig,
    private readonly providers: ProviderRegistry,
    private readonly accounts: ProviderAccounts,
    private readonly senders: SenderDirectory,
  ) {}

  /**
   * The tenant's own account, else the platform's: at the provider that is named, else where texts usually go, if numbers of this use
   * are rented there, else at Twilio. Raises NumbersNotRented, InvalidRequest and ProviderNotConfigured.
   */
  async of(tenantId: string, named: ProviderName | undefined, use: NumberUse): Promise<TenantsDesk> {
    const tenant = await this.senders.tenant(tenantId);
    const usual = usualProvider(this.config, { channel: 'sms', category: undefined, tenant });
    const serves = faultsOf(usual, use).length === 0 && (await this.desk(usual)) !== undefined;
    const provider = named ?? (serves ? usual : 'twilio');
    if (!(await this.desk(provider))) throw new NumbersNotRented();
    const faults = faultsOf(provider, use);
    if (faults.length > 0) throw new InvalidRequest(faults);
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

/** Why a provider's numbers are not of this use, as faults of a request. */
function faultsOf(provider: ProviderName, { channels, pool }: NumberUse): FieldError[] {
  const { sends, pools } = descriptorOf(provider);
  const silent = channels.filter((channel) => !sends.includes(channel));
  const none = `nothing is sent by ${silent.join(', ')} through ${provider}: use twilio, or leave it out`;
  const unpooled = `${provider} has no pools here: leave \`pool\` out, or use twilio`;
  const notOne = 'pool must be a Messaging Service of the provider, such as MG and 32 characters';
  return [
    ...(silent.length > 0 ? [{ path: 'provider', message: none }] : []),
    ...(pool !== undefined && !pools?.test(pool) ? [{ path: 'pool', message: pools ? notOne : unpooled }] : []),
  ];
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
