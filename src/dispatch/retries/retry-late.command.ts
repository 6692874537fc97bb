/** Sends messages again whose cause to fail may have passed. */
import { Logger } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database, errorLine } from '../../kernel/index.js';
import { Ledger, RESENDABLE } from '../../ledger/index.js';
import { Resends } from '../messages/resends.js';

/** A retry that failed on our side is made again after this long. */
const AGAIN_AFTER_S = 30;
/** A message that is a retry is forgotten after this long: no report comes any more. */
const KEPT_DAYS = 8;

/** SQL: whether a retry is due, or any is old enough to be forgotten. */
export const ANY_LATE_RETRY = `exists (select from late_retry)`;

export class RetryLate extends Command<void> {}

@CommandHandler(RetryLate)
export class RetryLateHandler implements ICommandHandler<RetryLate> {
  private readonly logger = new Logger(RetryLateHandler.name);

  constructor(
    private readonly database: Database,
    private readonly ledger: Ledger,
    private readonly resends: Resends,
  ) {}

  /** Until none is due. Safe to run concurrently: a retry and its record are one transaction. */
  async execute(): Promise<void> {
    for (let id = await this.next(); id !== undefined; id = await this.next()) await this.settle(id);
    await this.database.query(
      `delete from late_retry where due_at is null and uuid_extract_timestamp(message_id) < now() - make_interval(days => $1)`,
      [KEPT_DAYS],
    );
  }

  private async next(): Promise<string | undefined> {
    const [due] = await this.database.query<{ id: string }>(
      `select message_id as id from late_retry where due_at <= clock_timestamp() order by due_at limit 1`,
    );
    return due?.id;
  }

  private async settle(id: string): Promise<void> {
    try {
      await this.database.transaction(() => this.retry(id));
    } catch (error) {
      this.logger.warn(`A late retry waits: ${errorLine(error)}`);
      await this.database.query(
        `update late_retry set due_at = clock_timestamp() + make_interval(secs => $2) where message_id = $1`,
        [id, AGAIN_AFTER_S],
      );
    }
  }

  /** The message is locked first, as by a report: it may have arrived after all, or been sent again by hand. */
  private async retry(id: string): Promise<void> {
    const message = await this.ledger.lock(id);
    const [taken] = await this.database.query<{ attempt: number }>(
      `delete from late_retry where message_id = $1 and due_at is not null returning attempt`,
      [id],
    );
    if (!message || !taken || message.is_test || message.is_expired || message.followed_by !== null) return;
    if (!RESENDABLE.includes(message.status) || message.recalled !== null || (await this.resends.isStopped(message)))
      return;
    const retry = await this.resends.retry(message);
    if (!retry) return;
    await this.database.query(`insert into late_retry (message_id, attempt) values ($1, $2)`, [
      retry.id,
      taken.attempt,
    ]);
  }
}
