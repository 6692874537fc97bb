/** Asks for a day to be reconciled now. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { actorOf, type Principal } from '../../kernel/index.js';
import { AccountDirectory, ProviderRegistry } from '../../providers/index.js';
import { AccountNotThere, DayNotOver, NoBooks } from './reconciliation.errors.js';
import { ReconciliationStore } from './reconciliation-store.js';
import type { ReconciliationBody, ReconciliationRequested } from './reconciliations.dto.js';

export class RequestReconciliation extends Command<ReconciliationRequested> {
  constructor(
    readonly caller: Principal,
    readonly input: ReconciliationBody,
  ) {
    super();
  }
}

@CommandHandler(RequestReconciliation)
export class RequestReconciliationHandler implements ICommandHandler<RequestReconciliation> {
  constructor(
    private readonly store: ReconciliationStore,
    private readonly providers: ProviderRegistry,
    private readonly accounts: AccountDirectory,
  ) {}

  /** Runs within seconds in a worker. Raises DayNotOver, NoBooks or AccountNotThere. */
  async execute({ caller, input }: RequestReconciliation): Promise<ReconciliationRequested> {
    const { provider, providerAccountId, day, everyMessage } = input;
    if (!isOver(day)) throw new DayNotOver();
    if (!(await this.providers.thatKeepBooks()).includes(provider)) throw new NoBooks();
    const account = await (providerAccountId === undefined
      ? this.accounts.platformAccount(provider)
      : this.accounts.find(provider, providerAccountId));
    if (!account) throw new AccountNotThere();
    const asked = { provider, accountId: account.id, day, everyMessage };
    return { id: await this.store.request(asked, actorOf(caller)) };
  }
}

/** A day of the calendar before today in UTC. JavaScript rolls the 31st of February over: then it reads back differently. */
function isOver(day: string): boolean {
  const time = new Date(day);
  if (Number.isNaN(time.getTime()) || time.toISOString().slice(0, 10) !== day) return false;
  return day < new Date().toISOString().slice(0, 10) && day >= '1970-01-01';
}
