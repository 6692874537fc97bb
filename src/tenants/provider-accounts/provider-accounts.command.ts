/** Stores a tenant's own credentials at a provider, and replaces them. They cannot be read back. */
import { Command, CommandHandler, EventBus, type ICommandHandler } from '@nestjs/cqrs';
import { LockMode } from '@mikro-orm/core';
import { v7 as uuidv7 } from 'uuid';
import { Database, KeyRing, violatedUnique } from '../../kernel/index.js';
import { externalIdOf } from '../../providers/index.js';
import { CredentialsReplaced } from './credentials-replaced.event.js';
import { ProviderAccount } from './provider-account.entity.js';
import { ProviderAccounts } from './provider-accounts.js';
import {
  providerAccountView,
  type CreateProviderAccountBody,
  type ProviderAccountView,
} from './provider-accounts.dto.js';
import { checkCredentials, sealed } from './provider-credentials.js';
import { AccountExists, ProviderAccountNotFound } from '../tenants.errors.js';

export class CreateProviderAccount extends Command<ProviderAccountView> {
  constructor(
    readonly tenantId: string,
    readonly input: CreateProviderAccountBody,
  ) {
    super();
  }
}

export class ReplaceCredentials extends Command<ProviderAccountView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
    readonly credentials: Readonly<Record<string, unknown>>,
  ) {
    super();
  }
}

@CommandHandler(CreateProviderAccount)
export class CreateProviderAccountHandler implements ICommandHandler<CreateProviderAccount> {
  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
    private readonly accounts: ProviderAccounts,
  ) {}

  /** Raises InvalidRequest naming invalid credentials, and AccountExists. */
  async execute({
    tenantId,
    input: { provider, name, credentials: given },
  }: CreateProviderAccount): Promise<ProviderAccountView> {
    const credentials = checkCredentials(provider, given);
    const id = uuidv7(); // generated before the row, since the encryption is bound to it
    try {
      return await this.database.transaction(async (em) => {
        const account = em.create(ProviderAccount, {
          id,
          tenantId,
          provider,
          name,
          externalId: externalIdOf(provider, credentials),
          credentials: sealed(this.keys, id, credentials),
        });
        await em.flush();
        await this.database.afterCommit(() => this.accounts.forget());
        return providerAccountView(account);
      });
    } catch (error) {
      if (violatedUnique(error) === 'provider_account_tenant_unique') throw new AccountExists(provider);
      throw error;
    }
  }
}

@CommandHandler(ReplaceCredentials)
export class ReplaceCredentialsHandler implements ICommandHandler<ReplaceCredentials> {
  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
    private readonly accounts: ProviderAccounts,
    private readonly events: EventBus,
  ) {}

  /** Raises ProviderAccountNotFound, also for the platform's accounts; InvalidRequest naming invalid credentials. */
  execute({ tenantId, id, credentials: given }: ReplaceCredentials): Promise<ProviderAccountView> {
    return this.database.transaction(async (em) => {
      const account = await em.findOne(ProviderAccount, { id, tenantId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (!account) throw new ProviderAccountNotFound();
      const credentials = checkCredentials(account.provider, given);
      account.credentials = sealed(this.keys, id, credentials);
      account.externalId = externalIdOf(account.provider, credentials);
      account.version += 1;
      await em.flush();
      await this.database.afterCommit(() => {
        this.accounts.forget();
        this.events.publish(new CredentialsReplaced(id));
      });
      return providerAccountView(account);
    });
  }
}
