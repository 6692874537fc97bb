/** The Resend simulator: its emails, its settings, and the accounts that may send them. */
import { Injectable } from '@nestjs/common';
import { SandboxAccounts } from '../sandbox-accounts.js';
import { Sandbox } from '../sandbox.js';
import { resendAccount, type ResendAccount } from './resend-accounts.js';
import { ResendEmails } from './resend-emails.js';
import { ResendSettings } from './resend-settings.js';

@Injectable()
export class ResendSandbox {
  readonly emails: ResendEmails;
  readonly settings: ResendSettings;

  constructor(
    { record, schedule, sender, faults, options }: Sandbox,
    private readonly accounts: SandboxAccounts,
  ) {
    this.settings = new ResendSettings(options);
    this.emails = new ResendEmails(record, schedule, sender, faults, options.publicUrl);
  }

  /** The account with this key; undefined if there is none. */
  account(apiKey: string): Promise<ResendAccount | undefined> {
    return resendAccount(this.accounts, apiKey);
  }
}
