/** Who calls Twilio: HTTP Basic credentials of an account. */
import { timingSafeEqual } from 'node:crypto';
import type { SandboxAccounts, TwilioAccount } from '../sandbox-accounts.js';
import { twilioRefusal } from './twilio-errors.js';

const ACCOUNT_SID = /^AC[0-9a-zA-Z]{32}$/;

export class TwilioAccounts {
  constructor(private readonly accounts: SandboxAccounts) {}

  /** The account in a call's path, which the credentials must be those of; refuses with 20003. */
  async authenticate(accountSid: string, authorization: string | undefined): Promise<TwilioAccount> {
    const encoded = /^Basic +(\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
    const [user, ...rest] = Buffer.from(encoded, 'base64').toString().split(':');
    if (user !== accountSid || !ACCOUNT_SID.test(accountSid)) throw twilioRefusal(20003);
    const account = await this.accounts.twilio(accountSid);
    if (!account || !same(account.authToken, rest.join(':'))) throw twilioRefusal(20003);
    return account;
  }
}

const same = (left: string, right: string): boolean =>
  left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));
