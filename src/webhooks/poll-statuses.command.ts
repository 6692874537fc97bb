/**
 * Polls providers for the status of messages with missing delivery reports: a webhook may be lost, the status is not. And for the price
 * of calls, which no webhook tells.
 */
import { Logger } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { errorLine, storable } from '../kernel/index.js';
import { ProviderRegistry, type ProviderEvent } from '../providers/index.js';
import { InboxQueue } from './inbox.queue.js';
import { Inbox } from './inbox.js';
import { StatusPolls, type StatusPoll } from './status-polls.js';

/** Concurrent polls: few, to spare the provider's rate limit. */
const AT_ONCE = 20;
/** Rounds per run. */
const ROUNDS = 10;

export class PollStatuses extends Command<void> {}

@CommandHandler(PollStatuses)
export class PollStatusesHandler implements ICommandHandler<PollStatuses> {
  private readonly logger = new Logger(PollStatusesHandler.name);

  constructor(
    private readonly polls: StatusPolls,
    private readonly providers: ProviderRegistry,
    private readonly inbox: Inbox,
    private readonly queue: InboxQueue,
  ) {}

  /** Results go into the inbox like webhooks: the effects are the same, and a late report changes nothing. */
  async execute(): Promise<void> {
    for (let round = 0; round < ROUNDS; round += 1) {
      const due = await this.polls.take(AT_ONCE);
      await Promise.all(due.map((poll) => this.ask(poll)));
      if (due.length < AT_ONCE) return;
    }
  }

  private async ask({ messageId, providerMessageId, provider, accountId }: StatusPoll): Promise<void> {
    try {
      const adapter = await this.providers.adapter(provider);
      const account = await this.providers.account(accountId);
      const event = await adapter.report?.(account, { providerMessageId, messageId });
      if (event?.kind === 'status') {
        await this.inbox.add(provider, { events: storable([event]), accountIds: [accountId] });
        this.queue.wake();
      }
      if (!lacksPrice(event)) await this.polls.forget(messageId);
    } catch (error) {
      this.logger.warn(`A provider did not say what became of a message: ${errorLine(error)}`);
    }
  }
}

/** A call that was answered is charged for, though not at once. */
const lacksPrice = (event: ProviderEvent | undefined): boolean =>
  event?.kind === 'status' && (event.call?.durationSeconds ?? 0) > 0 && !event.price;
