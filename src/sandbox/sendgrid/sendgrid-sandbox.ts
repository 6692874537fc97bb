/** The SendGrid simulator: its emails, and the accounts that may send them. */
import { Injectable } from '@nestjs/common';
import { SandboxAccounts } from '../sandbox-accounts.js';
import { Sandbox } from '../sandbox.js';
import { sendGridAccount, type SendGridAccount } from './sendgrid-accounts.js';
import { SendGridEmails } from './sendgrid-emails.js';

@Injectable()
export class SendGridSandbox {
  readonly emails: SendGridEmails;

  constructor(
    sandbox: Sandbox,
    private readonly accounts: SandboxAccounts,
  ) {
    this.emails = new SendGridEmails(sandbox);
  }

  /** The account with this key; undefined if there is none. */
  account(apiKey: string): Promise<SendGridAccount | undefined> {
    return sendGridAccount(this.accounts, apiKey);
  }
}
