/** Proves that a webhook comes from a provider, and reads what it says. */
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, PublicUrl, type ReadyConfig } from '../kernel/index.js';
import {
  SnsVerifier,
  UntrustedWebhook,
  accountSidOf,
  confirmSubscription,
  fetchText,
  isTwilioSignature,
  parseResendWebhook,
  parseSesEvent,
  parseTwilioWebhook,
  type ProviderEvent,
  type WebhookRequest,
} from '../providers/index.js';
import { ProviderAccounts } from '../tenants/index.js';

/** Proven events, and the provider accounts that can have signed them: they speak for messages of these accounts only. */
export interface ProvenEvents {
  readonly events: readonly ProviderEvent[];
  readonly accountIds: readonly string[];
}

@Injectable()
export class ProviderWebhooks {
  private sns: { topics: string; verifier: SnsVerifier } | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: ReadyConfig,
    private readonly accounts: ProviderAccounts,
    private readonly publicUrl: PublicUrl,
  ) {}

  /** Raises MalformedWebhook, or UntrustedWebhook for an unknown account or a wrong signature. */
  async twilio(request: WebhookRequest): Promise<ProvenEvents> {
    const accounts = await this.accounts.findByTwilioAccountSid(accountSidOf(request));
    const signers = accounts.filter(({ credentials }) => isTwilioSignature(request, [credentials['authToken'] ?? '']));
    if (signers.length === 0) throw new UntrustedWebhook('the signature is not that of an account of ours');
    return { events: parseTwilioWebhook(request), accountIds: signers.map(({ id }) => id) };
  }

  /** Raises MalformedWebhook, UntrustedWebhook or UncheckedWebhook. Agrees to the subscriptions of topics that are ours. */
  async ses(request: WebhookRequest): Promise<ProvenEvents> {
    const topics = await this.accounts.sesTopics();
    const message = await this.verifier([...topics.keys()]).verify(request.rawBody);
    if (message.type === 'SubscriptionConfirmation') {
      const sandboxOrigin = this.config.sandbox ? new URL(await this.publicUrl.get()).origin : undefined;
      await confirmSubscription(message, sandboxOrigin);
      return { events: [], accountIds: [] };
    }
    return { events: parseSesEvent(message), accountIds: topics.get(message.topicArn) ?? [] };
  }

  /**
   * For the platform's account, or the tenant's own that the webhook's address names. Raises MalformedWebhook, or UntrustedWebhook for
   * an account that has no such webhook or a wrong signature.
   */
  async resend(request: WebhookRequest, accountId?: string): Promise<ProvenEvents> {
    const accounts = await this.accounts.allAt('resend');
    const account = accounts.find(({ id, tenantId }) =>
      accountId === undefined ? tenantId === null : id === accountId,
    );
    const secret = account?.credentials['webhookSecret'];
    if (!account || !secret) throw new UntrustedWebhook('it is for an account that takes none');
    return { events: parseResendWebhook(request, secret), accountIds: [account.id] };
  }

  /** One verifier for as long as the topics are the same: it keeps the certificates it has fetched. */
  private verifier(topicArns: readonly string[]): SnsVerifier {
    const topics = [...topicArns].sort().join(' ');
    if (this.sns?.topics !== topics) {
      const sandboxCert = `${this.config.publicUrl}/sandbox/sns/SimpleNotificationService-`;
      const allowCertUrl = this.config.sandbox ? (url: string) => url.startsWith(sandboxCert) : undefined;
      this.sns = { topics, verifier: new SnsVerifier({ topicArns, fetchCert: fetchText, allowCertUrl }) };
    }
    return this.sns.verifier;
  }
}
