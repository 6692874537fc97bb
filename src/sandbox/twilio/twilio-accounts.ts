/** The accounts in Twilio's sandbox, and the caller's: HTTP Basic credentials of one. */
import { timingSafeEqual } from 'node:crypto';
import { credential, type SandboxAccount, type SandboxAccounts } from '../sandbox-accounts.js';
import { twilioRefusal } from './twilio-errors.js';

const ACCOUNT_SID = /^AC[0-9a-zA-Z]{32}$/;

export interface TwilioAccount {
  readonly accountSid: string;
  readonly authToken: string;
}

export class TwilioAccounts {
  constructor(private readonly accounts: SandboxAccounts) {}

  /** The account in a call's path, whose token or API key the credentials must be; rejects with 20003. */
  async authenticate(accountSid: string, authorization: string | undefined): Promise<TwilioAccount> {
    const { user, secret } = basic(authorization);
    if (!ACCOUNT_SID.test(accountSid)) throw twilioRefusal(20003);
    // A Twilio account has one token: if several were entered, the first counts.
    const [first] = await this.accounts.findByExternalId('twilio', accountSid);
    if (!first) throw twilioRefusal(20003);
    const account = accountOf(first);
    const byKey =
      user !== '' && user === credential(first, 'apiKeySid') && same(credential(first, 'apiKeySecret'), secret);
    if (!byKey && !(user === accountSid && same(account.authToken, secret))) throw twilioRefusal(20003);
    return account;
  }

  /** The account of a call whose path names none; rejects with 20003. */
  async callerOf(authorization: string | undefined): Promise<TwilioAccount> {
    const { user } = basic(authorization);
    if (user.startsWith('AC')) return this.authenticate(user, authorization);
    const keyed = (await this.accounts.allAt('twilio')).find((account) => credential(account, 'apiKeySid') === user);
    return this.authenticate(keyed ? credential(keyed, 'accountSid') : '', authorization);
  }

  /** The same by the account's own token: what an API key may not do. */
  async ownerOf(authorization: string | undefined): Promise<TwilioAccount> {
    return this.authenticate(basic(authorization).user, authorization);
  }

  /** The same for what an API key may not do. */
  async authenticateOwner(accountSid: string, authorization: string | undefined): Promise<TwilioAccount> {
    if (basic(authorization).user !== accountSid) throw twilioRefusal(20003);
    return this.authenticate(accountSid, authorization);
  }

  /** The account that owns one of our numbers. */
  async holderOf(channel: 'sms' | 'whatsapp', number: string): Promise<TwilioAccount> {
    return accountOf(await this.accounts.holderOf('twilio', channel, number));
  }
}

function basic(authorization = ''): { readonly user: string; readonly secret: string } {
  const encoded = /^Basic +(\S+)$/i.exec(authorization)?.[1] ?? '';
  const [user = '', ...rest] = Buffer.from(encoded, 'base64').toString().split(':');
  return { user, secret: rest.join(':') };
}

const accountOf = (account: SandboxAccount): TwilioAccount => ({
  accountSid: credential(account, 'accountSid'),
  authToken: credential(account, 'authToken'),
});

const same = (left: string, right: string): boolean =>
  left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));
