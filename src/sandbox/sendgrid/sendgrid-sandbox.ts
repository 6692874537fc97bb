/** The SendGrid simulator: its emails, its settings, and the accounts that may send them. */
import { Injectable } from '@nestjs/common';
import { SandboxAccounts } from '../sandbox-accounts.js';
import { Sandbox } from '../sandbox.js';
import { sendGridAccount, type SendGridAccount } from './sendgrid-accounts.js';
import { SendGridEmails } from './sendgrid-emails.js';
import { SendGridStats } from './sendgrid-stats.js';
import { SendGridSettings } from './sendgrid-settings.js';

@Injectable()
export class SendGridSandbox {
  readonly emails: SendGridEmails;
  readonly settings: SendGridSettings;
  readonly stats: SendGridStats;

  constructor(
    sandbox: Sandbox,
    private readonly accounts: SandboxAccounts,
  ) {
    this.settings = new SendGridSettings(sandbox.options);
    this.stats = new SendGridStats(sandbox);
    this.emails = new SendGridEmails(sandbox);
  }

  /** The account with this key; undefined if there is none. */
  account(apiKey: string): Promise<SendGridAccount | undefined> {
    return sendGridAccount(this.accounts, apiKey);
  }
}
