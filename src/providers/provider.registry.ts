/** The adapters of this deployment, and their accounts. */
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { HealthChecks, PublicUrl } from '../kernel/index.js';
import { AccountDirectory } from './account-directory.js';
import type { Channel } from './channels.js';
import { connectAdapters, type Adapters } from './connect-adapters.js';
import type { ProviderDescriptor } from './provider.descriptor.js';
import type { Capacity, ProviderAccount, ProviderAdapter } from './provider.port.js';
import type { SpeechRequest, VerifiedWebhook, WebhookAccounts, WebhookRequest } from './provider.webhook.js';
import { descriptorOf, PROVIDERS, type ProviderName } from './provider-catalog.js';
import { PROVIDERS_CONFIG, type ProvidersConfig } from './providers-config.js';

/** Units per second of every sender in the sandbox: there is no real provider to protect. */
const SANDBOX_RATE = 2_000;
/** How long readiness trusts a provider's last answer: probes are frequent, and accounts are rate-limited. */
const PING_EVERY_MS = 30_000;

@Injectable()
export class ProviderRegistry implements OnApplicationBootstrap {
  private adapters: Promise<Adapters> | undefined;
  private readonly pings = new Map<ProviderName, { result: Promise<void>; until: number }>();

  constructor(
    @Inject(PROVIDERS_CONFIG) private readonly config: ProvidersConfig,
    private readonly publicUrl: PublicUrl,
    private readonly accounts: AccountDirectory,
    private readonly health: HealthChecks,
  ) {}

  onApplicationBootstrap(): void {
    for (const name of PROVIDERS) {
      if (this.config.platform[name]) this.health.add(name, false, () => this.ping(name));
    }
  }

  /** The adapter of a provider. Raises PublicUrlUnknown in a worker that started before any api process. */
  async adapter(name: ProviderName): Promise<ProviderAdapter> {
    this.adapters ??= this.connect();
    this.adapters.catch(() => (this.adapters = undefined));
    return (await this.adapters)[name];
  }

  /** A sender's capacity here, before its own configuration; undefined if the provider does not send on the channel. */
  terms(
    name: ProviderName,
    channel: Channel,
    address: string,
  ): (Capacity & Pick<ProviderDescriptor, 'laneScope'>) | undefined {
    const descriptor = descriptorOf(name);
    if (!descriptor.sends.includes(channel)) return undefined;
    const { perSecond, batchSize } = descriptor.capacity(channel, address);
    return {
      laneScope: descriptor.laneScope,
      perSecond: this.config.sandbox ? SANDBOX_RATE : perSecond,
      batchSize,
    };
  }

  /** Those that can be polled about a message. */
  async thatReport(): Promise<ProviderName[]> {
    const adapters = await Promise.all(PROVIDERS.map((name) => this.adapter(name)));
    return PROVIDERS.filter((_, index) => adapters[index]?.report !== undefined);
  }

  /** Those whose prices are read from their records. */
  async thatPriceLater(): Promise<ProviderName[]> {
    const adapters = await Promise.all(PROVIDERS.map((name) => this.adapter(name)));
    return PROVIDERS.filter((_, index) => adapters[index]?.pricesLater);
  }

  /** Those whose own totals or records can be compared with ours. */
  async thatKeepBooks(): Promise<ProviderName[]> {
    const adapters = await Promise.all(PROVIDERS.map((name) => this.adapter(name)));
    return PROVIDERS.filter(
      (_, index) => adapters[index]?.usage !== undefined || adapters[index]?.records !== undefined,
    );
  }

  /** Those that keep templates for WhatsApp. */
  async thatApprove(): Promise<ProviderName[]> {
    const adapters = await Promise.all(PROVIDERS.map((name) => this.adapter(name)));
    return PROVIDERS.filter((_, index) => adapters[index]?.approval !== undefined);
  }

  /** The account with its credentials, decrypted. */
  account(accountId: string): Promise<ProviderAccount> {
    return this.accounts.load(accountId);
  }

  /** Verifies that a webhook comes from the provider. Raises MalformedWebhook, UntrustedWebhook or UncheckedWebhook. */
  async verifyWebhook(name: ProviderName, request: WebhookRequest): Promise<VerifiedWebhook> {
    return (await this.adapter(name)).verifyWebhook(request, this.accountsAt(name));
  }

  /** Verifies that a provider asks what a call is to say. Raises as `verifyWebhook` does, and an Error if it calls nobody. */
  async verifySpeech(name: ProviderName, request: WebhookRequest): Promise<SpeechRequest> {
    const adapter = await this.adapter(name);
    if (!adapter.verifySpeech) throw new Error(`${name} calls nobody`);
    return adapter.verifySpeech(request, this.accountsAt(name));
  }

  private accountsAt(name: ProviderName): WebhookAccounts {
    return {
      platform: () => this.accounts.platformAccount(name),
      find: (accountId) => this.accounts.find(name, accountId),
      findByExternalId: (externalId) => this.accounts.findByExternalId(name, externalId),
      all: () => this.accounts.allAt(name),
    };
  }

  private async connect(): Promise<Adapters> {
    return connectAdapters(this.config, await this.publicUrl.get());
  }

  /** Checks the platform's account at a provider, at a limited rate. */
  private ping(name: ProviderName): Promise<void> {
    const last = this.pings.get(name);
    if (last && last.until > performance.now()) return last.result;
    const result = this.pingNow(name);
    this.pings.set(name, { result, until: performance.now() + PING_EVERY_MS });
    return result;
  }

  private async pingNow(name: ProviderName): Promise<void> {
    const account = await this.accounts.platformAccount(name);
    if (account) await (await this.adapter(name)).ping(account);
  }
}
