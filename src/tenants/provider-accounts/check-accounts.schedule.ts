/** Asks providers how tenants' own accounts are, a few each minute. */
import { Injectable } from '@nestjs/common';
import { Scheduled } from '../../kernel/index.js';
import { accountFaultOf, inParallel, ProviderRegistry, type AccountFault } from '../../providers/index.js';
import { AccountHealth, type DueAccount } from './account-health.js';
import { ProviderAccounts } from './provider-accounts.js';

/** At most this many a minute, so that thousands that are due are asked over the hour. */
const MOST = 20;
const AT_ONCE = 4;
/** All of them are asked within a minute, though none may answer. */
const PATIENCE_MS = 10_000;

@Injectable()
export class CheckAccountsSchedule {
  constructor(
    private readonly health: AccountHealth,
    private readonly accounts: ProviderAccounts,
    private readonly providers: ProviderRegistry,
  ) {}

  @Scheduled({ name: 'check-accounts', everyMs: 60_000 })
  async check(): Promise<void> {
    await inParallel(await this.health.due(MOST), AT_ONCE, (due) => this.ask(due));
  }

  /** With the version of the credentials that were used: a process may still have those of some seconds ago. */
  private async ask({ id, provider, version }: DueAccount): Promise<void> {
    let used = version;
    const fault = await faultOf(async () => {
      const account = await this.accounts.load(id);
      used = account.version;
      await (await this.providers.adapter(provider)).ping(account);
    });
    await this.health.record(id, used, fault);
  }
}

/** What went wrong is only a class: an error of an SDK may hold a credential. */
async function faultOf(ask: () => Promise<void>): Promise<AccountFault | undefined> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('no answer')), PATIENCE_MS);
  try {
    await Promise.race([ask(), late]);
    return undefined;
  } catch (error) {
    return accountFaultOf(error);
  } finally {
    clearTimeout(timer);
  }
}
