/** Issues and revokes API keys. */
import { LockMode, type EntityManager } from '@mikro-orm/postgresql';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import {
  actorOf,
  CONFIG,
  Database,
  iso,
  LiveModeOnly,
  TestDeployment,
  type Principal,
  type ReadyConfig,
} from '../../kernel/index.js';
import { Inject } from '@nestjs/common';
import { ApiKey, formatKey, hashOf, newSecret, type KeyPlace } from './api-key.entity.js';
import { ALL_SCOPES, SCOPES } from './scopes.js';
import type { IssueApiKeyBody, IssuedApiKeyView, RotateApiKeyBody } from './api-keys.dto.js';
import { KeyAuthenticator } from './key-authenticator.js';
import { Tenant } from '../tenant.entity.js';
import { ApiKeyEnded, ApiKeyNotFound, ExpiryPast, TenantNotFound } from '../tenants.errors.js';

export class IssueApiKey extends Command<IssuedApiKeyView> {
  constructor(
    readonly caller: Principal,
    readonly tenantId: string,
    readonly input: IssueApiKeyBody,
  ) {
    super();
  }
}

/** Puts a new key beside one, which works a while longer. */
export class RotateApiKey extends Command<IssuedApiKeyView> {
  constructor(
    readonly caller: Principal,
    readonly tenantId: string,
    readonly keyId: string,
    readonly input: RotateApiKeyBody,
  ) {
    super();
  }
}

export class RevokeApiKey extends Command<void> {
  constructor(
    readonly tenantId: string,
    readonly keyId: string,
  ) {
    super();
  }
}

@CommandHandler(IssueApiKey)
export class IssueApiKeyHandler implements ICommandHandler<IssueApiKey> {
  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: ReadyConfig,
    private readonly tests: TestDeployment,
  ) {}

  /**
   * The only result that ever holds the key. A test key is the test deployment's, where the tenant is made with its first. Raises TenantNotFound,
   * ExpiryPast, TestModeOff, TestModeUnavailable, and LiveModeOnly for a live key of a test deployment.
   */
  async execute({ caller, tenantId, input }: IssueApiKey): Promise<IssuedApiKeyView> {
    const { mode = this.config.mode } = input;
    if (mode === 'live' && this.config.mode === 'test') throw new LiveModeOnly();
    if (mode !== this.config.mode) return this.issueTestKey(tenantId, input);
    return this.database.transaction(async (em) => {
      if ((await em.count(Tenant, { id: tenantId })) === 0) throw new TenantNotFound();
      const { name, scopes, networks = [], expiresAt = null, requestsPerMinute = {} } = input;
      const granted = SCOPES.filter((scope) => scopes.includes(scope) || scopes.includes(ALL_SCOPES));
      const terms = { tenantId, name, scopes: granted, networks, expiresAt, replaces: null };
      return issue(em, caller, this.config, { ...terms, requestsPerMinute: { ...requestsPerMinute } });
    });
  }

  private async issueTestKey(tenantId: string, input: IssueApiKeyBody): Promise<IssuedApiKeyView> {
    const tenant = await this.database.em().findOne(Tenant, { id: tenantId });
    if (!tenant) throw new TenantNotFound();
    if (hasEnded(input.expiresAt)) throw new ExpiryPast();
    const { name, slug, timezone, currency, country } = tenant;
    await this.tests.call('PUT', `/api/test-tenants/${tenantId}`, {
      name,
      slug,
      timezone,
      currency,
      ...(country && { country }),
    });
    return (await this.tests.call('POST', `/api/tenants/${tenantId}/api-keys`, input)) as IssuedApiKeyView;
  }
}

@CommandHandler(RotateApiKey)
export class RotateApiKeyHandler implements ICommandHandler<RotateApiKey> {
  constructor(
    private readonly database: Database,
    private readonly authenticator: KeyAuthenticator,
    @Inject(CONFIG) private readonly config: ReadyConfig,
  ) {}

  /**
   * The new key may do what the old one may, from the same networks. The old one ends after the overlap, or earlier if it was to. Raises ApiKeyNotFound,
   * ApiKeyEnded and ExpiryPast.
   */
  execute({ caller, tenantId, keyId, input }: RotateApiKey): Promise<IssuedApiKeyView> {
    return this.database.transaction(async (em) => {
      const old = await em.findOne(ApiKey, { id: keyId, tenantId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (!old) throw new ApiKeyNotFound();
      if (old.revokedAt || hasEnded(old.expiresAt)) throw new ApiKeyEnded();
      const { name, scopes, networks, requestsPerMinute } = old;
      const expiresAt = input.expiresAt ?? null;
      const terms = { tenantId, name, scopes, networks, requestsPerMinute, expiresAt, replaces: keyId };
      const issued = await issue(em, caller, this.config, terms);
      const end = new Date(Date.now() + input.overlapHours * HOUR_MS);
      if (!old.expiresAt || old.expiresAt > end) old.expiresAt = end;
      await this.authenticator.changed(keyId);
      return issued;
    });
  }
}

type Terms = Pick<ApiKey, 'tenantId' | 'name' | 'scopes' | 'networks' | 'requestsPerMinute'> & {
  readonly expiresAt: Date | null;
  readonly replaces: string | null;
};

const HOUR_MS = 3_600_000;
const hasEnded = (expiresAt: Date | null | undefined): boolean => !!expiresAt && expiresAt.getTime() <= Date.now();

/** Raises ExpiryPast. */
async function issue(em: EntityManager, caller: Principal, place: KeyPlace, terms: Terms): Promise<IssuedApiKeyView> {
  if (hasEnded(terms.expiresAt)) throw new ExpiryPast();
  const secret = newSecret();
  const key = em.create(ApiKey, {
    ...terms,
    secretHash: hashOf(secret),
    createdBy: actorOf(caller),
    lastUsedAt: null,
    revokedAt: null,
  });
  await em.flush();
  const { name, scopes, networks, requestsPerMinute, expiresAt, replaces } = terms;
  return {
    id: key.id,
    name,
    mode: place.mode,
    scopes,
    key: formatKey(place, key.id, secret),
    expiresAt: iso(expiresAt),
    networks,
    requestsPerMinute,
    replaces,
    createdAt: iso(key.createdAt),
  };
}

@CommandHandler(RevokeApiKey)
export class RevokeApiKeyHandler implements ICommandHandler<RevokeApiKey> {
  constructor(
    private readonly database: Database,
    private readonly authenticator: KeyAuthenticator,
  ) {}

  /** Revoking twice is harmless. Raises ApiKeyNotFound. */
  execute({ tenantId, keyId }: RevokeApiKey): Promise<void> {
    return this.database.transaction(async (em) => {
      const key = await em.findOne(ApiKey, { id: keyId, tenantId });
      if (!key) throw new ApiKeyNotFound();
      key.revokedAt ??= new Date();
      await this.authenticator.changed(keyId);
    });
  }
}
