/** The adapters of this deployment, and the accounts they speak with. */
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { CONFIG, Database, HealthChecks, PublicUrl, type ReadyConfig } from '../kernel/index.js';
import { PLATFORM_ACCOUNTS, PROVIDERS, ProviderAccounts, type ProviderName } from '../tenants/index.js';
import type { ProviderAccount, ProviderAdapter } from './provider.port.js';
import { ResendAdapter } from './resend/resend.adapter.js';
import { SesAdapter } from './ses/ses.adapter.js';
import { TwilioAdapter } from './twilio/twilio.adapter.js';

type Adapters = Readonly<Record<ProviderName, ProviderAdapter>>;

/** Calls a second to a sandbox: nobody is behind it whom haste could hurt. */
const SANDBOX_CALLS = 1_000;
/** How long readiness trusts a provider's last answer: probes are frequent, and accounts are rate-limited. */
const PING_EVERY_MS = 30_000;

@Injectable()
export class ProviderRegistry implements OnApplicationBootstrap {
  private adapters: Promise<Adapters> | undefined;
  private readonly pings = new Map<ProviderName, { result: Promise<void>; until: number }>();

  constructor(
    @Inject(CONFIG) private readonly config: ReadyConfig,
    private readonly publicUrl: PublicUrl,
    private readonly accounts: ProviderAccounts,
    private readonly database: Database,
    private readonly health: HealthChecks,
  ) {}

  onApplicationBootstrap(): void {
    for (const name of PROVIDERS) {
      if (this.config[name]) this.health.add(name, false, () => this.ping(name));
    }
  }

  /** The adapter of a provider. Raises PublicUrlUnknown in a worker that started before any api process. */
  async adapter(name: ProviderName): Promise<ProviderAdapter> {
    this.adapters ??= this.connect();
    this.adapters.catch(() => (this.adapters = undefined));
    return (await this.adapters)[name];
  }

  /** Those that can be asked about a message. */
  async thatReport(): Promise<ProviderName[]> {
    const adapters = await Promise.all(PROVIDERS.map((name) => this.adapter(name)));
    return adapters.filter((adapter) => adapter.report !== undefined).map(({ name }) => name);
  }

  /** The account with its credentials, decrypted. */
  account(accountId: string): Promise<ProviderAccount> {
    return this.accounts.load(accountId);
  }

  private async connect(): Promise<Adapters> {
    const base = await this.publicUrl.get();
    const { sandbox, ses, resend, twilio } = this.config;
    const callbacks = `${twilio?.webhookBaseUrl ?? base}/webhook/twilio`;
    return {
      ses: new SesAdapter({ endpoint: sandbox ? `${base}/sandbox/ses` : ses?.endpoint }),
      resend: new ResendAdapter(
        sandbox ? { baseUrl: `${base}/sandbox/resend`, callsPerSecond: SANDBOX_CALLS } : { baseUrl: resend?.baseUrl },
      ),
      twilio: new TwilioAdapter({
        baseUrl: sandbox ? `${base}/sandbox/twilio` : twilio?.apiBaseUrl,
        statusCallbackUrl: (messageId) => `${callbacks}?mid=${messageId}`,
      }),
    };
  }

  /** Asks the platform's account at a provider, at most once in a while. */
  private ping(name: ProviderName): Promise<void> {
    const last = this.pings.get(name);
    if (last && last.until > performance.now()) return last.result;
    const result = this.pingNow(name);
    this.pings.set(name, { result, until: performance.now() + PING_EVERY_MS });
    return result;
  }

  private async pingNow(name: ProviderName): Promise<void> {
    const [row] = await this.database.query<{ id: string }>(
      `select id from ${PLATFORM_ACCOUNTS} as account where provider = $1`,
      [name],
    );
    if (row) await (await this.adapter(name)).ping(await this.account(row.id));
  }
}
