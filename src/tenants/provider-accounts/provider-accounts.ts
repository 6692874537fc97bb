/** The decrypted credentials to send with: only in memory, and never in an API response. */
import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import { Database, KeyRing, ShortCache } from '../../kernel/index.js';
import { type AccountDirectory, externalIdOf, PROVIDERS_CONFIG, type ProvidersConfig } from '../../providers/index.js';
import type { ProviderName } from '../channels.js';
import { opened, type Credentials } from './provider-credentials.js';
import { ProviderAccountNotFound, ProviderNotConfigured } from '../tenants.errors.js';

/** An account with its credentials; `version` changes whenever they do. `tenantId` is null for the platform's. */
export interface ProviderAccountSecrets {
  readonly id: string;
  readonly version: number;
  readonly provider: ProviderName;
  readonly tenantId: string | null;
  readonly credentials: Credentials;
}

interface AccountRow extends Omit<ProviderAccountSecrets, 'credentials'> {
  readonly credentials: string | null;
}

/** Other processes may use replaced credentials this much longer. */
const CACHE_MS = 5_000;
const CACHE_SIZE = 1_000;

@Injectable()
export class ProviderAccounts implements AccountDirectory {
  private readonly secrets = new ShortCache<ProviderAccountSecrets>(CACHE_MS, CACHE_SIZE);
  private readonly named = new ShortCache<string[]>(CACHE_MS, CACHE_SIZE);
  /** How often the platform's credentials have become others since the start: clients are kept by version. */
  private readonly revisions = new Map<ProviderName, { readonly credentials: Credentials; readonly count: number }>();
  private readonly all = new ShortCache<ProviderAccountSecrets[]>(CACHE_MS);

  constructor(
    @Inject(PROVIDERS_CONFIG) private readonly config: ProvidersConfig,
    private readonly database: Database,
    private readonly keys: KeyRing,
  ) {}

  /** Raises ProviderAccountNotFound, and ProviderNotConfigured for a platform account that the environment no longer has. */
  load(accountId: string): Promise<ProviderAccountSecrets> {
    return this.secrets.get(accountId, () => this.read(accountId));
  }

  /** The account with this id, if it is a usable one at this provider. */
  async find(provider: ProviderName, accountId: string): Promise<ProviderAccountSecrets | undefined> {
    try {
      const account = await this.load(accountId);
      return account.provider === provider ? account : undefined;
    } catch (error) {
      if (error instanceof ProviderAccountNotFound || error instanceof ProviderNotConfigured) return undefined;
      throw error;
    }
  }

  /** The accounts with this public id at a provider, in the order they were entered. */
  async findByExternalId(provider: ProviderName, externalId: string): Promise<ProviderAccountSecrets[]> {
    const ids = await this.named.get(`${provider} ${externalId}`, async () => {
      const platform = this.platformCredentials(provider);
      const rows = await this.database.query<{ id: string }>(
        `select id from provider_account
         where provider = $1 and external_id = $2 and (tenant_id is not null or $3) order by id`,
        [provider, externalId, platform !== undefined && externalIdOf(provider, platform) === externalId],
      );
      return rows.map(({ id }) => id);
    });
    return Promise.all(ids.map((id) => this.load(id)));
  }

  /** All accounts at a provider, oldest first; the same list object for five seconds, or until one is changed in this process. */
  allAt(provider: ProviderName): Promise<ProviderAccountSecrets[]> {
    return this.all.get(provider, async () => {
      const rows = await this.database.query<{ id: string }>(
        `select id from provider_account where provider = $1 and (tenant_id is not null or $2) order by id`,
        [provider, this.platformCredentials(provider) !== undefined],
      );
      return Promise.all(rows.map(({ id }) => this.load(id)));
    });
  }

  /** The account for a new sender: the tenant's own, else the platform's. Raises ProviderNotConfigured. */
  async idFor(tenantId: string, provider: ProviderName): Promise<string> {
    const [own] = await this.database.query<{ id: string }>(
      `select id from provider_account where tenant_id = $1 and provider = $2`,
      [tenantId, provider],
    );
    return own?.id ?? this.platformId(provider);
  }

  /** Those of the tenant's own, by our ids and by the provider's. */
  async ownOf(tenantId: string): Promise<{ readonly id: string; readonly externalId: string | null }[]> {
    return this.database.query(
      `select id, external_id as "externalId" from provider_account where tenant_id = $1 order by id`,
      [tenantId],
    );
  }

  /** All that may send for a tenant: its own and the platform's. */
  async idsOf(tenantId: string): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      `select id from provider_account where tenant_id is null or tenant_id = $1`,
      [tenantId],
    );
    return rows.map(({ id }) => id);
  }

  /** Raises ProviderNotConfigured. */
  async platformId(provider: ProviderName): Promise<string> {
    const id = await this.platformRow(provider);
    if (id === undefined) throw new ProviderNotConfigured(provider);
    return id;
  }

  /** The platform's account; undefined if the environment has none. */
  async platformAccount(provider: ProviderName): Promise<ProviderAccountSecrets | undefined> {
    const id = await this.platformRow(provider);
    return id === undefined ? undefined : this.load(id);
  }

  /** Call after a change in this process: the next `load` reads from the database. */
  forget(): void {
    this.secrets.clear();
    this.named.clear();
    this.all.clear();
  }

  private platformCredentials(provider: ProviderName): Credentials | undefined {
    return this.config.platform[provider]?.credentials;
  }

  private revision(provider: ProviderName, credentials: Credentials): number {
    const { credentials: former = credentials, count = 0 } = this.revisions.get(provider) ?? {};
    const now = isDeepStrictEqual(former, credentials) ? count : count + 1;
    this.revisions.set(provider, { credentials, count: now });
    return now;
  }

  private async platformRow(provider: ProviderName): Promise<string | undefined> {
    if (!this.platformCredentials(provider)) return undefined;
    const [row] = await this.database.query<{ id: string }>(
      `select id from provider_account where tenant_id is null and provider = $1`,
      [provider],
    );
    return row?.id;
  }

  private async read(accountId: string): Promise<ProviderAccountSecrets> {
    const [row] = await this.database.query<AccountRow>(
      `select id, version, provider, tenant_id as "tenantId", credentials from provider_account where id = $1`,
      [accountId],
    );
    if (!row) throw new ProviderAccountNotFound();
    if (row.credentials !== null) return { ...row, credentials: opened(this.keys, row.id, row.credentials) };
    const credentials = this.platformCredentials(row.provider);
    if (!credentials) throw new ProviderNotConfigured(row.provider);
    return { ...row, credentials, version: row.version + this.revision(row.provider, credentials) };
  }
}
