/** The accounts in Plivo's sandbox, and the caller's: HTTP Basic credentials of one. */
import { timingSafeEqual } from 'node:crypto';
import { credential, type SandboxAccount, type SandboxAccounts } from '../sandbox-accounts.js';
import { plivoRefusal } from './plivo-errors.js';

export interface PlivoAccount {
  /** Ours. */
  readonly id: string;
  readonly authId: string;
  readonly authToken: string;
}

export class PlivoAccounts {
  constructor(private readonly accounts: SandboxAccounts) {}

  /** The account in a call's path, which must match the credentials; rejects with 401. */
  async authenticate(authId: string, authorization: string | undefined): Promise<PlivoAccount> {
    const encoded = /^Basic +(\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
    const [user, ...rest] = Buffer.from(encoded, 'base64').toString().split(':');
    if (user !== authId) throw plivoRefusal(401);
    const account = await this.find(authId);
    if (!account || !same(account.authToken, rest.join(':'))) throw plivoRefusal(401);
    return account;
  }

  /** The account with this id; undefined for none. */
  async find(authId: string): Promise<PlivoAccount | undefined> {
    // A Plivo account has one token: if several were entered, the first counts.
    const [first] = await this.accounts.findByExternalId('plivo', authId);
    return first && accountOf(first);
  }

  /** The account whose sender one of our numbers is. */
  async senderOf(number: string): Promise<PlivoAccount> {
    return accountOf(await this.accounts.holderOf('plivo', 'sms', number));
  }
}

const accountOf = (account: SandboxAccount): PlivoAccount => ({
  id: account.id,
  authId: credential(account, 'authId'),
  authToken: credential(account, 'authToken'),
});

const same = (left: string, right: string): boolean =>
  left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));
