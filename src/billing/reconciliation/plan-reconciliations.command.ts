/** Finds the accounts whose last finished day is to be reconciled. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AccountDirectory, ProviderRegistry } from '../../providers/index.js';
import { ReconciliationStore } from './reconciliation-store.js';
import { SentMessages } from './sent-messages.js';

/** Twilio may take a day after the end of a message to know its price. */
const SETTLED_AFTER_MS = 25 * 3_600_000;
const DAY_MS = 86_400_000;
/** A day of no more is compared message by message: a hundred pages of Twilio's list. Equal totals may hide two gaps. */
const MOST_COMPARED = 100_000;

export class PlanReconciliations extends Command<void> {}

@CommandHandler(PlanReconciliations)
export class PlanReconciliationsHandler implements ICommandHandler<PlanReconciliations> {
  constructor(
    private readonly store: ReconciliationStore,
    private readonly sent: SentMessages,
    private readonly providers: ProviderRegistry,
    private readonly accounts: AccountDirectory,
  ) {}

  /** Every account that sent on the day, and the platform's, which others may send from. Safe to repeat. */
  async execute(): Promise<void> {
    const day = new Date(Date.now() - SETTLED_AFTER_MS - DAY_MS).toISOString().slice(0, 10);
    const providers = await this.providers.thatKeepBooks();
    const sending = await this.sent.accountsOn(day, providers);
    const platform = await Promise.all(providers.map((name) => this.accounts.platformAccount(name)));
    const own = providers.flatMap((provider, place) => {
      const accountId = platform[place]?.id;
      return accountId === undefined ? [] : [{ provider, accountId, messages: 0 }];
    });
    const all = new Map([...own, ...sending].map((account) => [account.accountId, account]));
    await this.store.plan(
      [...all.values()].map(({ messages, ...account }) => ({ ...account, everyMessage: messages <= MOST_COMPARED })),
      day,
    );
  }
}
