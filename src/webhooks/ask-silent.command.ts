/** Asks providers about messages whose reports never came: a report may be lost, what became of the message is not. */
import { Logger } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { storable } from '../kernel/index.js';
import { ProviderRegistry } from '../providers/index.js';
import { InboxQueue } from './inbox.queue.js';
import { Inbox } from './inbox.js';
import { Silences, type Silent } from './silences.js';

/** Facts are gone through this many times in one run, where nobody is silent. */
const WINDOWS = 10;

export class AskSilent extends Command<void> {}

@CommandHandler(AskSilent)
export class AskSilentHandler implements ICommandHandler<AskSilent> {
  private readonly logger = new Logger(AskSilentHandler.name);

  constructor(
    private readonly silences: Silences,
    private readonly providers: ProviderRegistry,
    private readonly inbox: Inbox,
    private readonly queue: InboxQueue,
  ) {}

  /** An answer goes the way of a webhook: what follows is the same, and a report that comes late changes nothing. */
  async execute(): Promise<void> {
    const providers = await this.providers.thatReport();
    for (const pass of this.silences.passes) {
      for (let window = 0, more = true; more && window < WINDOWS; window += 1) {
        const found = await this.silences.find(pass, providers);
        await Promise.all(found.silent.map((silent) => this.ask(silent)));
        await this.silences.passed(pass, found);
        more = found.more;
      }
    }
  }

  private async ask({ messageId, providerMessageId, provider, accountId }: Silent): Promise<void> {
    try {
      const adapter = await this.providers.adapter(provider);
      const account = await this.providers.account(accountId);
      const event = await adapter.report?.(account, { providerMessageId, messageId });
      if (event?.kind !== 'status') return;
      await this.inbox.add(provider, { events: storable([event]), accountIds: [accountId] });
      this.queue.wake();
    } catch (error) {
      this.logger.warn(
        `A silent message was asked for in vain: ${error instanceof Error ? error.message : 'no answer'}`,
      );
    }
  }
}
