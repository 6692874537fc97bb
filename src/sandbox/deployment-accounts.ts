/** The provider accounts of this deployment: the platform's and the tenants' own. */
import { Injectable } from '@nestjs/common';
import { ProviderAccounts, SenderDirectory, type ProviderAccountSecrets } from '../tenants/index.js';
import { SandboxAccounts, type ResendAccount, type SesAccount, type TwilioAccount } from './sandbox-accounts.js';

/** At a provider an account has one secret. Where several entered the same account, the first of them is believed. */
@Injectable()
export class DeploymentAccounts extends SandboxAccounts {
  constructor(
    private readonly accounts: ProviderAccounts,
    private readonly directory: SenderDirectory,
  ) {
    super();
  }

  async twilio(accountSid: string): Promise<TwilioAccount | undefined> {
    const [first] = await this.accounts.findByExternalId('twilio', accountSid);
    return first && { accountSid, authToken: credential(first, 'authToken') };
  }

  async ses(accessKeyId: string): Promise<readonly SesAccount[]> {
    const found = await this.accounts.findByExternalId('ses', accessKeyId);
    const all = found.map((account): SesAccount => {
      const [topicArn] = credential(account, 'topicArns').split(',');
      return {
        region: credential(account, 'region'),
        accessKeyId,
        secretAccessKey: credential(account, 'secretAccessKey'),
        ...(topicArn && { topicArn: topicArn.trim() }),
      };
    });
    return all.filter(({ secretAccessKey }) => secretAccessKey === all[0]?.secretAccessKey);
  }

  async resend(apiKey: string): Promise<ResendAccount | undefined> {
    const all = await this.accounts.allAt('resend');
    const found = all.find(({ credentials }) => credentials['apiKey'] === apiKey);
    if (!found) return undefined;
    const { id, tenantId, credentials } = found;
    const webhookPath = tenantId === null ? '/webhook/resend' : `/webhook/resend/${id}`;
    return { id, apiKey, webhookSecret: credentials['webhookSecret'], webhookPath };
  }

  /** By the venue that speaks from the number; the platform's for a number of no venue. */
  async holderOf(channel: 'sms' | 'whatsapp', number: string): Promise<TwilioAccount> {
    const [holder] = await this.directory.venuesOfNumber(channel, number);
    const account = await this.accounts.load(holder?.accountId ?? (await this.accounts.platformId('twilio')));
    return { accountSid: credential(account, 'accountSid'), authToken: credential(account, 'authToken') };
  }
}

const credential = ({ credentials }: ProviderAccountSecrets, name: string): string => credentials[name] ?? '';
