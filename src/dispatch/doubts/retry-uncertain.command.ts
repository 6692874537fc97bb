/** Sends messages in doubt once more, for tenants who prefer two to none. */
import { Logger } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database, errorLine } from '../../kernel/index.js';
import { Doubts, Ledger } from '../../ledger/index.js';
import { Resends } from '../messages/resends.js';

const BATCH = 100;

export class RetryUncertain extends Command<void> {}

@CommandHandler(RetryUncertain)
export class RetryUncertainHandler implements ICommandHandler<RetryUncertain> {
  private readonly logger = new Logger(RetryUncertainHandler.name);

  constructor(
    private readonly database: Database,
    private readonly doubts: Doubts,
    private readonly ledger: Ledger,
    private readonly resends: Resends,
  ) {}

  /** As a new message, once; the first stays in doubt until something is known of it. */
  async execute(): Promise<void> {
    for (const id of await this.doubts.retryable(BATCH)) {
      try {
        await this.database.transaction(() => this.retry(id));
      } catch (error) {
        this.logger.warn(`A message in doubt is sent again later: ${errorLine(error)}`);
      }
    }
  }

  /** The message is locked first, as by a report: something may have become known of it. */
  private async retry(id: string): Promise<void> {
    const message = await this.ledger.lock(id);
    if (message?.status !== 'unknown' || message.followed_by !== null || message.is_expired) return;
    if (message.recalled !== null || (await this.resends.isStopped(message))) return;
    const retry = await this.resends.retry(message);
    if (!retry) return;
    for (const each of [id, retry.id]) await this.ledger.note(each, 'repeated', 'in_doubt');
  }
}
