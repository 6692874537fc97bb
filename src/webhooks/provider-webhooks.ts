/** Receives provider webhooks: verified, stored, and only then answered. */
import { Inject, Injectable, type RawBodyRequest } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CONFIG, type ReadyConfig } from '../kernel/index.js';
import {
  PROVIDERS_CONFIG,
  ProviderRegistry,
  type ProviderEvent,
  type ProviderName,
  type ProvidersConfig,
  type WebhookAnswer,
  type WebhookRequest,
} from '../providers/index.js';
import { SpeechContents } from '../dispatch/index.js';
import { EventIntake } from './event-intake.js';

export type IncomingWebhook = RawBodyRequest<FastifyRequest>;

@Injectable()
export class ProviderWebhooks {
  constructor(
    @Inject(CONFIG) private readonly config: ReadyConfig,
    @Inject(PROVIDERS_CONFIG) private readonly providersConfig: ProvidersConfig,
    private readonly providers: ProviderRegistry,
    private readonly intake: EventIntake,
    private readonly speeches: SpeechContents,
  ) {}

  /**
   * Stores a webhook's events in the inbox and returns the response for the provider. Raises MalformedWebhook,
   * UntrustedWebhook, UncheckedWebhook and StillInFlight.
   */
  async receive(provider: ProviderName, request: IncomingWebhook, accountId?: string): Promise<WebhookAnswer> {
    const { answer, ...proven } = await this.providers.verifyWebhook(provider, {
      ...this.webhookOf(provider, request),
      ...(accountId !== undefined && { accountId }),
    });
    await this.intake.receive(provider, proven);
    return answer;
  }

  /**
   * What a call is to say. The key that acknowledges is in the inbox before it is answered. Raises MalformedWebhook and
   * UntrustedWebhook.
   */
  async speak(provider: ProviderName, request: IncomingWebhook): Promise<WebhookAnswer> {
    const adapter = await this.providers.adapter(provider);
    const asked = await this.providers.verifySpeech(provider, this.webhookOf(provider, request));
    const { messageId, providerMessageId, accountIds, key } = asked;
    const content = await this.speeches.find(messageId, accountIds);
    if (content && key !== undefined && adapter.acknowledges?.(content, asked)) {
      const event: ProviderEvent = {
        kind: 'status',
        dedupeKey: `${providerMessageId}:acknowledged`,
        occurredAt: new Date(),
        messageId,
        providerMessageId,
        status: 'read',
        call: { key },
      };
      await this.intake.receive(provider, { events: [event], accountIds });
    }
    if (!adapter.speak) throw new Error(`${provider} calls nobody`);
    return adapter.speak(content, asked);
  }

  /** The request as the provider sent it. The URL is built from our own configuration, never from the Host header. */
  private webhookOf(provider: ProviderName, request: IncomingWebhook): WebhookRequest {
    const base = this.providersConfig.platform[provider]?.webhookBaseUrl ?? this.config.publicUrl;
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
    );
    return { url: `${base}${request.originalUrl}`, headers, rawBody: request.rawBody ?? Buffer.alloc(0) };
  }
}
