/** Pages through the provider accounts that a tenant sends through: its own, and the platform's. */
import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Database, decodeCursor, encodeCursor, isUuid, pageOf, type Page, type PageQuery } from '../../kernel/index.js';
import { PROVIDERS, PROVIDERS_CONFIG, type ProvidersConfig } from '../../providers/index.js';
import { AccountHealth } from './account-health.js';
import { ProviderAccount } from './provider-account.entity.js';
import { providerAccountView, type ProviderAccountView } from './provider-accounts.dto.js';

export class ListProviderAccounts extends Query<Page<ProviderAccountView>> {
  constructor(
    readonly tenantId: string,
    readonly page: PageQuery,
  ) {
    super();
  }
}

@QueryHandler(ListProviderAccounts)
export class ListProviderAccountsHandler implements IQueryHandler<ListProviderAccounts> {
  constructor(
    private readonly database: Database,
    private readonly health: AccountHealth,
    @Inject(PROVIDERS_CONFIG) private readonly config: ProvidersConfig,
  ) {}

  async execute({ tenantId, page: { limit, cursor } }: ListProviderAccounts): Promise<Page<ProviderAccountView>> {
    const [after] = cursor ? decodeCursor(cursor, 1, isUuid) : [];
    const configured = PROVIDERS.filter((provider) => this.config.platform[provider]);
    const usable = { $or: [{ tenantId }, { tenantId: null, provider: { $in: configured } }] };
    const where = { ...usable, ...(after && { id: { $gt: after } }) };
    const rows = await this.database.em().find(ProviderAccount, where, { orderBy: { id: 'asc' }, limit: limit + 1 });
    const states = await this.health.of(rows.map(({ id }) => id));
    return pageOf(
      rows,
      limit,
      ({ id }) => encodeCursor(id),
      (account) => providerAccountView(account, states.get(account.id)),
    );
  }
}
