/** Issues and revokes API keys. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { actorOf, Database, iso, type Principal } from '../../kernel/index.js';
import { ApiKey, formatKey, hashOf, newSecret } from './api-key.entity.js';
import { ALL_SCOPES, SCOPES } from './scopes.js';
import type { IssueApiKeyBody, IssuedApiKeyView } from './api-keys.dto.js';
import { KeyAuthenticator } from './key-authenticator.js';
import { Tenant } from '../tenant.entity.js';
import { ApiKeyNotFound, TenantNotFound } from '../tenants.errors.js';

export class IssueApiKey extends Command<IssuedApiKeyView> {
  constructor(
    readonly caller: Principal,
    readonly tenantId: string,
    readonly input: IssueApiKeyBody,
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
  constructor(private readonly database: Database) {}

  /** The only result that ever holds the key. Raises TenantNotFound. */
  execute({ caller, tenantId, input: { name, scopes } }: IssueApiKey): Promise<IssuedApiKeyView> {
    return this.database.transaction(async (em) => {
      if ((await em.count(Tenant, { id: tenantId })) === 0) throw new TenantNotFound();
      const secret = newSecret();
      const granted = SCOPES.filter((scope) => scopes.includes(scope) || scopes.includes(ALL_SCOPES));
      const key = em.create(ApiKey, {
        tenantId,
        name,
        scopes: granted,
        secretHash: hashOf(secret),
        createdBy: actorOf(caller),
        revokedAt: null,
      });
      await em.flush();
      return { id: key.id, name, scopes: granted, key: formatKey(key.id, secret), createdAt: iso(key.createdAt) };
    });
  }
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
      await this.database.afterCommit(() => this.authenticator.forget(keyId));
    });
  }
}
