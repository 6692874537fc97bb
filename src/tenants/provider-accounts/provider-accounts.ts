/** The credentials to send with, in the clear: only in memory, and never on the way to an API caller. */
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { CONFIG, Database, KeyRing, ShortCache, type ReadyConfig } from '../../kernel/index.js';
import type { ProviderName } from '../channels.js';
import {
  configuredProviders,
  externalIdOf,
  opened,
  platformCredentials,
  type Credentials,
} from './provider-credentials.js';
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

/** Replaced credentials may be used this much longer by other processes. */
const CACHE_MS = 5_000;
const CACHE_SIZE = 1_000;

@Injectable()
export class ProviderAccounts implements OnApplicationBootstrap {
  private readonly secrets = new ShortCache<ProviderAccountSecrets>(CACHE_MS, CACHE_SIZE);
  private readonly named = new ShortCache<string[]>(CACHE_MS, CACHE_SIZE);
  private readonly topics = new ShortCache<ReadonlyMap<string, readonly string[]>>(CACHE_MS, 1);

  constructor(
    @Inject(CONFIG) private readonly config: ReadyConfig,
    private readonly database: Database,
    private readonly keys: KeyRing,
  ) {}

  /** Gives each account in the environment its row, so that senders and lanes can refer to it. */
  async onApplicationBootstrap(): Promise<void> {
    for (const provider of configuredProviders(this.config)) {
      const externalId = externalIdOf(platformCredentials(this.config, provider) ?? {});
      await this.database.query(
        `insert into provider_account (id, tenant_id, provider, name, external_id) values ($1, null, $2, $3, $4)
         on conflict (provider) where tenant_id is null do update set external_id = excluded.external_id
           where provider_account.external_id is distinct from excluded.external_id`,
        [uuidv7(), provider, `The platform’s ${provider}`, externalId],
      );
    }
  }

  /** Raises ProviderAccountNotFound, and ProviderNotConfigured for a platform account that the environment no longer has. */
  load(accountId: string): Promise<ProviderAccountSecrets> {
    return this.secrets.get(accountId, () => this.read(accountId));
  }

  /**
   * The accounts that a webhook with this account SID may be signed for. There may be several: a SID is no secret, and anyone
   * may enter it beside a token of their own. So a signature that proves true under one of them speaks only for that one.
   */
  findByTwilioAccountSid(sid: string): Promise<ProviderAccountSecrets[]> {
    return this.findByExternalId('twilio', sid);
  }

  /** The accounts with this public name at a provider, those entered first before the others. */
  async findByExternalId(provider: ProviderName, externalId: string): Promise<ProviderAccountSecrets[]> {
    const ids = await this.named.get(`${provider} ${externalId}`, async () => {
      const platform = platformCredentials(this.config, provider);
      const rows = await this.database.query<{ id: string }>(
        `select id from provider_account
         where provider = $1 and external_id = $2 and (tenant_id is not null or $3) order by id`,
        [provider, externalId, platform !== undefined && externalIdOf(platform) === externalId],
      );
      return rows.map(({ id }) => id);
    });
    return Promise.all(ids.map((id) => this.load(id)));
  }

  /** The SNS topics that SES events may come from, each with the accounts it may speak for. */
  sesTopics(): Promise<ReadonlyMap<string, readonly string[]>> {
    return this.topics.get('all', async () => {
      const topics = new Map<string, string[]>();
      for (const { id, credentials } of await this.allAt('ses')) {
        for (const arn of (credentials['topicArns'] ?? '').split(',').map((text) => text.trim())) {
          if (arn) topics.set(arn, [...(topics.get(arn) ?? []), id]);
        }
      }
      return topics;
    });
  }

  /** All accounts at a provider, the oldest first. */
  async allAt(provider: ProviderName): Promise<ProviderAccountSecrets[]> {
    const rows = await this.database.query<{ id: string }>(
      `select id from provider_account where provider = $1 and (tenant_id is not null or $2) order by id`,
      [provider, configuredProviders(this.config).includes(provider)],
    );
    return Promise.all(rows.map(({ id }) => this.load(id)));
  }

  /** The account that a new sender goes through: the tenant's own, else the platform's. Raises ProviderNotConfigured. */
  async idFor(tenantId: string, provider: ProviderName): Promise<string> {
    const [own] = await this.database.query<{ id: string }>(
      `select id from provider_account where tenant_id = $1 and provider = $2`,
      [tenantId, provider],
    );
    return own?.id ?? this.platformId(provider);
  }

  /** Raises ProviderNotConfigured. */
  async platformId(provider: ProviderName): Promise<string> {
    const configured = configuredProviders(this.config).includes(provider);
    const [row] = configured
      ? await this.database.query<{ id: string }>(
          `select id from provider_account where tenant_id is null and provider = $1`,
          [provider],
        )
      : [];
    if (!row) throw new ProviderNotConfigured(provider);
    return row.id;
  }

  /** After a change in this process: the next `load` reads anew. */
  forget(): void {
    this.secrets.clear();
    this.named.clear();
    this.topics.clear();
  }

  private async read(accountId: string): Promise<ProviderAccountSecrets> {
    const [row] = await this.database.query<AccountRow>(
      `select id, version, provider, tenant_id as "tenantId", credentials from provider_account where id = $1`,
      [accountId],
    );
    if (!row) throw new ProviderAccountNotFound();
    const credentials =
      row.credentials === null
        ? platformCredentials(this.config, row.provider)
        : opened(this.keys, row.id, row.credentials);
    if (!credentials) throw new ProviderNotConfigured(row.provider);
    return { ...row, credentials };
  }
}
