/** Resend: the domains of an account, its webhook, and its usage. */
import { domainOf, isVerified, SANDBOX_FROM } from '../mailbox.js';
import type { SandboxOptions } from '../sandbox.options.js';
import type { WireAnswer } from '../wire.js';
import type { ResendAccount } from './resend-accounts.js';
import { resendJson, resendRefusal } from './resend-errors.js';

const EVENTS = ['sent', 'delivered', 'delivery_delayed', 'bounced', 'complained', 'failed', 'suppressed'];

export class ResendSettings {
  constructor(private readonly options: Pick<SandboxOptions, 'platform' | 'publicUrl'>) {}

  /** That of the platform's sender. */
  domains(): WireAnswer {
    const name = domainOf(this.options.platform.resend?.from ?? SANDBOX_FROM);
    const status = isVerified(name) ? 'verified' : 'pending';
    const domain = {
      id: crypto.randomUUID(),
      name,
      status,
      created_at: new Date(0).toISOString(),
      region: 'eu-west-1',
    };
    return resendJson({ object: 'list', has_more: false, data: [domain] });
  }

  webhooks(account: ResendAccount): WireAnswer {
    const data = account.webhookSecret === undefined ? [] : [this.webhookOf(account)];
    return resendJson({ object: 'list', has_more: false, data });
  }

  webhook(account: ResendAccount, id: string): WireAnswer {
    const { webhookSecret: secret } = account;
    if (secret === undefined || id !== account.id) throw resendRefusal('not_found', 'Webhook not found');
    return resendJson({ object: 'webhook', ...this.webhookOf(account), signing_secret: secret });
  }

  usage(): WireAnswer {
    const period = { used: 0, sent: 0, received: 0, resets_at: new Date(0).toISOString() };
    return resendJson({
      object: 'usage',
      emails: { daily: { ...period, limit: null }, monthly: { ...period, limit: 50_000 } },
    });
  }

  /** It has the id that the account has with us. */
  private webhookOf({ id, webhookPath }: ResendAccount): object {
    return {
      id,
      endpoint: `${this.options.publicUrl}${webhookPath}`,
      created_at: new Date(0).toISOString(),
      status: 'enabled',
      events: EVENTS.map((event) => `email.${event}`),
    };
  }
}
