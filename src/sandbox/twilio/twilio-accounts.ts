/** Which Twilio accounts the sandbox knows, their auth tokens, and whose number is whose. */
import { timingSafeEqual } from 'node:crypto';
import { twilioRefusal } from './twilio-errors.js';

const MAX_ACCOUNTS = 10_000;
const MAX_SENDERS = 100_000;

/**
 * The platform's account is known from the start. Any other is learnt on its first call, with the token it shows then (up to
 * 10,000 of them); from then on another token is refused, so that credentials mixed up between tenants are noticed.
 */
export class TwilioAccounts {
  private readonly tokens: Map<string, string>;
  private readonly owners = new Map<string, string>();

  constructor(private readonly platform: { readonly accountSid: string; readonly authToken: string }) {
    this.tokens = new Map([[platform.accountSid, platform.authToken]]);
  }

  /** Checks HTTP Basic credentials for the account in a call's path; refuses with 20003. */
  authenticate(accountSid: string, authorization: string | undefined): void {
    const encoded = /^Basic +(\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
    const [user, ...rest] = Buffer.from(encoded, 'base64').toString().split(':');
    const token = rest.join(':');
    if (user !== accountSid || !accountSid.startsWith('AC') || !token) throw twilioRefusal(20003);
    const known = this.tokens.get(accountSid);
    if (known === undefined && this.tokens.size < MAX_ACCOUNTS) this.tokens.set(accountSid, token);
    else if (known === undefined || !same(known, token)) throw twilioRefusal(20003);
  }

  /** What this account's webhooks are signed with. */
  tokenOf(accountSid: string): string {
    return this.tokens.get(accountSid) ?? this.platform.authToken;
  }

  /** Notes that an account sends from this number: what people write to it is this account's. */
  note(accountSid: string, number: string): void {
    if (this.owners.size < MAX_SENDERS || this.owners.has(number)) this.owners.set(number, accountSid);
  }

  /** The account that last sent from this number, else the platform's. */
  ownerOf(number: string): string {
    return this.owners.get(number) ?? this.platform.accountSid;
  }
}

const same = (left: string, right: string): boolean =>
  left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));
