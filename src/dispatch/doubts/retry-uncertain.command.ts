/** Sends messages in doubt once more, for tenants who prefer two to none. */
import { Logger } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database, DomainError, errorLine } from '../../kernel/index.js';
import { Doubts, Ledger } from '../../ledger/index.js';
import { LaneQueue } from '../lanes/lane.queue.js';
import { ResendDrafts } from '../messages/resend-drafts.js';

const BATCH = 100;

export class RetryUncertain extends Command<void> {}

@CommandHandler(RetryUncertain)
export class RetryUncertainHandler implements ICommandHandler<RetryUncertain> {
  private readonly logger = new Logger(RetryUncertainHandler.name);

  constructor(
    private readonly database: Database,
    private readonly doubts: Doubts,
    private readonly ledger: Ledger,
    private readonly drafts: ResendDrafts,
    private readonly lanes: LaneQueue,
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
    const again = await this.drafts.make(message).catch((error: unknown) => {
      if (error instanceof DomainError) return undefined; // nobody speaks there any more
      throw error;
    });
    if (!again) return;
    const retry = { ...again, expires_at: message.expires_at };
    await this.ledger.insert([retry]);
    await this.ledger.follow(id, retry.id);
    for (const each of [id, retry.id]) await this.ledger.note(each, 'repeated', 'in_doubt');
    await this.lanes.wakeAfterCommit([retry.lane_id]);
  }
}
