/** SendGrid: the scopes of a key, verified senders and domains, the Event Webhook, and the credits of an account. */
import { domainOf, isVerified, SANDBOX_FROM } from '../mailbox.js';
import type { SandboxOptions } from '../sandbox.options.js';
import type { WireAnswer } from '../wire.js';
import type { SendGridAccount } from './sendgrid-accounts.js';
import { sendGridJson } from './sendgrid-errors.js';
import { verificationKeyOf } from './sendgrid-signing.js';

const EVENTS = [
  'processed',
  'deferred',
  'delivered',
  'bounce',
  'dropped',
  'spam_report',
  'unsubscribe',
  'group_unsubscribe',
];

export class SendGridSettings {
  constructor(private readonly options: Pick<SandboxOptions, 'platform' | 'publicUrl'>) {}

  scopes(): WireAnswer {
    return sendGridJson(200, { scopes: ['mail.send', 'sender_verification_eligible'] });
  }

  /** As the settings of the signed Event Webhook show it. */
  verificationKey({ apiKey }: SendGridAccount): WireAnswer {
    return sendGridJson(200, { public_key: verificationKeyOf(apiKey) });
  }

  /** All are verified by their domain. */
  senders(): WireAnswer {
    return sendGridJson(200, { results: [] });
  }

  /** That of the platform's sender. */
  domains(): WireAnswer {
    const domain = domainOf(this.options.platform.sendgrid?.from ?? SANDBOX_FROM);
    const answer = [{ id: 1, domain, subdomain: 'em1', default: true, valid: isVerified(domain) }];
    return sendGridJson(200, answer);
  }

  webhooks({ id, apiKey, hasWebhook, webhookPath }: SendGridAccount): WireAnswer {
    const webhook = {
      id,
      friendly_name: 'Callboard',
      enabled: true,
      url: `${this.options.publicUrl}${webhookPath}`,
      ...Object.fromEntries(EVENTS.map((event) => [event, true])),
      public_key: verificationKeyOf(apiKey),
    };
    return sendGridJson(200, { max_allowed: 1, webhooks: hasWebhook ? [webhook] : [] });
  }

  credits(): WireAnswer {
    return sendGridJson(200, { remain: 50_000, total: 50_000, overage: 0, used: 0, reset_frequency: 'monthly' });
  }
}
