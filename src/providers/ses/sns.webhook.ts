/** SES events as posted by Amazon SNS: verified, parsed, and the subscription confirmed. */
import type { ProviderAccount } from '../provider-account.js';
import type { VerifiedWebhook, WebhookAccounts, WebhookRequest } from '../provider.webhook.js';
import { parseSesEvent } from './ses.webhook.js';
import { fetchText } from './sns.fetch.js';
import { SnsVerifier } from './sns.signature.js';
import { confirmSubscription } from './sns.subscription.js';

const KEPT = { status: 200 };

/** The topics of these accounts, and their verifier. */
interface Topics {
  readonly of: readonly ProviderAccount[];
  /** By topic, the ids of the accounts that it may count for. */
  readonly accountIds: ReadonlyMap<string, readonly string[]>;
  readonly verifier: SnsVerifier;
}

export class SnsWebhook {
  private topics: Topics | undefined;

  /** `sandboxUrl`: the base of a sandbox whose certificates and subscriptions are accepted besides Amazon's. */
  constructor(private readonly sandboxUrl?: string) {}

  /** Raises MalformedWebhook, UntrustedWebhook or UncheckedWebhook. Confirms subscriptions of our topics. */
  async verify({ rawBody }: WebhookRequest, accounts: WebhookAccounts): Promise<VerifiedWebhook> {
    const { verifier, accountIds } = this.topicsOf(await accounts.all());
    const message = await verifier.verify(rawBody);
    if (message.type === 'SubscriptionConfirmation') {
      await confirmSubscription(message, this.sandboxUrl && new URL(this.sandboxUrl).origin);
      return { events: [], accountIds: [], answer: KEPT };
    }
    return { events: parseSesEvent(message), accountIds: accountIds.get(message.topicArn) ?? [], answer: KEPT };
  }

  /** Computed once per list of accounts. */
  private topicsOf(accounts: readonly ProviderAccount[]): Topics {
    if (this.topics?.of === accounts) return this.topics;
    const accountIds = new Map<string, string[]>();
    for (const { id, credentials } of accounts) {
      for (const arn of (credentials['topicArns'] ?? '').split(',').map((text) => text.trim())) {
        if (arn) accountIds.set(arn, [...(accountIds.get(arn) ?? []), id]);
      }
    }
    this.topics = { of: accounts, accountIds, verifier: this.verifier([...accountIds.keys()]) };
    return this.topics;
  }

  /** The previous one while the topics are the same: it keeps its fetched certificates. */
  private verifier(topicArns: readonly string[]): SnsVerifier {
    const before = this.topics;
    if (before?.accountIds.size === topicArns.length && topicArns.every((arn) => before.accountIds.has(arn))) {
      return before.verifier;
    }
    const sandboxCert = this.sandboxUrl && `${this.sandboxUrl}/sns/SimpleNotificationService-`;
    const allowCertUrl = sandboxCert ? (url: string): boolean => url.startsWith(sandboxCert) : undefined;
    return new SnsVerifier({ topicArns, fetchCert: fetchText, allowCertUrl });
  }
}
