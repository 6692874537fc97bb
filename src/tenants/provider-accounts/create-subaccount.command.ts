/** Gives a tenant an account of its own, below the platform's. */
import { Logger } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '../../kernel/index.js';
import { ProviderRegistry, RequestFault } from '../../providers/index.js';
import type { ProviderName } from '../channels.js';
import {
  AccountExists,
  NoSubaccounts,
  SubaccountRefused,
  SubaccountUnanswered,
  TenantNotFound,
} from '../tenants.errors.js';
import { Tenant } from '../tenant.entity.js';
import { CreateProviderAccount } from './provider-accounts.command.js';
import type { ProviderAccountView } from './provider-accounts.dto.js';
import { ProviderAccounts } from './provider-accounts.js';

export class CreateSubaccount extends Command<ProviderAccountView> {
  constructor(
    readonly tenantId: string,
    readonly provider: ProviderName,
  ) {
    super();
  }
}

@CommandHandler(CreateSubaccount)
export class CreateSubaccountHandler implements ICommandHandler<CreateSubaccount> {
  private readonly logger = new Logger('Subaccounts');

  constructor(
    private readonly database: Database,
    private readonly providers: ProviderRegistry,
    private readonly accounts: ProviderAccounts,
    private readonly commands: CommandBus,
  ) {}

  /**
   * Found again by its name, which holds the tenant's id, if an earlier call made it and failed afterwards. Raises TenantNotFound,
   * AccountExists, NoSubaccounts, SubaccountRefused and SubaccountUnanswered.
   */
  execute({ tenantId, provider }: CreateSubaccount): Promise<ProviderAccountView> {
    // One at a time, or two would make two. It is rare enough to hold a transaction meanwhile.
    return this.database.transaction(async (em) => {
      await this.database.query(`select pg_advisory_xact_lock(hashtextextended($1, 0))`, [`subaccount ${tenantId}`]);
      const tenant = await em.findOne(Tenant, { id: tenantId });
      if (!tenant) throw new TenantNotFound();
      const own = await this.database.query(`select from provider_account where tenant_id = $1 and provider = $2`, [
        tenantId,
        provider,
      ]);
      if (own.length > 0) throw new AccountExists(provider);
      const credentials = await this.make(provider, `callboard ${tenantId}`);
      const name = `Subaccount of ${tenant.slug}`;
      return this.commands.execute(new CreateProviderAccount(tenantId, { provider, name, credentials }));
    });
  }

  private async make(provider: ProviderName, name: string): Promise<Record<string, string>> {
    const adapter = await this.providers.adapter(provider);
    const master = await this.accounts.platformAccount(provider);
    if (!adapter.subaccount || !master) throw new NoSubaccounts(provider);
    try {
      return await adapter.subaccount(master, name);
    } catch (error) {
      if (!(error instanceof RequestFault)) throw error;
      this.logger.warn(`No subaccount was made: ${error.kind}, ${error.code}`);
      throw error.kind === 'refused' ? new SubaccountRefused(error.code) : new SubaccountUnanswered();
    }
  }
}
