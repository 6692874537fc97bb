/** Receives provider webhooks: verified, stored, and only then answered. */
import { Inject, Injectable, type RawBodyRequest } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CONFIG, type ReadyConfig } from '../kernel/index.js';
import {
  PROVIDERS_CONFIG,
  ProviderRegistry,
  type ProviderName,
  type ProvidersConfig,
  type WebhookAnswer,
  type WebhookRequest,
} from '../providers/index.js';
import { EventIntake } from './event-intake.js';

export type IncomingWebhook = RawBodyRequest<FastifyRequest>;

@Injectable()
export class ProviderWebhooks {
  constructor(
    @Inject(CONFIG) private readonly config: ReadyConfig,
    @Inject(PROVIDERS_CONFIG) private readonly providersConfig: ProvidersConfig,
    private readonly providers: ProviderRegistry,
    private readonly intake: EventIntake,
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

  /** The request as the provider sent it. The URL is built from our own configuration, never from the Host header. */
  private webhookOf(provider: ProviderName, request: IncomingWebhook): WebhookRequest {
    const base = this.providersConfig.platform[provider]?.webhookBaseUrl ?? this.config.publicUrl;
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
    );
    return { url: `${base}${request.originalUrl}`, headers, rawBody: request.rawBody ?? Buffer.alloc(0) };
  }
}
