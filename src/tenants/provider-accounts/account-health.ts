/** How tenants' own accounts are at their providers, as they were when they were last asked. */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database, Metrics } from '../../kernel/index.js';
import { ACCOUNT_FAULTS, PROVIDERS, type AccountFault } from '../../providers/index.js';
import type { ProviderName } from '../channels.js';

/** An account that is well is asked every hour, one that is not every ten minutes, and at once where its credentials were replaced. */
const WELL_FOR = '1 hour';
const UNWELL_FOR = '10 minutes';

export interface DueAccount {
  readonly id: string;
  readonly provider: ProviderName;
  /** Of its credentials. */
  readonly version: number;
}

export interface AccountState {
  readonly accountId: string;
  /** Null: it is well. */
  readonly fault: AccountFault | null;
  /** PostgreSQL text. */
  readonly checkedAt: string;
  /** Since when it is as it is, as PostgreSQL text. */
  readonly since: string;
}

@Injectable()
export class AccountHealth implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics.gauge(
      {
        name: 'callboard.unwell_accounts',
        help: "Tenants' own provider accounts in use that were not well when last asked",
        labels: { provider: PROVIDERS, reason: ACCOUNT_FAULTS },
      },
      async () =>
        (await this.counts()).map(({ provider, reason, accounts }) => ({
          labels: { provider, reason },
          value: accounts,
        })),
    );
  }

  /** Tenants' own accounts that an active sender sends through and that are to be asked, those that have waited for longest first. */
  due(limit: number): Promise<DueAccount[]> {
    return this.database.query<DueAccount>(
      `select account.id, account.provider, account.version
       from provider_account as account left join account_health as health on health.account_id = account.id
       where tenant_id is not null and exists (select from sender where provider_account_id = account.id and status = 'active')
         and (health.account_id is null or health.version <> account.version
           or checked_at < now() - case when fault is null then $1 else $2 end::interval)
       order by checked_at nulls first, account.id limit $3`,
      [WELL_FOR, UNWELL_FOR, limit],
    );
  }

  /** Records what asking with credentials of a version said. What is known of newer ones stays. */
  async record(accountId: string, version: number, fault: AccountFault | undefined): Promise<void> {
    await this.database.query(
      `insert into account_health as health (account_id, version, fault) values ($1, $2, $3)
       on conflict (account_id) do update set version = $2, fault = $3, checked_at = now(),
         since = case when (health.version, health.fault) is not distinct from ($2, $3) then health.since else now() end
       where health.version <= $2`,
      [accountId, version, fault ?? null],
    );
  }

  /** By account; none for one that was not asked yet with the credentials that it has now. */
  async of(accountIds: readonly string[]): Promise<ReadonlyMap<string, AccountState>> {
    const rows = await this.database.query<AccountState>(
      `select account_id as "accountId", fault, checked_at as "checkedAt", since
       from account_health as health join provider_account as account on account.id = account_id and account.version = health.version
       where account_id = any($1)`,
      [accountIds],
    );
    return new Map(rows.map((row) => [row.accountId, row]));
  }

  private counts(): Promise<{ provider: ProviderName; reason: AccountFault; accounts: number }[]> {
    return this.database.query(
      `select provider, fault as reason, count(*)::int as accounts
       from account_health as health join provider_account as account on account.id = account_id and account.version = health.version
       where fault is not null and exists (select from sender where provider_account_id = account.id and sender.status = 'active')
       group by 1, 2`,
    );
  }
}
